"""Pages that a second reading has to confirm: an old one again, or one on which a part is wrong or lacks.

A cache serves what it has, and a template fills a block of rows from another table; the next fetch often shows the truth. A
publisher's own change stays, and is news one reading later.

Source: docs/decisions/0065-pages-that-wait.md
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from itertools import groupby
from statistics import median
from zlib import crc32

from tracker.compare.drift import moved_apart
from tracker.compare.nameless import without_badges
from tracker.compare.rekeying import rekeyed
from tracker.model import (
    Board,
    BoardState,
    EntryId,
    Metric,
    MetricId,
    Nature,
    Sha256,
    Snapshot,
    Waiting,
    name_tokens,
    spelling_of,
)
from tracker.order import few_rows
from tracker.wording import count, number

_REMEMBERED, _DIGITS = 64, 12
"""Bodies that are remembered, and the digits of the hash of each."""
_ENOUGH = 8
"""Rows from which others look alike, or not."""
_DENSE, _MOST, _PART, _PARTLY, _HALF = 0.8, 0.75, 1 / 3, 0.6, 0.5
"""Shares: of a block, the rows that changed; of the changed rows, those in the block; of all rows, the least and the most that
changed."""
_MANY_NAMES = 0.25
"""The share of the rows from which other names are hardly the publisher's renames."""
_GAP = 3
"""Rows that follow each other, from which a hole in a page is hardly chance."""
_ALIKE = 0.01
_WAITS = 2
"""A page that differs from the one before each time waits this number of times at most."""
_JUDGED = frozenset((Nature.TESTED, Nature.FITTED, Nature.LISTED))


def remembered(past: BoardState, sha256: Sequence[Sha256]) -> tuple[str, ...]:
    """The bodies accepted last, the newest at the end, with this one."""
    newest = _digest(sha256)
    return (*(body for body in past.bodies if body != newest), newest)[-_REMEMBERED:]


def to_wait(board: Board, before: Snapshot, after: Snapshot, past: BoardState) -> Waiting | None:
    """None, or why the page waits for a second reading, and what that has to show again."""
    waiting = _again(board, before, after, past) or _rows(board, before, after) or _in_part(board, before, after)
    held = past.waiting
    if waiting is None or held is None:
        return waiting
    same = sum(held.values.get(entry, ...) == value for entry, value in waiting.values.items())
    if held.sha256 == waiting.sha256 or (same and same >= _DENSE * len(held.values)) or held.times >= _WAITS:
        return None
    return Waiting(why=waiting.why, sha256=waiting.sha256, values=waiting.values, times=held.times + 1)


def _again(board: Board, before: Snapshot, after: Snapshot, past: BoardState) -> Waiting | None:
    if _digest(after.sha256) not in past.bodies[:-1]:
        return None
    if _shown(before) == _shown(after) and all(before.values(metric) == after.values(metric) for metric in _telling(board)):
        return None  # what changed in between was left out
    return Waiting(why="the page is one that was shown before the last one, as a cache may have it", sha256=after.sha256)


def _shown(snapshot: Snapshot) -> Mapping[EntryId, tuple[str, Mapping[str, str]]]:
    return {key: (entry.name, entry.attributes) for key, entry in snapshot.entries.items()}


def _telling(board: Board) -> list[MetricId]:
    return [metric.id for metric in board.metrics if metric.nature not in (Nature.LIVE, Nature.COUNT)]


def _rows(board: Board, before: Snapshot, after: Snapshot) -> Waiting | None:
    """None, or that many rows have other names, or that rows are gone from the middle of the page."""
    was, now = before.entries, after.entries
    if was.keys() == now.keys() and all(entry.name == was[key].name for key, entry in now.items()):  # as on an ordinary day
        return None
    others = rekeyed(board, before, after).continued
    return _renamed(before, after, others) or _hole(before, after, others)


def _renamed(before: Snapshot, after: Snapshot, others: Mapping[EntryId, EntryId]) -> Waiting | None:
    """That many rows have other names, or that some have a badge now; `others` are the former keys of those with another one."""
    was, now = before.entries, after.entries
    pairs = {**{key: key for key in now if key in was}, **others}
    former = {key: old for key, old in pairs.items() if spelling_of(was[old].name) != spelling_of(now[key].name)}
    renamed = list(former)
    if len(renamed) < max(_ENOUGH, _MANY_NAMES * len(now)):
        renamed = [key for key, old in former.items() if _adds_badges(now[key].name, was[old].name)]
    if not renamed:
        return None
    texts = {key: float(crc32(f"{key} {now[key].name}".encode())) for key in renamed}
    return Waiting(why=f"{count(len(renamed), 'row')} with another name", sha256=after.sha256, values=texts)


def _hole(before: Snapshot, after: Snapshot, others: Mapping[EntryId, EntryId]) -> Waiting | None:
    """That rows which followed each other, and hardly any others, are gone from the middle of the page."""
    shown = after.entries.keys() | after.ambiguous | {*others.values()}
    page = sorted((entry.position, key) for key, entry in before.entries.items() if not entry.source)
    runs = [(is_shown, [key for _, key in run]) for is_shown, run in groupby(page, key=lambda row: row[1] in shown)]
    hole = max((run for is_shown, run in runs[:-1] if not is_shown), key=len, default=[])
    least = max(few_rows(len(after.entries)) + 1, _GAP, _MOST * sum(key not in shown for _, key in page))
    if len(hole) < least:
        return None
    why = f"{len(hole)} rows that followed each other are gone from the middle of the page"
    return Waiting(why=why, sha256=after.sha256, values=dict.fromkeys(hole))


