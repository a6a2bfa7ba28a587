"""What must hold in a world, whatever went wrong in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from simulation.pages import DAY, HOUR, OUTAGES, POISON, WRONG
from simulation.world import CALM, PERIOD_H, Serve, World
from tracker import notify
from tracker.model import BoardId, Check, DeliveryOutcome, Event, EventFilter, MetricId, Receipt, Result
from tracker.stores.archive import FileArchive
from tracker.stores.sqlite import SqliteStore
from tracker.workspace.api import Workspace

TOLERANCE_S = 2.6 * HOUR
"""A board that was unreachable is tried again after two hours at the latest."""
MOST = 1000.0
"""No score and no price is above it."""
NOT_NOTICED = timedelta(days=2)
"""A clock that is ahead by less is not noticed (docs/decisions/0048-clocks.md)."""
_TROUBLE = ("board_", "tracker_")
_BAD = frozenset((*WRONG, POISON, *OUTAGES))


def problems(world: World) -> list[str]:
    """Everything that contradicts what the servers said and what the operator did."""
    found = list(world.wrong)
    if found:
        return found
    with SqliteStore(world.machine.settings.database) as store:
        for board in world.names:
            serves = [serve for serve in world.serves if serve.board == board]
            checks = list(store.checks(board))
            found += _history(world, board, serves, checks, store)
            found += _news(world, board, serves, store)
        found += _deliveries(world, store)
    found += _on_time(world)
    found += _archive(world)
    return found


def _history(world: World, board: BoardId, serves: Sequence[Serve], checks: Sequence[Check], store: SqliteStore) -> Iterator[str]:
    """Each true state is in the history once, in order; nothing else is."""
    number_of = {serve.sha256: serve.number for serve in serves if serve.kind not in _BAD}
    accepted = [check for check in checks if check.result in {Result.ACCEPTED, Result.UNCHANGED} and check.sha256]
    numbers: list[int] = []
    if accepted and accepted[-1].observed_at > world.machine.outside.now + NOT_NOTICED:
        yield f"{board}: the history is in the future: {accepted[-1].observed_at}"
    for check in accepted:
        number = number_of.get(check.sha256[0])
        if number is None:
            kind = next((serve.kind for serve in serves if serve.sha256 == check.sha256[0]), "nothing")
            yield f"{board}: the history has a page at {check.observed_at:%d. %H:%M} that was served as {kind}"
            continue
        if not numbers or numbers[-1] != number:
            numbers.append(number)
    if numbers != sorted(set(numbers)):
        yield f"{board}: states enter history in the order {numbers}"
    must = {serve.number for serve in serves if serve.must and not serve.kind}
    if missing := sorted(must - set(numbers)):
        yield f"{board}: states {missing} were served well and are not in the history, which has {numbers}"
    shown = {sha256 for check in accepted for sha256 in check.sha256}
    if unread := [serve for serve in serves if serve.must and serve.kind == "bad row" and serve.sha256 not in shown]:
        yield f"{board}: one bad row cost {len(unread)} states"
    latest = store.latest(board)
    if latest is not None and board not in world.paused:
        rows: dict[str, tuple[float, ...]] = {
            str(key): tuple(measure.value for _, measure in sorted(entry.measures.items()))
            for key, entry in latest.entries.items()
        }
        truth = {key: (price, score) for key, (_, score, price) in world.true_state(board).rows.items()}
        if rows != truth:
            differs = {key: (rows.get(key), truth.get(key)) for key in {*rows, *truth} if rows.get(key) != truth.get(key)}
            yield f"{board}: at the end, found and true: {differs}"


def _news(world: World, board: BoardId, serves: Sequence[Serve], store: SqliteStore) -> Iterator[str]:
    """What is news follows from true pages, and is true."""
    good = {serve.sha256: serve for serve in serves if serve.kind not in _BAD}
    for event in store.events(EventFilter(board=board)):
        world.seen[f"event {event.kind}"] += 1
        if event.kind.startswith(_TROUBLE):
            continue
        based_on = [good.get(proof.sha256) for proof in event.evidence]
        if None in based_on:
            yield f"{board}: {event.headline!r} is based on a page that is not true"
        elif based_on and (lie := _lie(world, board, event, based_on[-1])):
            yield f"{board}: {event.headline!r} of {event.recorded_at}: {lie}"


def _lie(world: World, board: BoardId, event: Event, serve: Serve | None) -> str:
    """Why an event is not true; empty if it is."""
    if serve is None:
        return ""
    rows = world.states[board][serve.number].rows
    names = [party.entry for party in event.subjects]
    if "oops" in names or any(isinstance(value, float) and value > MOST for value in event.facts.values()):
        return "nobody would believe it"
    if event.kind == "departure":
        last = world.states[board][-1].rows
        return ", ".join(f"{name} is still there" for name in names if name in last)
    if event.metric != MetricId("score"):
        return ""
    if event.kind == "new_leader" and not any(
        name in rows and rows[name][1] == max(row[1] for row in rows.values()) for name in names
    ):
        return "another one leads"
    if event.kind == "overtake" and any(
        name in rows and rival.entry in rows and rows[name][1] <= rows[rival.entry][1] for name in names for rival in event.rivals
    ):
        return "it is not above"
    return ""


def _deliveries(world: World, store: SqliteStore) -> Iterator[str]:
    """What the route wants has one receipt; what has one came once, or once more for a crash, under one name."""
    (route,) = notify.load(world.machine.settings.schedules / "routes.toml", watches=()).routes
    receipts: dict[str, Receipt] = {receipt.event: receipt for receipt in store.service.receipts(route.name)}
    waiting = {delivery.event.id for dead in (False, True) for delivery in store.service.deliveries(dead=dead)}
    since = store.service.route_since(route.name, world.machine.outside.now)
    for event in store.events(EventFilter()):
        if notify.wants(route, event) and event.recorded_at >= since:
            world.seen["deliveries"] += 1
            if event.id not in receipts and event.id not in waiting and not _was_ahead(world):
                yield f"{event.headline!r} of {event.recorded_at} has no receipt and does not wait"
    yield from (f"{name} still waits" for name in sorted(waiting))
    yield from _messages(world, receipts)


def _messages(world: World, receipts: Mapping[str, Receipt]) -> Iterator[str]:
    """What the receiver got twice, or without a receipt, or not at all."""
    struck = sum(amount for what, amount in world.seen.items() if what.startswith("struck"))
    ids: dict[str, list[str]] = defaultdict(list)
    for message in world.machine.came:
        for name in message.events:
            ids[name].append(message.id)
    for name, found in ids.items():
        if len(set(found)) > 1:
            yield f"event {name} came as {found}"
        if len(found) > 1 + len(world.kills_at) + struck:
            yield f"event {name} came {len(found)} times"
        if name not in receipts:
            yield f"event {name} came and has no receipt"
    twice = len(world.machine.came) - len({message.id for message in world.machine.came})
    if twice > len(world.kills_at) + struck:
        yield f"{twice} messages came twice in {len(world.kills_at)} kills"
    sent = {name for name, receipt in receipts.items() if receipt.how is DeliveryOutcome.SENT and receipt.message}
    yield from (f"event {name} has a receipt and never came" for name in sent - ids.keys())


def _was_ahead(world: World) -> bool:
    return bool(world.seen["clock ahead"])


def _on_time(world: World) -> Iterator[str]:
    """A board is asked at its times, unless something of its own, or of all, is wrong."""
    end_s = (world.days + CALM) * DAY
    for board in world.names:
        excuses = [*world.excused[""], *world.excused[board], *world.excused[board.partition("/")[0]]]
        times = sorted({serve.passed_s for serve in world.serves if serve.board == board})
        for before, after in zip([0.0, *times], [*times, end_s], strict=True):
            late = after - before - PERIOD_H[world.cadence[board]] * HOUR - TOLERANCE_S - _overlap(excuses, before, after)
            if late > 0:
                yield f"{board} ({world.cadence[board]}): not asked from {before / HOUR:.1f} h to {after / HOUR:.1f} h"


def _overlap(spans: Sequence[tuple[float, float]], start: float, end: float) -> float:
    return sum(max(0.0, min(end, until) - max(start, since)) for since, until in spans)


def _archive(world: World) -> Iterator[str]:
    archive = FileArchive(world.machine.settings.captures)
    with Workspace(world.machine.settings) as workspace:
        for board in archive.boards():
            yield from archive.check(board)
            if any(serve.kind == POISON for serve in world.serves if serve.board == board) or board in world.paused:
                continue  # to derive it again would read that page; and nobody restores the index of a paused board
            found = workspace.verify_board(board)
            yield from (f"{board}: {difference}" for difference in found.differences)
            yield from (f"{board}: {event} does not follow" for event in found.events if not event.holds)


def summary(world: World) -> Mapping[str, int]:
    """Counts of what happened."""
    return dict(sorted(world.seen.items()))
