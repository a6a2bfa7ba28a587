"""Decides which bodies of a board's archive nothing needs any more.

Source: docs/decisions/0057-pruned-archives.md
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker.errors import StoreError
from tracker.line import dates, index, sync
from tracker.line.apart import read_line
from tracker.line.fold import fetches_of, steps
from tracker.model import Board, BoardId, BoardState, Event, EventFilter, EventId, IndexLine, Sha256, Verdict
from tracker.model.names import Lexicon
from tracker.ports import Store
from tracker.stores.archive import FileArchive

RECENT = timedelta(days=31)
"""Bodies of this time before the newest capture are kept: news may still be corrected, and doubts decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """The bodies of a board that are not needed: their number, of how many, and the bytes of their files."""

    board: BoardId
    bodies: int
    of: int
    bytes: int


def prune(
    board: Board, archive: FileArchive, store: Store, lexicon: Lexicon, now: datetime, *, by: str, is_trial: bool = False
) -> Pruned:
    """Delete the bodies of a board that nothing needs; a trial only counts them.

    What remains gives the same news as before, and has all evidence of it, each reading that was not accepted, the last one of
    each month, and those of the last month.

    Raises:
        StoreError: the archive has captures that were not read yet, or a body that is needed is damaged.
    """
    with archive.lease(board.id):
        unread, _ = index.new_lines(board.id, archive, store)
        if any(line.verdict is not Verdict.PRUNE for line in unread):  # those are of a prune that was cut off
            found = "the archive has captures that were not read yet; nothing was deleted"
            raise StoreError(f"{board.id}: {found} (tracker replay {board.id})")
        lines, _ = archive.index(board.id)
        brought = {sha256 for line in fetches_of(lines) for sha256 in line.sha256}
        gone = brought - _needed(board, lines, archive, store, lexicon)
        pruned = Pruned(board=board.id, bodies=len(gone), of=len(brought), bytes=archive.size(board.id, gone))
        if not is_trial:
            archive.prune(board.id, gone, now, by=by)
    return pruned


def _needed(board: Board, lines: Sequence[IndexLine], archive: FileArchive, store: Store, lexicon: Lexicon) -> frozenset[Sha256]:
    """The bodies that are needed in themselves, and those without which the others would give other news."""
    aside = {line.observed_at for line in sync.set_aside(board.id, archive, store)}
    history = [line for line in lines if line.observed_at not in aside]
    fetches = sorted(fetches_of(history), key=lambda line: line.observed_at)
    everything = frozenset(sha256 for line in fetches for sha256 in line.sha256)
    needed = archive.with_keyframes(board.id, {*_cited(board.id, lines, store, aside), *_of_each_month(board.id, fetches, store)})
    news, more = _news(board, history, archive, lexicon), 1
    while gone := everything - needed:
        derived = _news(board, [*history, _prune(gone)], archive, lexicon)
        changed = [event for key in news.keys() | derived for event in _differing(news.get(key), derived.get(key))]
        if not changed:
            break
        dropped = [line for line in fetches if not gone.isdisjoint(line.sha256)]
        before = (
            line for event in changed for line in [line for line in dropped if line.observed_at <= event.recorded_at][-more:]
        )
        wider = archive.with_keyframes(board.id, needed.union(sha256 for line in before for sha256 in line.sha256))
        needed, more = wider if wider > needed else everything, 2 * more
    return needed


def _cited(board: BoardId, lines: Sequence[IndexLine], store: Store, aside: Iterable[datetime]) -> set[Sha256]:
    """The bodies that news, decisions and readings that were not accepted refer to, and those that are not in history yet."""
    cited = {Sha256(proof.sha256) for event in store.events(EventFilter(board=board, is_news=True)) for proof in event.evidence}
    cited.update(sha256 for check in store.checks(board) if not check.was_read for sha256 in check.sha256)
    waiting = frozenset(aside)
    is_kept = {Verdict.ACCEPT, Verdict.REJECT, Verdict.STRIKE, Verdict.RESTORE, Verdict.REFUSED, Verdict.GONE, Verdict.TRANSIENT}
    cited.update(sha256 for line in lines if line.verdict in is_kept or line.observed_at in waiting for sha256 in line.sha256)
    return cited


def _of_each_month(board: BoardId, fetches: Sequence[IndexLine], store: Store) -> set[Sha256]:
    """The bodies of the first fetch that brought some, of the last one that was read in each month, and of recent ones."""
    wanted: dict[object, Sequence[Sha256]] = {"first": next((line.sha256 for line in fetches if line.sha256), ())}
    recent = max((line.observed_at for line in fetches), default=dates.EARLIEST) - RECENT
    for check in store.checks(board):
        if check.was_read:
            wanted[check.observed_at.year, check.observed_at.month] = check.sha256
        if check.observed_at > recent:
            wanted[check.observed_at] = check.sha256
    return {sha256 for hashes in wanted.values() for sha256 in hashes}


def _news(board: Board, lines: Sequence[IndexLine], archive: FileArchive, lexicon: Lexicon) -> Mapping[EventId, Event]:
    """The news that lines of the index give."""
    wrong, past = dates.misdated(lines), BoardState()
    history = steps(board, lines, archive, before=None, past=past, misdated=wrong, lexicon=lexicon, read=read_line)
    return {event.id: event for step in history for event in step.events if event.is_news}


def _prune(gone: frozenset[Sha256]) -> IndexLine:
    return IndexLine(observed_at=dates.EARLIEST, url="", verdict=Verdict.PRUNE, sha256=tuple(gone))


def _differing(before: Event | None, after: Event | None) -> list[Event]:
    """The event, if it is not the same with fewer bodies."""
    return [] if before == after else [event for event in (before or after,) if event is not None]
