"""Where mails are handed over: ``smtp://user:password@host:587?from=log@example.com``."""

from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

FORM = "expected an address such as smtp://user:password@host:587 or smtps://host"
STARTTLS = ("yes", "no")
KNOWN = {"starttls", "ca", "from"}
PORT, SUBMISSION, TLS_PORT = 25, 587, 465


class Relay(NamedTuple):
    """A mail relay. tls: from the first byte; starttls: after the greeting, no mail without it; ca_file: certificates
    to trust, empty: those of the system; sender: the From of our mails, empty: made of user and host."""

    host: str
    port: int
    user: str
    password: str
    tls: bool
    starttls: bool
    ca_file: str
    sender: str


def relay(url: str) -> Relay:
    """Return the relay in a URL. Raises ValueError with one sentence, which never holds the password.

    ``smtp://`` begins in the clear and goes on encrypted on port 587, or elsewhere with ``?starttls=yes``; ``smtps://``
    is encrypted from the first byte. ``ca=FILE`` trusts other certificates, ``from=ADDRESS`` names the sender.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(f"{FORM}: the port is no number between 1 and 65535") from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path.strip("/"):
        raise ValueError(FORM)
    if bool(parts.username) != bool(parts.password):
        raise ValueError(f"{FORM}: the user or the password is missing (percent-encode @, :, / and %)")
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    tls = parts.scheme == "smtps"
    port = port or (TLS_PORT if tls else PORT)
    starttls = query.get("starttls", "yes" if port == SUBMISSION and not tls else "no")
    if query.keys() - KNOWN or starttls not in STARTTLS:
        raise ValueError(f"{FORM}; after a question mark only starttls=yes|no, ca=FILE and from=ADDRESS may stand")
    if tls and starttls == "yes":
        raise ValueError("smtps:// is encrypted from the first byte: leave starttls=yes out, or write smtp://")
    user, sender = unquote(parts.username or ""), query.get("from", "")
    if "from" in query and "@" not in sender:
        raise ValueError(f"{FORM}: from= is no mail address")
    return Relay(
        parts.hostname, port, user, unquote(parts.password or ""), tls, starttls == "yes", query.get("ca", ""), sender
    )
