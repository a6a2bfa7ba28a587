"""Measures, checks and times as rows of the SQLite file hold them."""

from __future__ import annotations

from datetime import UTC, datetime

from tracker.model import BoardId, Check, Measure, Result, Sha256


def measure_row(series: int, entry: int, at: int, measure: Measure) -> tuple[object, ...]:
    """A measure as a row of `measures`; the raw text only where the number does not give it."""
    raw = None if measure.raw == f"{measure.value:.{measure.decimals}f}" else measure.raw
    return series, entry, at, measure.value, measure.low, measure.high, 1 if measure.estimated else None, measure.decimals, raw


def measure_of(  # noqa: PLR0917  # the columns of a row
    value: float, low: float | None, high: float | None, estimated: int | None, decimals: int, raw: str | None
) -> Measure:
    """The measure of a row."""
    return Measure(
        value=value,
        low=low,
        high=high,
        estimated=bool(estimated),
        decimals=decimals,
        raw=f"{value:.{decimals}f}" if raw is None else raw,
    )


def check_of(  # noqa: PLR0917  # the columns of a row
    board: str, observed_at: int, result: str, status: int, entries: int | None, url: str, sha256: str, message: str
) -> Check:
    """The check of a row. Raises ValueError for a result that is unknown."""
    return Check(
        board=BoardId(board),
        observed_at=time_of(observed_at),
        result=Result(result),
        status=status,
        entries=entries,
        url=url,
        sha256=tuple(Sha256(one) for one in sha256.split()),
        message=message,
    )


def seconds(at: datetime) -> int:
    """A time as it is stored: whole seconds since 1970."""
    return int(at.timestamp())


def seconds_or_none(at: datetime | None) -> int | None:
    """The same for a time that may be missing."""
    return None if at is None else int(at.timestamp())


def time_of(seconds: int) -> datetime:
    """The time that is stored so, in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def time_or_none(seconds: int | None) -> datetime | None:
    """The same for a time that may be missing."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
