"""Each place in the package that touches the disk fails once, in each way.

Afterwards the store is whole, and the next run completes what was to be done.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx

from simulation.disk import DEADLY, Crash, Fault, Operation
from simulation.machine import Machine, csv, page, records
from tracker.errors import TrackerError
from tracker.model import Event, EventFilter
from tracker.stores.archive import FileArchive
from tracker.stores.sqlite import SqliteStore
from tracker.workspace.api import Workspace

SMALL, LARGE = "acme/text", "beta/large"
AGAIN = timedelta(minutes=3)
TURNS = 6, timedelta(minutes=6)
"""Long enough for what waits five minutes after a failure."""
_WRITES = frozenset((Fault.FULL, Fault.ERROR, Fault.TORN, Fault.CRASH, Fault.TORN_CRASH, Fault.POWER, Fault.POWER_ALL))
_OTHERS = _WRITES - {Fault.TORN, Fault.TORN_CRASH}
_OPENS = frozenset((Fault.ERROR,))


def faults_of(operation: Operation) -> Iterable[Fault]:
    """The ways in which an operation fails that make a difference."""
    kind = operation.kind.removeprefix("sqlite ")
    return sorted(_WRITES if kind == "write" else _OPENS if kind == "open" else _OTHERS)


def small(day: int) -> bytes:
    """Ten models; each day one moves, and one day one arrives."""
    rows = {f"m{n}": (f"Model {n}", 90.0 - 5 * n, 1.0 + n) for n in range(10 + (day > 1))}
    rows["m3"] = ("Model 3", 75.0 + 9 * day, 4.0)
    return csv(rows)


def large(day: int) -> bytes:
    """So many that a keyframe pays."""
    rows = {f"{n}-{'m' * 150}": (f"Model {n}", round(n * 31 % 97 + n / 1000, 3), n * 17 % 29 + 0.5) for n in range(80)}
    rows["m5"] = ("Model 5", 98.0 + day, 1.0)
    return records(rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """`before` makes the store in which `act` then fails. What works only `once` is done again only if it failed.

    `boards` are those that `act` fetches: a rescue that cannot read another one's archive leaves that one to its next fetch.
    """

    name: str
    act: Callable[[Machine], Callable[[], object]]
    before: Callable[[Machine], None] = lambda _: None
    day: int = 1
    boards: tuple[str, ...] = (SMALL,)
    once: bool = False


def _used(machine: Machine) -> None:
    """A store of two boards: one day old, one board paused by a person, with news that could not be delivered."""
    machine.hook = lambda _: httpx.Response(503)
    _show(machine, 0)
    _run(machine, machine.command("run"))
    machine.outside.wait(timedelta(days=1))
    _show(machine, 1)
    _run(machine, machine.command("run"))
    _run(machine, machine.command("board", "pause", LARGE, "--reason", "their lawyer wrote", "--by", "me"))
    machine.outside.wait(timedelta(days=1))


def _unpaused(machine: Machine) -> None:
    _used(machine)
    _run(machine, machine.command("board", "resume", LARGE))


def _damaged(machine: Machine) -> None:
    """The root page of a table is overwritten."""
    _used(machine)
    with closing(sqlite3.connect(machine.settings.database)) as connection:
        (number,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = '_measures'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with machine.settings.database.open("r+b") as file:
        file.seek((number - 1) * size)
        file.write(b"\xff" * size)


def _missing(machine: Machine) -> None:
    """A person deleted the database."""
    _used(machine)
    for path in machine.store.glob("tracker.db*"):
        path.unlink()


def _files(machine: Machine) -> list[Path]:
    folder = machine.root / "saved"
    if not folder.exists():
        folder.mkdir()
        for day in (0, 1, 2):
            (folder / f"2027-01-0{day + 1}T060000Z.json").write_bytes(large(day))
    return sorted(folder.iterdir())


def _aged(machine: Machine) -> None:
    """A store with months of states, most of which nothing needs."""
    folder = machine.root / "months"
    folder.mkdir()
    for number in range(16):
        day = timedelta(days=120 - 5 * number)
        rows = {f"m{n}": (f"Model {n}", 90.0 - 5 * n, 1.0 + n) for n in range(10)}
        rows["m3"] = ("Model 3", 75.0 + 0.01 * number, 4.0)
        (folder / f"{machine.outside.now - day:%Y-%m-%dT%H%M%SZ}.csv").write_bytes(csv(rows))
    _run(machine, machine.command("import_", SMALL, *sorted(folder.iterdir())))


def _backed_up(machine: Machine) -> None:
    _used(machine)
    folder = machine.root / "copy"
    _run(machine, machine.command("backup", folder))
    shutil.rmtree(machine.store)
    folder.rename(machine.root / "kept")
    machine.store.mkdir()


def _run(machine: Machine, work: Callable[[], object]) -> None:
    result = machine.outside.process(work)
    if isinstance(result, BaseException):
        raise AssertionError(f"without a fault: {result!r}\n{machine.outside.output.getvalue()}") from result


def _show(machine: Machine, day: int) -> None:
    machine.answers = {SMALL: page(small(day)), LARGE: page(large(day), "application/json")}


SCENARIOS = (
    Scenario(name="first run of one board", act=lambda machine: machine.command("run", SMALL), day=0),
    Scenario(name="run of one board", before=_used, act=lambda machine: machine.command("run", SMALL), day=2),
    Scenario(
        name="run of a large board", before=_unpaused, act=lambda machine: machine.command("run", LARGE), day=2, boards=(LARGE,)
    ),
    Scenario(name="first daemon", act=lambda machine: machine.turns(*TURNS), day=0),
    Scenario(name="daemon", before=_unpaused, act=lambda machine: machine.turns(*TURNS), day=2),
    Scenario(name="replay", before=_used, act=lambda machine: machine.command("replay")),
    Scenario(name="replay of a damaged database", before=_damaged, act=lambda machine: machine.command("replay")),
    Scenario(name="rescue by a daemon", before=_damaged, act=lambda machine: machine.turns(*TURNS), day=2),
    Scenario(name="run without a database", before=_missing, act=lambda machine: machine.command("run", SMALL), day=2),
    Scenario(name="import", act=lambda machine: machine.command("import_", LARGE, *_files(machine)), boards=(LARGE,)),
    Scenario(
        name="pause", before=_used, act=lambda machine: machine.command("board", "pause", SMALL, "--reason", "x", "--by", "me")
    ),
    Scenario(name="prune", before=_aged, act=lambda machine: machine.command("prune", "--keep", "monthly")),
    Scenario(name="backup", before=_used, act=lambda machine: machine.command("backup", machine.store / "copy")),
    Scenario(name="restore", before=_backed_up, act=lambda machine: machine.command("restore", machine.root / "kept"), once=True),
)


# ── trying ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(kw_only=True)
class Trial:
    """One scenario in a folder; `before` is the store as it is before it."""

    scenario: Scenario
    scratch: Path
    before: Path = field(init=False)
    at: timedelta = timedelta()
    number: int = 0

    def __post_init__(self) -> None:
        self.before = self.scratch / "before"
        machine = self._machine(self.before)
        with machine.outside.installed():
            self.scenario.before(machine)
        self._now, self._came = machine.outside.now, tuple(machine.came)

    def _machine(self, root: Path) -> Machine:
        machine = Machine(root=root)
        machine.declare(SMALL)
        machine.declare(LARGE, form="json_records")
        return machine

    def attempt(self, plan: Callable[[Operation], Fault | None]) -> tuple[Machine, list[str]]:
        """The scenario under a plan, and again without a fault. Returns what is wrong."""
        self.number += 1
        root = self.scratch / str(self.number)
        if self.before.exists():
            shutil.copytree(self.before, root, ignore=shutil.ignore_patterns("*-kept-*"))
        machine = self._machine(root)
        machine.outside.now, machine.came = self._now, list(self._came)
        wrong: list[str] = []
        with machine.outside.installed():
            _show(machine, self.scenario.day)
            machine.disk.plan = plan
            wrong += _judged(machine.outside.process(self.scenario.act(machine)))
            machine.disk.plan = lambda _: None
            wrong += [] if self.scenario.before is _damaged else whole(machine, self.scenario.boards)
            machine.outside.wait(AGAIN)
            is_done = self.scenario.once and machine.settings.database.exists()
            result = None if is_done else machine.outside.process(self.scenario.act(machine))
            wrong += [f"the next run failed: {result!r}"] if isinstance(result, BaseException) else []
        return machine, wrong


def _judged(result: object) -> list[str]:
    """A command ends with a result, an error of ours, or dies; anything else is a trace."""
    if isinstance(result, BaseException) and not isinstance(result, TrackerError | Crash):
        return [f"ended with a trace: {type(result).__name__}: {result}"]
    return []


def whole(machine: Machine, boards: Iterable[str] = ()) -> list[str]:
    """What is wrong with a store: every table follows from the archive, and every body has its hash."""
    wrong: list[str] = []
    archive = FileArchive(machine.settings.captures)
    for kept in archive.boards():
        wrong += archive.check(kept)
    if not machine.settings.database.exists() or not machine.settings.database.stat().st_size:
        return wrong
    with closing(sqlite3.connect(machine.settings.database)) as connection:
        problem = connection.execute("PRAGMA integrity_check").fetchone()[0]
    if problem != "ok":
        return [*wrong, f"the database: {problem}"]
    with Workspace(machine.settings) as workspace:
        for board in workspace.store.boards():
            if boards and board not in boards:
                continue
            found = workspace.verify_board(board)
            wrong += [f"{board}: {difference}" for difference in found.differences]
            wrong += [f"{board}: {event} does not follow" for event in found.events if not event.holds]
    return wrong


def told(machine: Machine, boards: Iterable[str]) -> Mapping[str, object]:
    """What is in a store of these boards, whenever it was stored."""
    if not machine.settings.database.exists():
        return {}
    found: dict[str, object] = {}
    with SqliteStore(machine.settings.database) as store:
        contents: dict[str, tuple[object, ...]] = {}
        for event in store.events(EventFilter()):
            if event.board in boards:
                contents[event.id] = _content(event)
        for board in store.boards():
            if board not in boards:
                continue
            latest = store.latest(board)
            found[f"{board}: values"] = latest and {
                key: sorted((str(name), measure.value) for name, measure in entry.measures.items())
                for key, entry in latest.entries.items()
            }
        found["events"] = Counter(contents.values())
        found["pauses"] = {board: (pause.by, pause.reason) for board, pause in store.service.pauses().items()}
        found["receipts"] = Counter(
            (contents[receipt.event], receipt.route) for receipt in store.service.receipts() if receipt.event in contents
        )
        found["waiting"] = Counter(
            (_content(delivery.event), delivery.route) for delivery in store.service.deliveries() if delivery.event.id in contents
        )
    return found


def _content(event: Event) -> tuple[object, ...]:
    return (event.kind, event.board, event.metric, tuple(party.entry for party in event.subjects), event.headline)


def twice(machine: Machine, *, crashed: bool) -> list[str]:
    """Events that came in two messages, or in one message more often than a crash explains."""
    ids: dict[str, list[str]] = {}
    for message in machine.came:
        for event in message.events:
            ids.setdefault(event, []).append(message.id)
    wrong = [f"event {event} came as {names}" for event, names in ids.items() if len(set(names)) > 1]
    return wrong + [f"event {event} came {len(names)} times" for event, names in ids.items() if len(names) > 1 + crashed]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one fault led to."""

    scenario: str
    operation: Operation
    fault: Fault
    wrong: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Tally:
    """How much was tried: operations, and different places of the package that do them."""

    operations: int = 0
    sites: set[tuple[str, str, str]] = field(default_factory=set)
    tried: int = 0


