"""Where the server listens, and who can reach it there."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from tracker.errors import DeclarationError
from tracker.ports import Environment

TOKEN = "TRACKER_HTTP_TOKEN"  # noqa: S105  # a name, not a secret
"""The environment variable with the token that a client must send."""
SHORTEST_TOKEN = 16
"""Characters of a token: 64 bits at least, if they are random hexadecimal digits."""
_ADDRESS = re.compile(r"(?:\[(?P<six>[^\[\]]+)\]|(?P<four>[^\[\]:]+)):(?P<port>[0-9]{1,5})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A numeric host without brackets, and a port; 0 is any free port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        host = ip_address(self.host)
        inner = (
            host.ipv4_mapped if isinstance(host, IPv6Address) else None
        )  # before Python 3.13 a mapped address does not count as loopback
        return (inner or host).is_loopback


def parse_address(text: str) -> Address:
    """`127.0.0.1:8787`, `localhost:8787` (that is 127.0.0.1) or `[::1]:8787`. Raises DeclarationError for anything else.

    Other names are refused: a resolver decides where they lead, which may be public tomorrow.
    """
    match = _ADDRESS.fullmatch(text)
    if match and int(match["port"]) <= 65535:
        with suppress(ValueError):
            four = "127.0.0.1" if match["four"] == "localhost" else match["four"]
            host = IPv6Address(match["six"]) if match["six"] else IPv4Address(four)
            return Address(host=str(host), port=int(match["port"]))
    raise DeclarationError(f'--http "{text}" is not an address; expected 127.0.0.1:8787, [::1]:8787 or localhost:8787')


def token_of(environment: Environment) -> str | None:
    """The token that clients must send, if there is one. Raises DeclarationError if it is too short."""
    token = environment.get(TOKEN) or None
    if token is not None and len(token) < SHORTEST_TOKEN:
        raise DeclarationError(
            f"{TOKEN} has {len(token)} characters, expected at least {SHORTEST_TOKEN}: nothing else keeps it from being guessed;"
            " make one with: openssl rand -hex 16"
        )
    return token
