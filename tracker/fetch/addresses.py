"""The network addresses of a host name, and whether they are public."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Resolve = Callable[[str], Sequence[Address]]
"""Host name → its addresses, never empty. Raises OSError."""

NAT64 = IPv6Network("64:ff9b::/96")
"""Addresses whose last four bytes are an IPv4 address (RFC 6052)."""
NO_SUCH_HOST = frozenset((socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)))
"""Codes for a name that does not exist, unlike a resolver that did not answer (EAI_AGAIN)."""


def resolve_host(host: str) -> Sequence[Address]:
    """The addresses of a host by the system's resolver. Raises OSError, also for text that is not a host name."""
    try:
        addresses = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise socket.gaierror(socket.EAI_NONAME, "not a host name") from error
    return [ip_address(str(address[0])) for *_, address in addresses]


def look_up(host: str, resolve: Resolve) -> Sequence[Address]:
    """The addresses of a host: of a literal one itself, of another by `resolve`; none if they cannot be found now."""
    try:
        return [ip_address(host)]
    except ValueError:
        pass
    try:
        return resolve(host)
    except OSError:
        return ()


def is_public(address: Address) -> bool:
    """Whether the address, and any address it embeds, is reachable from the whole internet."""
    if isinstance(address, IPv6Address):
        embedded = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in NAT64:
            embedded = IPv4Address(int(address) & 0xFFFFFFFF)
        if embedded is not None:
            return is_public(embedded)
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def says_no_such_host(error: BaseException) -> bool:
    """Whether the failure was caused by a name that does not exist."""
    return any(isinstance(cause, socket.gaierror) and cause.errno in NO_SUCH_HOST for cause in causes(error))


def causes(error: BaseException) -> list[BaseException]:
    """The failure and its causes, the outermost first."""
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in chain:
        chain.append(current)
        current = current.__cause__ or current.__context__
    return chain