def tries(scenario: Scenario, tally: Tally, *, depth: int, only: str = "") -> Iterator[Found]:
    """Fail the operations of a scenario. Yields what went wrong.

    With depth 0, the first one of each place fails in one way, which differs from place to place; with 1, the first and the last
    one of each place in all ways; with 2, every operation in all ways. `only`: those whose text has these parts, separated by &.
    """
    with tempfile.TemporaryDirectory(dir=fast_folder()) as scratch:
        trial = Trial(scenario=scenario, scratch=Path(scratch))
        operations: list[Operation] = []

        def record(operation: Operation) -> None:
            operations.append(operation)

        calm, wrong = trial.attempt(record)
        assert not wrong, f"{scenario.name} without a fault: {wrong}"
        wanted = told(calm, scenario.boards)
        calm_came = Counter(event for message in calm.came for event in message.events)
        last = {(op.kind, op.name, op.site): op.number for op in operations}
        tally.operations += len(operations)
        tally.sites.update((op.kind, op.name, op.site) for op in operations)
        chosen = [op for op in operations if depth == 2 or op.number in {1, last[op.kind, op.name, op.site] if depth else 1}]
        for place, operation in enumerate(chosen):
            faults = list(faults_of(operation))
            for fault in faults if depth else [faults[place % len(faults)]]:
                if not all(part in f"{operation} {fault.name}" for part in only.split("&")):
                    continue
                tally.tried += 1
                wrong = list(_attempted(trial, operation, fault, wanted, calm_came))
                if wrong:
                    yield Found(scenario=scenario.name, operation=operation, fault=fault, wrong=tuple(wrong))


