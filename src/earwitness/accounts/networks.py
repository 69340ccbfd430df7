"""Accepted IPs: addresses and networks (CIDR), IPv4 and IPv6."""

import functools
import ipaddress
from collections.abc import Iterable

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def parse(text: str) -> Network:
    """Return an address or network as a network; ValueError with a sentence that says what is expected.

    Bits of the host may be set (``10.1.2.3/8`` is ``10.0.0.0/8``); zones and IPv4 in IPv6 clothing are resolved.
    """
    bare = text.strip()
    try:
        network = ipaddress.ip_network(bare, strict=False)
    except ValueError:
        raise ValueError(f"{bare[:60]!r} is neither an address (192.0.2.7) nor a network (192.0.2.0/24)") from None
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    if mapped is not None and network.prefixlen >= 96:
        return ipaddress.ip_network(f"{mapped}/{network.prefixlen - 96}")
    return network


def canonical(text: str) -> str:
    """Return an entry as it is stored: a single address without its prefix length."""
    network = parse(text)
    return str(network.network_address) if network.prefixlen == network.max_prefixlen else str(network)


@functools.lru_cache(maxsize=2048)
def _address(ip: str) -> Address | None:
    try:
        address = ipaddress.ip_address(ip.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


@functools.lru_cache(maxsize=2048)
def _network(entry: str) -> Network:
    return parse(entry)


def accepts(entries: Iterable[str], ip: str) -> bool:
    """Say whether an address is in one of the entries; an empty list accepts every address, even an unknown one."""
    entries = tuple(entries)
    if not entries:
        return True
    address = _address(ip)
    return address is not None and any(address in _network(entry) for entry in entries)
