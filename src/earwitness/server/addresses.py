"""Where a request really came from, when proxies stand in between."""

import ipaddress
from collections.abc import Iterable, Sequence

from earwitness.server.config import Network


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    bare = text.strip().strip('"')
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address


def client_address(peer: str, forwarded_for: Sequence[str], trusted: Iterable[Network]) -> str:
    """Return the address of the client as text.

    peer: address of the other end of the connection; forwarded_for: values of all X-Forwarded-For headers, in order;
    trusted: networks of our own proxies. The right-most address that is not one of ours is the client: anything further
    left was written by the client itself and proves nothing.
    """
    networks = tuple(trusted)
    address = _address(peer)
    if address is None or not any(address in network for network in networks):
        return str(address) if address else ""
    for hop in reversed([part for value in forwarded_for for part in value.split(",")]):
        found = _address(hop)
        if found is None:
            break
        address = found
        if not any(found in network for network in networks):
            break
    return str(address)
