"""Which addresses are never connected to: all that are not plainly on the public internet."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_INSIDE: Final = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # "this" network: 0.0.0.0 is the machine itself
            "10.0.0.0/8",
            "100.64.0.0/10",  # carriers' own; some clouds' metadata stands there
            "127.0.0.0/8",
            "168.63.129.16/32",  # Azure's own services, by a public address
            "169.254.0.0/16",  # link-local, and most clouds' metadata
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
        ),
    )
)
_PUBLIC_6: Final = IPv6Network("2000::/3")
"""All that is given out for the internet. Outside are loopback, link-local, private and multicast ones, and IPv4 inside IPv6 (mapped, translated)."""
_INSIDE_6: Final = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocols' own; Teredo carries IPv4
            "2001:db8::/32",
            "2002::/16",  # 6to4 carries IPv4
            "3fff::/20",
        ),
    )
)


class RefusedAddressError(Exception):
    """The receiver's name leads to an address that is not connected to."""


def is_public(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _INSIDE)
    return address in _PUBLIC_6 and not any(address in network for network in _INSIDE_6)


def is_within(address: Address, networks: Sequence[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def checked(found: Sequence[str], networks: Sequence[Network], *, tls: bool) -> list[Address]:
    """What a name was resolved to, all of it fit to be connected to.

    ``networks``: where receivers may stand besides the public internet; there, and only there, without TLS.
    Raises RefusedAddressError when a single one is not: a name that leads inside and outside is no receiver's.
    """
    addresses = [ip_address(one.partition("%")[0]) for one in found]
    for address in addresses:
        if is_within(address, networks):
            continue
        if not is_public(address):
            raise RefusedAddressError(f"{address} is not on the public internet")
        if not tls:
            raise RefusedAddressError(f"{address} is spoken to with https only")
    if not addresses:
        raise RefusedAddressError("the name has no address")
    return addresses
