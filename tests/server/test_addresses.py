"""The client's address cannot be forged through headers."""

import ipaddress

import pytest

from earwitness.server.addresses import client_address

PROXY = (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("203.0.113.5", [], "203.0.113.5"),
        ("203.0.113.5", ["198.51.100.1"], "203.0.113.5"),  # no proxy of ours: its word is worth nothing
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["1.2.3.4, 198.51.100.1"], "198.51.100.1"),  # the left part is what the client claims
        ("10.0.0.1", ["1.2.3.4", "198.51.100.1, 10.2.2.2"], "198.51.100.1"),
        ("10.0.0.1", ["10.9.9.9"], "10.9.9.9"),
        ("10.0.0.1", ["rubbish"], "10.0.0.1"),
        ("fd00::1", ["[2001:db8::7]:443"], "2001:db8::7"),
        ("::ffff:203.0.113.5", [], "203.0.113.5"),
        ("", ["198.51.100.1"], ""),
    ],
)
def test_the_rightmost_address_that_is_not_ours_is_the_client(peer: str, forwarded: list[str], found: str) -> None:
    assert client_address(peer, forwarded, PROXY) == found
