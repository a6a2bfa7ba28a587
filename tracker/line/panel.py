"""Events that follow from several boards together."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from tracker.events import ACROSS, KINDS
from tracker.model import Board, BoardId, Event, EventFilter, Result, Snapshot
from tracker.model.names import Lexicon
from tracker.ports import Store


def across(
    store: Store, *, since: datetime, until: datetime, boards: Sequence[BoardId] = (), lexicon: Lexicon
) -> tuple[Event, ...]:
    """The events of several boards together (all by default), with since ≤ recorded_at < until; by time, then id.

    They are derived from the standings whenever one of the boards has an event of the kinds concerned; nothing is stored.
    """
    chosen = boards or store.boards()
    together: list[Event] = []
    for across in filter(None, (KINDS[name].across for name in ACROSS)):
        seen = EventFilter(kinds=across.kinds, since=since - across.within, until=until, is_news=True)
        events = [event for board in chosen for event in store.events(replace(seen, board=board))]
        events.sort(key=lambda event: (event.recorded_at, event.id))
        times = [event.recorded_at for event in events]
        moments = sorted({time for time in times if time >= since})
        for at, panel in zip(moments, _panels(store, chosen, moments, lexicon), strict=True):
            so_far = events[bisect_left(times, at - across.within) : bisect_right(times, at)]
            together += across.detect(so_far, panel)
    return tuple(sorted(together, key=lambda event: event.recorded_at))


def _panels(
    store: Store, boards: Iterable[BoardId], moments: Sequence[datetime], lexicon: Lexicon
) -> Iterator[list[tuple[Board, Snapshot]]]:
    """At each of some moments in order, the boards that rank their entries, with their primary metric; each is read once."""
    if not moments:
        return
    from tracker.identity import resolve_models  # noqa: PLC0415  # most reports show nothing that several boards agree on

    declared = [board for name in boards if (board := store.declared(name)) is not None]
    ranked = [(board, board.primary.id) for board in declared if board.primary is not None]
    accepted = {
        board.id: [check.observed_at for check in store.checks(board.id) if check.result is Result.ACCEPTED]
        for board, _ in ranked
    }
    known = {board.id: store.identities(board.id, lexicon.version) for board, _ in ranked}
    shown: dict[BoardId, tuple[Board, Snapshot]] = {}
    for before, at in zip((None, *moments), moments, strict=False):
        for board, metric in ranked:
            times = accepted[board.id]
            number = bisect_right(times, at)
            is_other = before is None or bisect_right(times, before) < number
            if is_other and (stored := store.at(board.id, at, [metric])) is not None:
                shown[board.id] = board, resolve_models(stored, lexicon, known[board.id])
        yield [shown[board.id] for board, _ in ranked if board.id in shown]
