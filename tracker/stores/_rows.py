"""Measures, checks and times as rows of the SQLite file hold them."""

from __future__ import annotations

from datetime import UTC, datetime

from tracker.model import BoardId, Check, Measure, Result, Sha256


def _measure_row(series: int, entry: int, at: int, measure: Measure) -> tuple[object, ...]:
    raw = None if measure.raw == f"{measure.value:.{measure.decimals}f}" else measure.raw
    return series, entry, at, measure.value, measure.low, measure.high, 1 if measure.estimated else None, measure.decimals, raw


def _measure(  # noqa: PLR0917  # the columns of a row
    value: float, low: float | None, high: float | None, estimated: int | None, decimals: int, raw: str | None
) -> Measure:
    return Measure(
        value=value,
        low=low,
        high=high,
        estimated=bool(estimated),
        decimals=decimals,
        raw=f"{value:.{decimals}f}" if raw is None else raw,
    )


def _check(  # noqa: PLR0917  # the columns of a row
    board: str, observed_at: int, result: str, status: int, entries: int | None, url: str, sha256: str, message: str
) -> Check:
    return Check(
        board=BoardId(board),
        observed_at=_time(observed_at),
        result=Result(result),
        status=status,
        entries=entries,
        url=url,
        sha256=tuple(Sha256(one) for one in sha256.split()),
        message=message,
    )


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _seconds_or_none(at: datetime | None) -> int | None:
    return None if at is None else int(at.timestamp())


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _time_or_none(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