def _attempted(
    trial: Trial, operation: Operation, fault: Fault, wanted: Mapping[str, object], calm_came: Counter[str]
) -> Iterator[str]:
    struck: list[Operation] = []

    def plan(asked: Operation) -> Fault | None:
        if asked != operation or struck:
            return None
        struck.append(asked)
        return fault

    machine, wrong = trial.attempt(plan)
    if not struck:
        yield "the operation was not reached again"
    yield from wrong
    found = told(machine, trial.scenario.boards)
    for key in sorted({*wanted, *found}):
        if wanted.get(key) != found.get(key):
            yield f"{key}: expected {_short(wanted.get(key), found.get(key))}"
    yield from twice(machine, crashed=fault in DEADLY)
    shutil.rmtree(machine.root)


def _short(wanted: object, found: object) -> str:
    """What differs."""
    if isinstance(wanted, Counter) and isinstance(found, Counter):
        less, more = wanted - found, found - wanted
        return f"{[str(name)[:120] for name in less]} more, {[str(name)[:120] for name in more]} less"[:900]
    if isinstance(wanted, dict) and isinstance(found, dict):
        keys = [key for key in {**wanted, **found} if wanted.get(key) != found.get(key)]
        return "; ".join(f"{key} = {wanted.get(key)}, found {found.get(key)}" for key in keys[:4])
    return f"{wanted!s:.300}, found {found!s:.300}"


def fast_folder() -> str | None:
    """A disk in memory, if there is one."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def run(*, depth: int, names: Iterable[str] = (), only: str = "") -> tuple[Tally, list[Found]]:
    """Try all scenarios, or those with these names."""
    tally = Tally()
    found: list[Found] = []
    for scenario in SCENARIOS:
        if not names or scenario.name in names:
            found += tries(scenario, tally, depth=depth, only=only)
    return tally, found