def _adds_badges(name: str, former: str) -> bool:
    return without_badges(name) == name_tokens(former) != name_tokens(name)


def _in_part(board: Board, before: Snapshot, after: Snapshot) -> Waiting | None:
    ranked = before.values(board.primary.id) if board.primary else {}
    if guessed := _guessed(board, before, after):
        why = f"{len(guessed)} measured values of {board.primary.title if board.primary else ''} are estimates now"
        return Waiting(why=why, sha256=after.sha256, values=guessed)
    for metric in board.metrics:
        if metric.nature not in _JUDGED or metric.volatile:
            continue
        old, new = before.values(metric.id), after.values(metric.id)
        if old == new:  # as on an ordinary day
            continue
        rows = [entry for entry in after.entries if entry in old]
        changed = [entry for entry in rows if old[entry] != new.get(entry)]
        why = _exchanged(metric, old, new, changed) if before.version == after.version else ""
        if not why and len(changed) <= few_rows(len(rows)):
            continue
        why = why or _of_all(metric, before, after, rows, changed)
        if not why and len(changed) <= _PARTLY * len(rows):
            by_rank = sorted(rows, key=lambda entry: (ranked.get(entry, 0.0), entry))
            why = _of_a_part(metric, before, after, (rows, by_rank), changed)
        if why:
            return Waiting(why=why, sha256=after.sha256, values={entry: new.get(entry) for entry in changed})
    return None


def _guessed(board: Board, before: Snapshot, after: Snapshot) -> Mapping[EntryId, float | None]:
    """The scores that were measured and are marked as estimates now, if they are many; fewer are doubted row by row."""
    if board.primary is None or after.measured(board.primary.id).keys() >= before.measured(board.primary.id).keys():
        return {}
    was, now = before.measured(board.primary.id), after.measures(board.primary.id)
    guessed = {entry: measure.value for entry, measure in now.items() if measure.estimated and entry in was}
    kept = sum(was[entry] == value for entry, value in guessed.items())
    return guessed if len(guessed) > few_rows(len(after.entries)) and kept >= _DENSE * len(guessed) else {}


def _exchanged(metric: Metric, old: Mapping[EntryId, float], new: Mapping[EntryId, float], changed: Sequence[EntryId]) -> str:
    """That the scores that changed are those that the same entries had, in another order; "" otherwise."""
    was, now = sorted(old[entry] for entry in changed), sorted(new[entry] for entry in changed if entry in new)
    is_exchange = metric.nature in (Nature.TESTED, Nature.FITTED) and was == now and len(changed) > 1
    return f"{len(changed)} entries exchanged their values of {metric.title}" if is_exchange else ""


def _of_all(metric: Metric, before: Snapshot, after: Snapshot, rows: Sequence[EntryId], changed: Sequence[EntryId]) -> str:
    """That many scores are gone, or that all prices are multiplied; "" if neither."""
    was, now = before.measured(metric.id), after.measures(metric.id)
    gone = [entry for entry in changed if entry in was and entry not in now]
    if metric.primary and few_rows(len(rows)) < len(gone) < _HALF * len(rows):
        return f"{count(len(gone), 'value')} of {metric.title} are gone"
    factors = [now[entry].value / was[entry] for entry in changed if entry in now and was.get(entry)]
    least = max(_ENOUGH, _DENSE * len(rows))
    if metric.nature is Nature.LISTED and len(factors) >= least:
        factor = median(factors)
        if sum(abs(each - factor) <= _ALIKE * factor for each in factors) >= least:
            return f"all values of {metric.title} are {number(factor)} times those before"
    return ""


def _of_a_part(
    metric: Metric, before: Snapshot, after: Snapshot, orders: Sequence[Sequence[EntryId]], changed: Sequence[EntryId]
) -> str:
    """That a block of rows changed, in one of the orders, or a part of all, and not together; "" if neither."""
    was, now, rows = before.measures(metric.id), after.measures(metric.id), len(orders[0])
    if block := max(_block(order, changed) for order in orders):
        return f"the values of {metric.title} changed in {block} rows that follow each other, and hardly elsewhere"
    pairs = [(was[entry], now[entry]) for entry in changed if entry in now]
    if len(pairs) >= max(_ENOUGH, _PART * rows) and (apart := moved_apart(metric, pairs)):
        return f"{apart} of {rows} values of {metric.title} moved far up or down, and the others hardly did"
    return ""


def _block(rows: Sequence[EntryId], changed: Sequence[EntryId]) -> int:
    """The length of a block that has most of the changed rows and hardly any other; 0 if there is none."""
    moved, price = frozenset(changed), _DENSE / (1 - _DENSE)
    best, start, total = (0.0, 0, 0), 0, 0.0
    for place, entry in enumerate(rows, 1):
        total += 1 if entry in moved else -price
        best = max(best, (total, start, place))
        if total < 0:
            total, start = 0.0, place
    _, start, end = best
    inside = sum(entry in moved for entry in rows[start:end])
    is_block = inside >= max(_ENOUGH, _MOST * len(changed)) and end - start <= _HALF * len(rows)
    return end - start if is_block else 0


def _digest(sha256: Sequence[Sha256]) -> str:
    return hashlib.sha256("".join(sha256).encode()).hexdigest()[:_DIGITS]
