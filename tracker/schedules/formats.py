"""The options of each page format, which declarations must match."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from tracker import parsers, schedules


class _Formats(Mapping[str, type[Struct]]):
    """The options of each format, its parser loaded only when a declaration names it."""

    def __getitem__(self, name: str) -> type[Struct]:
        if name not in parsers.FORMATS:
            raise KeyError(name)
        return parsers.options_of(name)

    def __iter__(self) -> Iterator[str]:
        return iter(parsers.FORMATS)

    def __len__(self) -> int:
        return len(parsers.FORMATS)


def formats() -> schedules.Formats:
    """The options of every format, each loaded on first use."""
    return _Formats()
