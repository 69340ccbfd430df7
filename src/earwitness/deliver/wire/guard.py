"""Where the house may connect to: addresses of this machine and of private networks are refused unless allowed.

Somebody who may set up a webhook must not reach what only this machine can reach. A name is looked up once, every
address it has is judged, and the connection is made to the very address that was judged: no second look-up can lead
elsewhere. Redirects are never followed (``http``).
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Sequence

import msgspec

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in its last 32 bits


INSIDE = (
    "{host} is at an address of a private network or of this machine, which may not be reached: "
    "its operator can allow the network with EARWITNESS_DELIVER_TO."
)


class Refused(Exception):  # noqa: N818 -- told to people as it stands
    """The target is at an address that may not be reached; the text says which setting allows it."""


class Guard(msgspec.Struct, frozen=True):
    """allowed: networks that may be reached although they are private."""

    allowed: tuple[Network, ...] = ()

    def permits(self, address: Address) -> bool:
        """Say whether a connection to an address may be made."""
        inner = _inner(address)
        if any(inner in network for network in self.allowed if network.version == inner.version):
            return True
        if isinstance(inner, ipaddress.IPv6Address) and inner.is_site_local:  # deprecated, but not "private" in Python
            return False
        return inner.is_global and not inner.is_multicast and not inner.is_reserved

    def refusal(self, host: str) -> str:
        """Return why a host can never be reached, as far as that is known without looking it up; empty where it is not.

        For the moment when somebody enters it: ``connect`` judges again, and the addresses of names as well.
        """
        try:
            known = [ipaddress.ip_address(_bare(host))]
        except ValueError:
            if host.rstrip(".").lower() != "localhost" and not host.rstrip(".").lower().endswith(".localhost"):
                return ""
            known = [ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1")]
        return "" if any(self.permits(address) for address in known) else INSIDE.format(host=host)

    def connect(self, host: str, port: int, timeout: float) -> socket.socket:
        """Return a connection to the first address of a host that answers. Raises Refused, OSError."""
        found = [(info[0], info[4]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        judged = [each for each in found if self.permits(_address(each[1]))]
        outside = [each for each in judged if Guard().permits(_address(each[1]))]
        if not judged or (
            outside and len(judged) < len(found)
        ):  # a name both outside and inside is a trap or a mistake
            raise Refused(INSIDE.format(host=host))
        return _first(judged, timeout)

    def connect_tls(self, host: str, port: int, timeout: float, trust: str = "") -> ssl.SSLSocket:
        """Return a TLS connection whose certificate names the host. trust: PEM text of roots besides the system's."""
        context = ssl.create_default_context()
        if trust:
            context.load_verify_locations(cadata=trust)
        plain = self.connect(host, port, timeout)
        try:
            return context.wrap_socket(plain, server_hostname=host)
        except BaseException:
            plain.close()
            raise


def _address(target: Sequence[object]) -> Address:
    return ipaddress.ip_address(_bare(target[0]))


def _bare(text: object) -> str:
    return str(text).partition("%")[0]


def _inner(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 one stands for, where it does."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        teredo = address.teredo[1] if address.teredo else None
        return address.ipv4_mapped or address.sixtofour or teredo or address
    return address


def _first(judged: Sequence[tuple[int, tuple[object, ...]]], timeout: float) -> socket.socket:
    failure: OSError = OSError("no address")
    deadline = time.monotonic() + timeout
    for family, target in judged:
        connection = socket.socket(family, socket.SOCK_STREAM)
        connection.settimeout(max(deadline - time.monotonic(), 0.1))
        try:
            connection.connect(target)
        except OSError as error:
            connection.close()
            failure = error
        else:
            connection.settimeout(timeout)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            return connection
    raise failure
