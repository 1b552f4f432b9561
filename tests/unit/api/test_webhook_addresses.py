"""No address inside is ever taken, however it is spelt."""

from __future__ import annotations

import socket
from ipaddress import IPv4Network, IPv6Network, ip_address

import pytest

from api.webhooks.addresses import RefusedAddressError, checked, is_public
from api.webhooks.sending import resolve

INSIDE = [
    "0.0.0.0",  # noqa: S104 - nothing is bound to it
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.1.2.3",
    "168.63.129.16",
    "169.254.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "fc00::1",
    "fd00:ec2::254",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "2001::1",
    "2001:0:7f00:1::",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::",
    "3fff::1",
]
OUTSIDE = ["1.1.1.1", "8.8.8.8", "100.63.255.255", "172.32.0.1", "192.169.0.1", "2606:4700::1111", "2a00:1450:4001::1"]
SPELT = [
    *("2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "127.1", "127.0.1", "0"),
    *("2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518", "::ffff:7f00:1", "0:0:0:0:0:ffff:127.0.0.1"),
    *("localhost", "fe80::1%lo"),
]
"""Decimal, octal, hexadecimal, shortened: what the system's resolver makes addresses of."""


@pytest.mark.parametrize("address", INSIDE)
def test_inside(address: str) -> None:
    assert not is_public(ip_address(address))
    with pytest.raises(RefusedAddressError):
        checked([address], (), tls=True)


@pytest.mark.parametrize("address", OUTSIDE)
def test_outside(address: str) -> None:
    assert checked([address], (), tls=True) == [ip_address(address)]


@pytest.mark.parametrize("spelt", SPELT)
def test_however_it_is_spelt(spelt: str) -> None:
    try:
        found = resolve(spelt, 80)
    except socket.gaierror:
        return  # the system itself takes it for nothing
    with pytest.raises(RefusedAddressError):
        checked(found, (), tls=True)


def test_most_spellings_are_addresses_to_the_system() -> None:
    """Else the test before would say nothing."""
    known = [spelt for spelt in SPELT if _resolves(spelt)]
    assert {"2130706433", "0x7f000001", "0177.0.0.1", "127.1", "2852039166", "localhost"} <= set(known)


def _resolves(spelt: str) -> bool:
    try:
        return bool(resolve(spelt, 80))
    except socket.gaierror:
        return False


def test_one_address_inside_spoils_the_name() -> None:
    with pytest.raises(RefusedAddressError):
        checked(["8.8.8.8", "10.0.0.1"], (), tls=True)


def test_networks_of_ones_own() -> None:
    own = (IPv4Network("10.1.0.0/16"), IPv6Network("fd00::/8"))
    assert checked(["10.1.2.3", "fd00::1"], own, tls=False) == [ip_address("10.1.2.3"), ip_address("fd00::1")]
    for refused in ("10.2.0.1", "127.0.0.1", "::ffff:10.1.2.3"):
        with pytest.raises(RefusedAddressError):
            checked([refused], own, tls=True)


def test_without_tls_only_within_ones_own() -> None:
    with pytest.raises(RefusedAddressError, match="https"):
        checked(["8.8.8.8"], (IPv4Network("10.0.0.0/8"),), tls=False)


def test_a_name_without_an_address() -> None:
    with pytest.raises(RefusedAddressError):
        checked([], (), tls=True)
