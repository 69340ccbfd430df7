"""Accepted IPs: what is in a list and what is not."""

import pytest

from earwitness.accounts import networks


@pytest.mark.parametrize(
    ("entries", "ip", "accepted"),
    [
        ([], "203.0.113.9", True),
        ([], "", True),
        (["192.0.2.7"], "192.0.2.7", True),
        (["192.0.2.7"], "192.0.2.8", False),
        (["192.0.2.0/24", "10.0.0.0/8"], "10.255.0.1", True),
        (["10.1.2.3/8"], "10.9.9.9", True),
        (["2001:db8::/32"], "2001:db8:ffff::1", True),
        (["2001:db8::/32"], "2001:db9::1", False),
        (["fe80::1"], "fe80::1%eth0", True),
        (["192.0.2.7"], "::ffff:192.0.2.7", True),
        (["::ffff:192.0.2.0/120"], "192.0.2.77", True),
        (["0.0.0.0/0"], "2001:db8::1", False),
        (["192.0.2.7"], "", False),
        (["192.0.2.7"], "rubbish", False),
    ],
)
def test_an_address_is_accepted_by_its_own_networks_alone(entries: list[str], ip: str, accepted: bool) -> None:
    assert networks.accepts(entries, ip) is accepted


@pytest.mark.parametrize("entry", ["", "10.0.0.0/33", "300.1.1.1", "office", "10.0.0.1-10.0.0.9", "10.0.0.0/8/8"])
def test_what_is_no_network_is_named(entry: str) -> None:
    with pytest.raises(ValueError, match="neither an address"):
        networks.canonical(entry)


def test_entries_are_kept_in_one_form() -> None:
    """One network has one spelling, so that two lists can be compared."""
    assert networks.canonical(" 10.1.2.3/8 ") == "10.0.0.0/8"
    assert networks.canonical("2001:DB8:0::1/128") == "2001:db8::1"
    assert networks.canonical("192.0.2.7/32") == "192.0.2.7"
