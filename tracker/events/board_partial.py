"""A board that should be shown whole seems to be cut off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

from tracker.events.kind import EventKind
from tracker.events.making import make
from tracker.model import BoardState, Diff, EntryId, Event, LeftOut
from tracker.wording import count, listed, shortened

RULE = "board_partial/1"
Grade = StrEnum("Grade", "CAP DEPTH ROWS")


def detect(diff: Diff, past: BoardState) -> Iterator[Event]:
    """One event when rows begin to be left out, and one when a cut is sure.

    A cut is: fewer rows than the page states, many lost at once, or some displaced at a steady count. While a board still grows
    to that count it is a suspicion: departures are withheld, and there is no event.
    """
    begins = bool(unread(diff.left_out) and not unread(past.left_out))
    if begins or (diff.left_out and not past.left_out):
        yield make(
            diff,
            rule=RULE,
            grade=Grade.ROWS,
            weight=40,
            is_news=begins,
            headline=f"{diff.board.title} is read without {_rows(diff.left_out)} that cannot be read or believed.",
            facts={"rows": len(diff.after.entries), "left_out": {str(entry): row.why for entry, row in diff.left_out.items()}},
        )
    if past.cap_told or not cap_told(diff, past):
        return
    rows, gone = len(diff.after.entries), withheld(past, diff)
    names = f" {count(len(gone), 'entry is', 'entries are')} not shown ({listed(gone.values())}), and" if gone else ""
    yield make(
        diff,
        rule=RULE,
        grade=Grade.CAP if _is_whole(diff) else Grade.DEPTH,
        weight=40,
        is_news=True,
        headline=f"{diff.board.title} seems to be cut off at {rows} rows;{names}"
        " departures are not reported until it is complete again.",
        facts={"rows": rows, "missing": [str(entry) for entry in gone]},
    )


def unread(rows: Mapping[EntryId, LeftOut]) -> frozenset[EntryId]:
    """The rows that cannot be read; the others only wait for a second reading."""
    return frozenset(entry for entry, row in rows.items() if row.has_row and not row.doubtful)


def left_out(rows: Mapping[EntryId, LeftOut]) -> str:
    """What a reading leaves out: `1 row is left out: unreadable_cell: column score row 7, found '½'`."""
    shown = [row.why for row in rows.values() if row.has_row]
    may_be = f"; it may be {listed(hidden)}" if (hidden := _names(rows, has_row=False)) else ""
    return f"{count(len(shown), 'row is', 'rows are')} left out: {'; '.join(dict.fromkeys(shown))}{may_be}"


def _rows(rows: Mapping[EntryId, LeftOut]) -> str:
    """`1 row (GPT-6)`."""
    names, hidden = _names(rows, has_row=True), _names(rows, has_row=False)
    may_be = f", perhaps {listed(hidden)}" if hidden else ""
    return f"{count(len(names), 'row')} ({listed(names)}{may_be})"


def _names(rows: Mapping[EntryId, LeftOut], *, has_row: bool) -> list[str]:
    names = ((row.last.name if row.last else entry) for entry, row in rows.items() if row.has_row is has_row)
    return [shortened(name) for name in names]


def withheld(past: BoardState, diff: Diff | None = None) -> dict[EntryId, str]:
    """The names of the entries whose departure a cut withholds, in that state or after a diff from it."""
    unlisted = {entry: known.name for entry, known in past.known.items() if known.last_seen is not None and not known.departed}
    if diff is None:
        return unlisted
    gone = {entry: listing.name for entry, listing in diff.entries_before.items() if entry in (*diff.missing, *diff.hidden)}
    listed_again = {*diff.after.entries, *diff.relisted.values(), *diff.returned.values()}
    return {entry: name for entry, name in sorted((unlisted | gone).items()) if entry not in listed_again}


def capped_after(diff: Diff, past: BoardState) -> int | None:
    """The number of rows at which the board may be cut after this diff; kept until the count changes."""
    if diff.cap is not None:
        return diff.cap
    if not _is_whole(diff):
        return diff.after.depth
    return past.capped_at if _is_as_long(diff) and past.capped_at == len(diff.after.entries) else None


def cap_told(diff: Diff, past: BoardState) -> bool:
    """Whether the board is certainly cut after this diff."""
    grew = diff.before is not None and len(diff.before.entries) < len(diff.after.entries)
    return not _is_whole(diff) or (_is_as_long(diff) and past.cap_told) or (diff.cap is not None and not grew)


def _is_as_long(diff: Diff) -> bool:
    """Whether the number of rows did not change, and the page did not just begin to state that it shows all of them."""
    before = diff.before
    return before is not None and before.depth == diff.after.depth and len(before.entries) == len(diff.after.entries)


def _is_whole(diff: Diff) -> bool:
    return diff.board.contract.depth != "whole" or diff.after.depth is None


KIND = EventKind(RULE, tuple(Grade), detect)
