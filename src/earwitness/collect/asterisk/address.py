"""Where a switch is and how we sign in there: ``ami://user:secret@host:5038``."""

import ipaddress
import ssl
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

PORT, TLS_PORT = 5038, 5039
AUTHS = ("auto", "md5", "plain")
VERIFY = ("yes", "no")


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """One switch. ``auth``: ``md5`` never sends the secret, ``plain`` does, ``auto`` only where nobody can listen.

    ``ca_file`` and ``verify`` are for TLS: a file of certificates to trust, and whether to check at all.
    """

    name: str
    host: str
    port: int
    username: str
    secret: str
    tls: bool = False
    auth: str = "auto"
    ca_file: str = ""
    verify: bool = True

    def __repr__(self) -> str:
        return f"{self.name} (ami{'s' * self.tls}://{self.username}:***@{self.host}:{self.port})"

    __str__ = __repr__

    @property
    def may_send_secret(self) -> bool:
        """Whether the secret itself may be sent: asked for, or over TLS, or within this machine."""
        return self.auth == "plain" or (self.auth == "auto" and (self.tls or _is_local(self.host)))

    def tls_context(self) -> ssl.SSLContext | None:
        """Return the TLS settings, None for a connection without. Raises OSError if ``ca_file`` is unreadable."""
        if not self.tls:
            return None
        context = ssl.create_default_context(cafile=self.ca_file or None)
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


def address(name: str, url: str) -> Address:
    """Return the address in a URL. Raises ValueError with one sentence, which never holds the secret.

    ``ami://user:secret@host:5038`` or ``amis://`` for TLS; optional ``?auth=md5|plain``, ``&ca=FILE``, ``&verify=no``.
    """
    form = f"The switch {name} needs a URL such as ami://user:secret@host:5038"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(f"{form}: the port is no number between 1 and 65535.") from None
    if parts.scheme not in ("ami", "amis") or not parts.hostname:
        raise ValueError(f"{form}, or amis:// for TLS.")
    if not parts.username or not parts.password:
        raise ValueError(f"{form}: the user or the secret is missing (percent-encode @, :, / and %).")
    query = dict(parse_qsl(parts.query))
    unknown = sorted(query.keys() - {"auth", "ca", "verify"})
    if unknown or query.get("auth", "auto") not in AUTHS or query.get("verify", "yes") not in VERIFY:
        raise ValueError(f"{form}; after a question mark only auth=md5|plain, ca=FILE and verify=no may stand.")
    tls = parts.scheme == "amis"
    return Address(
        name=name,
        host=parts.hostname,
        port=port or (TLS_PORT if tls else PORT),
        username=unquote(parts.username),
        secret=unquote(parts.password),
        tls=tls,
        auth=query.get("auth", "auto"),
        ca_file=query.get("ca", ""),
        verify=query.get("verify", "yes") == "yes",
    )


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
