"""The line: fetch, keep, parse, check, resolve, compare, detect, store. Only this module knows the order of the steps.

`run` and `import_bodies` bring captures into the archive; `settle` brings the store up to what
the archive holds, one transaction per capture, and it alone writes history. So whatever
interrupts a run, the next one goes on where the archive is, and a replay ends in the same tables.
What a step has to tell goes into the outbox in the step's own transaction.
"""

from __future__ import annotations

import re
import time
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from pathlib import Path
from typing import Protocol

from tracker.combine import combine
from tracker.compare import commensurable, compare
from tracker.contract import check, recognise
from tracker.errors import (
    ContractBroken,
    DeclarationError,
    FetchError,
    Gone,
    ParseError,
    Refused,
    StoreError,
    TrackerError,
    Transient,
)
from tracker.events import ACROSS, advance, advance_failed, detect, fail, silence
from tracker.events.consensus import AGREES_WITHIN
from tracker.identity import identify, label
from tracker.lexicon import Lexicon
from tracker.model import (
    EACH,
    NEWEST,
    ROW,
    Baseline,
    Board,
    BoardId,
    Capture,
    Check,
    Event,
    EventFilter,
    Failure,
    How,
    IndexLine,
    Letter,
    Parse,
    Past,
    Reading,
    Result,
    Sha256,
    Snapshot,
    Step,
    Suspect,
    Table,
    Trouble,
    Unchanged,
    Validators,
    Verdict,
)
from tracker.notify import Route, letters
from tracker.notify.corrections import CORRECTED_FOR, corrections
from tracker.parsers import join, numbered, parse
from tracker.ports import Archive, Clock, Store
from tracker.watches import Watch, fire

_DECISIONS = frozenset((Verdict.ACCEPT, Verdict.REJECT))
_DATED = re.compile(r"(\d{4}-\d\d-\d\dT\d{6}Z)(?:\.[A-Za-z0-9]+)*")
_AGREEING_SUSPECTS = 3
_AGREEING_FOR = timedelta(days=1)
"""A reading that only the comparison with the past speaks against becomes the new baseline when so many
in a row, over so long, agree: a guard must not be able to freeze a board for ever."""
_AGREEMENT = 0.8
_BELIEVED = f"{_AGREEING_SUSPECTS} readings in a row, over at least a day, agree"
_CLOCK_SET_BACK = timedelta(minutes=1)
_HOW_IT_IS_READ = ("parse", "key", "name", "rank", "attributes", "metrics", "contract", "payloads")
_CONTENT = frozenset((Verdict.NEW, Verdict.REVISIT))
_NEWS_FOR = timedelta(days=7)
"""What a replay finds anew is told only if it was recorded within so long before the newest reading: older is no news."""


class Fetches(Protocol):
    """What `run` needs of a fetcher."""

    def fetch_all(self, jobs: Sequence[tuple[Board, Validators]]) -> Iterator[tuple[Board, Capture | Unchanged | FetchError]]:
        """Fetch many boards; a FetchError is an outcome like any other."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one board: the checks that were stored, the events they brought, and the trouble, if the last one failed.

    `took`: seconds by what was done (`read`, `detect`, `store`).
    """

    board: BoardId
    checks: tuple[Check, ...] = ()
    events: tuple[Event, ...] = ()
    error: TrackerError | None = None
    took: Mapping[str, float] = field(default_factory=dict, compare=False)

    @property
    def failed(self) -> bool:
        """Whether the newest state of the board could not be accepted."""
        last = self.checks[-1].result if self.checks else None
        return self.error is not None or last in (Result.FAILED, Result.UNREADABLE, Result.QUARANTINED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Who is to be told of what: the routes, each with the time since when it is told (older events are not news to it), and the watches."""

    routes: tuple[Route, ...] = ()
    watches: tuple[Watch, ...] = ()
    since: Mapping[str, datetime] = field(default_factory=dict)

    @classmethod
    def of(cls, routes: Sequence[Route], watches: Sequence[Watch], store: Store, now: datetime) -> Telling:
        """What these routes are told from now on, or from when the store first knew of them."""
        since = {route.name: store.ledger.route_since(route.name, now) for route in routes}
        return cls(routes=tuple(routes), watches=tuple(watches), since=since)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """Everything that settling a board needs beside the board."""

    archive: Archive
    store: Store
    lexicon: Lexicon | None
    telling: Telling | None = None


# ── bringing captures in ─────────────────────────────────────────────────────────────────────────


def run(
    boards: Sequence[Board],
    *,
    archive: Archive,
    store: Store,
    fetcher: Fetches,
    clock: Clock,
    lexicon: Lexicon | None = None,
    telling: Telling | None = None,
) -> Iterator[Outcome]:
    """Fetch boards, keep what came, and settle each as soon as it is in. One board's trouble never stops another.

    Here and below, `lexicon` is what is known of names (the project's own by default), and `telling` who is to be told
    of what happens (by default nobody).
    """
    jobs = [(board, validators(archive, board.id)) for board in boards]
    for board, fetched in fetcher.fetch_all(jobs):
        yield take(board, fetched, archive=archive, store=store, clock=clock, lexicon=lexicon, telling=telling)


def take(
    board: Board,
    fetched: Capture | Unchanged | FetchError,
    *,
    archive: Archive,
    store: Store,
    clock: Clock,
    lexicon: Lexicon | None = None,
    telling: Telling | None = None,
) -> Outcome:
    """Keep what came of one fetch, and settle the board. Trouble with the board is part of the outcome.

    Raises:
        StoreError: it could not be kept or stored.
    """
    desk = _Desk(archive=archive, store=store, lexicon=lexicon, telling=telling)
    try:
        with archive.lease(board.id):
            line = _keep(archive, board, fetched, clock)
            outcome = _settle(board, desk)
    except StoreError:
        raise
    except TrackerError as error:
        return Outcome(board=board.id, error=error)
    store.ledger.count(_counts(fetched, line, outcome))
    return outcome


def _counts(fetched: Capture | Unchanged | FetchError, line: IndexLine, outcome: Outcome) -> Mapping[tuple[str, str], float]:
    """What one fetch adds to the counters, by what is counted and its label."""
    counts = Counter[tuple[str, str]]({("fetches", f"{outcome.board} {line.verdict.value}"): 1})
    counts.update(("events", event.kind) for event in outcome.events)
    amounts: dict[tuple[str, str], float] = dict(counts)
    if isinstance(fetched, Capture):
        amounts["fetch_bytes", outcome.board] = sum(map(len, fetched.bodies))
    return amounts | {(f"{what}_seconds", outcome.board): seconds for what, seconds in outcome.took.items()}


def validators(archive: Archive, board: BoardId) -> Validators:
    """What the board's last capture came with, to ask for changes with."""
    last = archive.last(board)
    return Validators() if last is None else Validators(etag=last.etag, last_modified=last.last_modified)


def _keep(archive: Archive, board: Board, fetched: Capture | Unchanged | FetchError, clock: Clock) -> IndexLine:
    if isinstance(fetched, Capture):
        return archive.keep(replace(fetched, observed_at=_later(archive, board.id, fetched.observed_at)))
    if isinstance(fetched, Unchanged):
        last = archive.last(board.id)
        line = IndexLine(
            observed_at=_later(archive, board.id, fetched.observed_at),
            url=fetched.url,
            verdict=Verdict.NOT_MODIFIED,
            status=304,
            sha256=last.sha256 if last else (),
            etag=fetched.validators.etag,
            last_modified=fetched.validators.last_modified,
        )
        archive.note(board.id, line)
        return line
    return _keep_failure(archive, board, fetched, _later(archive, board.id, clock.now()))


def _keep_failure(archive: Archive, board: Board, error: FetchError, at: datetime) -> IndexLine:
    verdict = Verdict.TRANSIENT if isinstance(error, Transient) else Verdict.GONE if isinstance(error, Gone) else Verdict.REFUSED
    answer = error.answer
    if answer is None:
        line = IndexLine(observed_at=at, url=board.request.url, verdict=verdict, error=str(error))
        archive.note(board.id, line)
        return line
    capture = Capture(
        board=board.id,
        observed_at=at,
        url=answer.url,
        bodies=(answer.body,),
        status=answer.status,
        content_type=answer.content_type,
    )
    return archive.keep(capture, verdict=verdict, error=str(error))


def _later(archive: Archive, board: BoardId, at: datetime) -> datetime:
    """The same second twice would be one observation: a fetch then counts as a second later than the last line.

    So it does when the clock was set back a little; far in the future stands only what somebody imported with a wrong date.
    """
    last = archive.newest(board)
    return last + timedelta(seconds=1) if last is not None and at <= last < at + _CLOCK_SET_BACK else at


def import_bodies(
    board: Board,
    paths: Iterable[Path],
    *,
    archive: Archive,
    store: Store,
    lexicon: Lexicon | None = None,
) -> Outcome:
    """Take dated bodies (`YYYY-MM-DDTHHMMSSZ.ext[.gz]`, in any order) through the same line as fetched ones.

    Raises:
        DeclarationError: a file's name has no time, or the file cannot be read.
        StoreError: another body is already kept for the same time.
    """
    files = dated(paths)
    with archive.lease(board.id):
        for at, path in files:
            body = _read_body(path, board.request.max_bytes)
            archive.keep(Capture(board=board.id, observed_at=at, url=board.request.url, bodies=(body,)))
        return _settle(board, _Desk(archive=archive, store=store, lexicon=lexicon))


def dated(paths: Iterable[Path], not_after: datetime | None = None) -> list[tuple[datetime, Path]]:
    """Files by the time in their names, earliest first.

    Raises:
        DeclarationError: a file's name has no time, or one later than `not_after`.
    """
    found = sorted((_observed_at(path), path) for path in paths)
    if found and not_after is not None and found[-1][0] > not_after:
        raise DeclarationError(f"{found[-1][1]}: the name's time is in the future; expected one up to now; nothing was imported")
    return found


def _observed_at(path: Path) -> datetime:
    match = _DATED.fullmatch(path.name)
    try:
        return datetime.strptime(match[1] if match else path.name, "%Y-%m-%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise DeclarationError(
            f"{path}: the name has no time; expected YYYY-MM-DDTHHMMSSZ.ext or .ext.gz; rename the file"
        ) from None


def _read_body(path: Path, max_bytes: int) -> bytes:
    try:
        stored = path.read_bytes()
        body = _unpacked(stored, max_bytes + 1) if path.suffix == ".gz" else stored
    except (OSError, EOFError, zlib.error) as error:
        raise DeclarationError(f"{path}: cannot be read: {error}; expected a body, plain or gzipped") from error
    if len(body) > max_bytes:
        raise DeclarationError(f"{path}: more than {max_bytes} bytes; raise request.max_bytes if that is right")
    return body


def _unpacked(stored: bytes, most: int) -> bytes:
    """The members of a gzip file one after the other, no more than so many bytes. Raises EOFError, zlib.error."""
    body = b""
    while stored and len(body) < most:
        member = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        body += member.decompress(stored, most - len(body))
        if not member.eof and len(body) < most:
            raise EOFError("the file ends before the end of what is packed in it")
        stored = member.unused_data.lstrip(b"\0")
    return body


# ── bringing history up to the archive ───────────────────────────────────────────────────────────


def settle(
    board: Board, archive: Archive, store: Store, lexicon: Lexicon | None = None, telling: Telling | None = None
) -> Outcome:
    """Store everything the archive holds of a board and the store does not, oldest first.

    Lines that are older than what is stored, decisions, and another way of reading in the declaration change what came
    after them: then the board's history is written anew from the archive, in one transaction.
    """
    with archive.lease(board.id):
        return _settle(board, _Desk(archive=archive, store=store, lexicon=lexicon, telling=telling))


def _settle(board: Board, desk: _Desk) -> Outcome:
    store = desk.store
    lines, end = desk.archive.index(board.id, store.position(board.id))
    last = store.last_check(board.id)
    if last is not None:
        if not _read_alike(board, store.declared(board.id)):
            return _replay(board, desk)
        store.declare(board)
    if last is not None and any(line.observed_at <= last.observed_at or line.verdict in _DECISIONS for line in lines):
        stored = {check.observed_at: check for check in store.checks(board.id)}
        if any(_rewrites(line, stored.get(line.observed_at), last) for line in lines):
            return _replay(board, desk)
        lines = [line for line in lines if line.observed_at not in stored]
    outcome = _store(board, lines, desk)
    if outcome is None:
        return _replay(board, desk)
    if lines or end != store.position(board.id):
        store.move_position(board.id, end)
    return outcome


def _read_alike(board: Board, before: Board | None) -> bool:
    """Whether two declarations make the same history of the same bodies; addresses, cadence and titles make none."""
    if before is None:
        return False
    return all(getattr(board, name) == getattr(before, name) for name in _HOW_IT_IS_READ)


def _rewrites(line: IndexLine, stored: Check | None, last: Check) -> bool:
    """Whether a line changes what was stored: a decision, an older state, or a body where only a failure was known."""
    if line.verdict in _DECISIONS:
        return True
    if stored is None:
        return line.observed_at <= last.observed_at
    return line.verdict in _CONTENT and (line.sha256, line.status) != (stored.sha256, stored.status)


def replay(
    board: Board, archive: Archive, store: Store, lexicon: Lexicon | None = None, telling: Telling | None = None
) -> Outcome:
    """Write a board's history anew from the archive and its declaration, whole or not at all.

    Events that were told and do not come again are corrected on their routes.
    """
    with archive.lease(board.id):
        return _replay(board, _Desk(archive=archive, store=store, lexicon=lexicon, telling=telling))


def _replay(board: Board, desk: _Desk) -> Outcome:
    store = desk.store
    lines, end = desk.archive.index(board.id)
    newest = max((line.observed_at for line in lines), default=None)
    sent = _sent(board, desk, newest)
    with store.rewriting(board.id):
        outcome = _store(board, lines, desk)
        if outcome is None:
            raise AssertionError(f"{board.id}: suspects that were held back before the first line")
        store.move_position(board.id, end)
        if newest is not None:
            store.ledger.post(corrections(((event, route) for event, route in sent if store.event(event.id) is None), newest))
    return outcome


def _sent(board: Board, desk: _Desk, newest: datetime | None) -> list[tuple[Event, str]]:
    """What was lately told of a board, and on which of the routes that are told now."""
    if desk.telling is None or newest is None:
        return []
    store, since = desk.store, newest - CORRECTED_FOR
    routes = [route.name for route in desk.telling.routes if route.enabled]
    receipts = [one for route in routes for one in store.ledger.receipts(route, since=since) if one.how is How.SENT]
    found = [(event, one.route) for one in receipts if (event := store.event(one.event)) is not None]
    return [(event, route) for event, route in found if event.board == board.id]


def _store(board: Board, lines: Sequence[IndexLine], desk: _Desk) -> Outcome | None:
    """Store what the lines add; None at a reading that several stored in quarantine agree with: then history begins before the lines."""
    if not lines:
        return Outcome(board=board.id)
    store, archive = desk.store, desk.archive
    checks: list[Check] = []
    events: list[Event] = []
    took: dict[str, float] = {}
    store.declare(board)
    before, past, last = store.latest(board.id), store.past(board.id), store.last_check(board.id)
    rejected = last.sha256 if last is not None and last.result is Result.REJECTED else ()
    holds = store.ledger.holds(board.id) if last is not None else {}
    news_since = max(line.observed_at for line in lines) - _NEWS_FOR
    for step in steps(board, lines, archive, before=before, past=past, rejected=rejected, lexicon=desk.lexicon):
        if step.agreed_since is not None:
            return None
        started = time.perf_counter()
        posted, holds = _letters(board, step, past, holds, desk, news_since)
        store.save(step, posted, holds)
        past = step.past
        checks.append(step.check)
        events.extend(step.events)
        for what, seconds in {**step.took, "store": time.perf_counter() - started}.items():
            took[what] = took.get(what, 0.0) + seconds
    return Outcome(board=board.id, checks=tuple(checks), events=tuple(events), took=took)


def _letters(  # noqa: PLR0917  # one step of a fold
    board: Board, step: Step, past: Past, holds: Mapping[str, str], desk: _Desk, news_since: datetime
) -> tuple[Sequence[Letter], Mapping[str, str]]:
    """What a step has to tell, and what the watches hold after it: nothing where nobody is told, so that they begin anew later."""
    telling = desk.telling
    if telling is None:
        return (), {}
    fired = fire(telling.watches, board, step, past, holds, desk.lexicon)
    since = {name: max(at, news_since) for name, at in telling.since.items()}
    events = (*step.events, *fired.events)
    return letters(telling.routes, events, fired.names, queued_at=step.check.observed_at, since=since), fired.holds


@dataclass(frozen=True, slots=True, kw_only=True)
class _Behind:
    """What lies behind a line of the index: the state shown last, what the board remembers, the bodies a person rejected last."""

    before: Snapshot | None
    past: Past
    rejected: tuple[Sha256, ...] = ()


def steps(
    board: Board,
    lines: Sequence[IndexLine],
    archive: Archive,
    *,
    before: Snapshot | None,
    past: Past,
    rejected: tuple[Sha256, ...] = (),
    lexicon: Lexicon | None = None,
) -> Iterator[Step]:
    """What each line of the index adds to a board's history, oldest first.

    `rejected` are the bodies a person rejected last: they stay so while the board shows nothing else. Where several suspect
    readings agree, the first of them is accepted and all from there on is derived once more.
    """
    behind = _Behind(before=label(before, lexicon) if before is not None else None, past=past, rejected=rejected)
    decided = {line.observed_at: line for line in lines if line.verdict in _DECISIONS and not _is_derived(line)}
    fetches = _one_a_second(line for line in lines if line.verdict not in _DECISIONS)
    pending: list[tuple[_Behind, Step]] = []  # of readings that later ones may still make right
    number = 0
    while number < len(fetches):
        line = fetches[number]
        step = _step(board, line, archive, behind=behind, decision=decided.get(line.observed_at), lexicon=lexicon)
        if step.agreed_since in decided:  # it was accepted, and differs too much all the same
            step = replace(step, agreed_since=None)
        first = next((at for at, (_, one) in enumerate(pending) if one.check.observed_at == step.agreed_since), None)
        if first is not None:
            behind, suspect = pending[first]
            decided[suspect.check.observed_at] = _believed(suspect.check)
            number -= len(pending) - first
            del pending[first:]
            continue
        pending.append((behind, step))
        behind = _after(behind, line, step)
        number += 1
        if not step.past.suspects:
            yield from (one for _, one in pending)
            pending.clear()
    yield from (one for _, one in pending)


def _after(behind: _Behind, line: IndexLine, step: Step) -> _Behind:
    rejected = behind.rejected
    if line.sha256:
        rejected = line.sha256 if step.check.result is Result.REJECTED else ()
    return _Behind(before=step.diff.after if step.diff else behind.before, past=step.past, rejected=rejected)


def _believed(suspect: Check) -> IndexLine:
    """The decision that the readings after a suspect one make."""
    return IndexLine(
        observed_at=suspect.observed_at,
        url=suspect.url,
        verdict=Verdict.ACCEPT,
        sha256=suspect.sha256,
        by="tracker",
        reason=_BELIEVED,
    )


def _is_derived(decision: IndexLine) -> bool:
    """Whether it is one that earlier versions noted for `_believed`: what followed from the lines then may not follow from them now."""
    return (decision.by, decision.reason) == ("tracker", _BELIEVED)


def _one_a_second(fetches: Iterable[IndexLine]) -> list[IndexLine]:
    """By time; of two lines of one second the one with a body counts, else the first."""
    ordered = sorted(fetches, key=lambda line: (line.observed_at, line.verdict not in _CONTENT))
    return list({line.observed_at: line for line in reversed(ordered)}.values())[::-1]


def _step(
    board: Board, line: IndexLine, archive: Archive, *, behind: _Behind, decision: IndexLine | None, lexicon: Lexicon | None
) -> Step:
    before, past = behind.before, behind.past
    if rejection := _rejection(line, behind, decision):
        return Step(check=_check(line, board.id, Result.REJECTED, message=rejection), past=past)
    if line.verdict in (Verdict.REFUSED, Verdict.GONE, Verdict.TRANSIENT):
        passing = line.verdict is Verdict.TRANSIENT
        failure = _failure(board, line, Trouble.FETCH, line.verdict.value, _named(board, line, archive), passing=passing)
        return _failed(board, line, failure, past, Result.FAILED)
    if not line.sha256 or (before is not None and line.sha256 == before.sha256 and past.broken_since is None):
        return _unchanged(board, line, past)
    if decision is not None:
        past = _without_sizes(past)
    started = time.perf_counter()
    try:
        reading = read_line(board, line, archive, _baseline(past))
    except ContractBroken as error:
        if error.guard:
            return _quarantined(board, line, archive, past=past, why=error)
        message = f"{error}{_proposal(board, line, archive, before) if past.broken_since is None else ''}"
        return _failed(board, line, _failure(board, line, Trouble.CONTRACT, "ContractBroken", message), past, Result.UNREADABLE)
    except ParseError as error:
        message = f"{error}{_proposal(board, line, archive, before) if past.broken_since is None else ''}"
        return _failed(board, line, _failure(board, line, Trouble.PARSE, "ParseError", message), past, Result.UNREADABLE)
    except Refused as error:
        return _failed(board, line, _failure(board, line, Trouble.PAGE, "Refused", str(error)), past, Result.UNREADABLE)
    after = identify(reading, observed_at=line.observed_at, url=line.url, sha256=line.sha256, lexicon=lexicon)
    read_s = time.perf_counter() - started
    why = commensurable(before, after) if before is not None else None
    if why is None or decision is not None:
        restart = f"accepted by {decision.by}: {why}" if decision is not None and why is not None else ""
        step = _accepted(board, line, after, before=before, past=past, restart=restart)
        return replace(step, took={"read": read_s, "detect": time.perf_counter() - started - read_s})
    broken = ContractBroken(f"{board.id}: {why}; kept in quarantine (tracker quarantine show {board.id})", guard=True)
    return _quarantined(board, line, archive, past=past, why=broken)


def _rejection(line: IndexLine, behind: _Behind, decision: IndexLine | None) -> str:
    """Who rejected the reading and why; "" if nobody did."""
    if decision is None:
        return "the same bytes as those rejected before" if line.sha256 and line.sha256 == behind.rejected else ""
    return f"rejected by {decision.by}: {decision.reason}" if decision.verdict is Verdict.REJECT else ""


def _proposal(board: Board, line: IndexLine, archive: Archive, before: Snapshot | None) -> str:
    """What seems to have replaced what the page no longer has, to stand behind the error of a board that breaks; "" if nothing."""
    if before is None:
        return ""
    from tracker.propose import candidates  # noqa: PLC0415 - loaded when a board breaks
    from tracker.propose.repair import proposal_line  # noqa: PLC0415 - see above

    bodies = [archive.body(board.id, sha256) for sha256 in line.sha256]
    found = proposal_line(
        board,
        bodies,
        before,
        parts=line.parts,
        read=lambda one: read(one, bodies, parts=line.parts, url=line.url),
        look=candidates,
    )
    return f"; {found}" if found else ""


def _named(board: Board, line: IndexLine, archive: Archive) -> str:
    """Why a fetch failed; where the server's page says more than its status (a challenge sent with 403), what the page is."""
    try:
        for sha256 in line.sha256:
            recognise(board.id, archive.body(board.id, sha256), board.parse.format)
    except Refused as what:
        return f"{what} (status {line.status})"
    return line.error


def read_line(board: Board, line: IndexLine, archive: Archive, baseline: Baseline = Baseline()) -> Reading:  # noqa: B008  # frozen
    """What the bodies that a line of the index names say. Raises as `read`, and StoreError for damaged bytes."""
    bodies = [archive.body(board.id, sha256) for sha256 in line.sha256]
    return read(board, bodies, baseline, parts=line.parts, url=line.url)


def read_at(board: Board, at: datetime, archive: Archive) -> Reading:
    """What the capture of that time says. Raises as `read_line`, and DeclarationError where there is none."""
    line = next((line for line in archive.index(board.id)[0] if line.observed_at == at and line.sha256), None)
    if line is None:
        raise DeclarationError(f"{board.id}: no capture of {at.isoformat()} is in the archive; expected one (tracker boards)")
    return read_line(board, line, archive)


def read(
    board: Board,
    bodies: Sequence[bytes],
    baseline: Baseline = Baseline(),  # noqa: B008  # a frozen record
    *,
    parts: Sequence[str] = (),
    url: str = "",
) -> Reading:
    """Recognise, parse, combine and check: what the bodies of one capture say. `parts` and `url` are as in `Capture`.

    Raises:
        Refused: they are a challenge page, a login wall, an empty shell.
        ParseError: they have not the shape of the board's formats, or do not fit each other.
        ContractBroken: what they show is not credible.
    """
    placed = list(zip(parts or [""] * len(bodies), bodies, strict=True))

    def table(payload: str, spec: Parse, wanted: Sequence[str]) -> Table | None:
        found = [(part.partition("@")[2], body) for part, body in placed if part.partition("@")[0] == payload]
        if not found:
            return None
        tables = join([_parsed(board, body, spec, wanted, value) for value, body in found])
        return numbered(tables) if ROW in wanted else tables

    combined = combine(board, table)
    release = _release(board, url)
    if release and "version" not in combined.facts:
        combined = replace(combined, facts={**combined.facts, "version": release})
    return check(combined, board, baseline)


def _parsed(board: Board, body: bytes, spec: Parse, wanted: Sequence[str], value: str) -> Table:
    """What one body shows; `value` is the one of `Each` that it was asked for with, and stands in the column `$each`."""
    recognise(board.id, body, spec.format)
    found = parse(body, spec, [column for column in wanted if column not in (EACH, ROW)], board.id)
    if not value:
        return found
    return replace(found, columns=(*found.columns, EACH), rows=[(*row, value) for row in found.rows])


def _release(board: Board, url: str) -> str:
    """The release that the address of a capture names, "" where its declaration seeks none."""
    if board.request.newest is None or not url:
        return ""
    before, _, behind = board.request.url.partition(NEWEST)
    value, found, _ = url.removeprefix(before).partition(behind) if behind else (url.removeprefix(before), True, "")
    return value if url.startswith(before) and found and value != NEWEST else ""


def _baseline(past: Past) -> Baseline:
    return Baseline(entries=past.sizes, filled=past.filled)


def _without_sizes(past: Past) -> Past:
    """An accepted suspect is the new measure of its successors, which would else be held back one after the other."""
    return replace(past, sizes=())


def _accepted(board: Board, line: IndexLine, after: Snapshot, *, before: Snapshot | None, past: Past, restart: str = "") -> Step:
    diff = compare(board, before, after, seen_until=past.seen_until, restart=restart)
    events = detect(diff, past)
    following = advance(past, diff, events)
    quiet = silence(board, following, observed_at=line.observed_at, url=line.url, sha256=line.sha256)
    if quiet:
        following = replace(following, stale_since=line.observed_at)
    result = _check(line, board.id, Result.ACCEPTED, entries=len(after.entries))
    return Step(check=result, past=following, diff=diff, events=(*events, *quiet))


def _unchanged(board: Board, line: IndexLine, past: Past) -> Step:
    quiet = silence(board, past, observed_at=line.observed_at, url=line.url, sha256=line.sha256)
    broken = past.broken_since is not None
    following = replace(
        past,
        seen_until=past.seen_until if broken else line.observed_at,
        stale_since=line.observed_at if quiet else past.stale_since,
        failing_since=past.failing_since if broken else None,
        failures=past.failures if broken else 0,
        passing=broken and past.passing,
    )
    message = f"still: {past.broken_by}" if broken else ""
    return Step(check=_check(line, board.id, Result.UNCHANGED, message=message), past=following, events=quiet)


def _quarantined(board: Board, line: IndexLine, archive: Archive, *, past: Past, why: ContractBroken) -> Step:
    """Hold a reading that differs too much from the past, and see whether those in quarantine before it say the same."""
    reading = read_line(board, line, archive)
    after = identify(reading, observed_at=line.observed_at, url=line.url, sha256=line.sha256)
    suspect = Suspect(observed_at=line.observed_at, entries=frozenset(after.entries))
    past = replace(past, suspects=_agreeing(past.suspects, suspect))
    agreed_since = past.suspects[0].observed_at if _agreed(past, suspect) else None
    failure = _failure(board, line, Trouble.QUARANTINE, "ContractBroken", str(why))
    step = _failed(board, line, failure, past, Result.QUARANTINED)
    return replace(
        step,
        past=advance_failed(past, failure, suspect),
        check=replace(step.check, entries=len(suspect.entries)),
        agreed_since=agreed_since,
    )


def _agreed(past: Past, suspect: Suspect) -> bool:
    run = past.suspects
    return len(run) >= _AGREEING_SUSPECTS - 1 and suspect.observed_at - run[0].observed_at >= _AGREEING_FOR


def _agreeing(suspects: Sequence[Suspect], suspect: Suspect) -> tuple[Suspect, ...]:
    """Those held back in a row just before this one that say the same. Of a long row the first and the last are enough."""
    run = tuple(takewhile(lambda one: _alike(one, suspect), reversed(suspects)))[::-1]
    return run if len(run) < _AGREEING_SUSPECTS else (run[0], *run[2 - _AGREEING_SUSPECTS :])


def _alike(one: Suspect, other: Suspect) -> bool:
    return len(one.entries & other.entries) >= _AGREEMENT * max(len(one.entries), len(other.entries))


def _failed(board: Board, line: IndexLine, failure: Failure, past: Past, result: Result) -> Step:
    check = _check(line, board.id, result, message=failure.message)
    return Step(check=check, past=advance_failed(past, failure), events=fail(board, failure, past))


def _failure(board: Board, line: IndexLine, trouble: Trouble, error: str, message: str, *, passing: bool = False) -> Failure:
    return Failure(
        board=board.id,
        observed_at=line.observed_at,
        url=line.url,
        sha256=line.sha256,
        trouble=trouble,
        error=error,
        message=message,
        passing=passing,
    )


def _check(line: IndexLine, board: BoardId, result: Result, *, entries: int | None = None, message: str = "") -> Check:
    return Check(
        board=board,
        observed_at=line.observed_at,
        result=result,
        url=line.url,
        sha256=line.sha256,
        status=line.status,
        entries=entries,
        message=message,
    )


# ── what several boards say together ─────────────────────────────────────────────────────────────


def across(
    store: Store, *, since: datetime, until: datetime, boards: Sequence[BoardId] = (), lexicon: Lexicon | None = None
) -> tuple[Event, ...]:
    """What several boards (all by default) tell together, recorded in since ≤ recorded_at < until; by time, then id.

    Each time one of them told an overtake, the boards are asked as they stood then; nothing of it is stored.
    """
    chosen = boards or store.boards()
    wanted = [
        EventFilter(board=board, kinds=("overtake",), since=since - AGREES_WITHIN, until=until, told=True) for board in chosen
    ]
    events = sorted((event for one in wanted for event in store.events(one)), key=lambda event: (event.recorded_at, event.id))
    found: list[Event] = []
    for at in sorted({event.recorded_at for event in events if event.recorded_at >= since}):
        panel = _panel(store, chosen, at, lexicon)
        so_far = [event for event in events if at - AGREES_WITHIN <= event.recorded_at <= at]
        found += [event for kind in ACROSS.values() for event in kind(so_far, panel)]
    return tuple(found)


def _panel(store: Store, boards: Iterable[BoardId], at: datetime, lexicon: Lexicon | None) -> list[tuple[Board, Snapshot]]:
    """The boards that rank their entries, with their primary metric as it stood at a time."""
    declared = [board for name in boards if (board := store.declared(name)) is not None and board.primary is not None]
    seen = [(board, store.at(board.id, at, [board.primary.id])) for board in declared if board.primary is not None]
    return [(board, label(snapshot, lexicon)) for board, snapshot in seen if snapshot is not None]


# ── decisions and proof ──────────────────────────────────────────────────────────────────────────


def decide(
    board: Board,
    at: datetime,
    verdict: Verdict,
    *,
    by: str,
    reason: str,
    archive: Archive,
    store: Store,
    lexicon: Lexicon | None = None,
    telling: Telling | None = None,
) -> Outcome:
    """Accept a quarantined reading, or reject an accepted one; the history becomes what it would have been.

    Raises:
        DeclarationError: there is no such reading, or the decision does not apply to it.
    """
    found = next((check for check in store.checks(board.id) if check.observed_at == at), None)
    allowed = {Verdict.ACCEPT: (Result.QUARANTINED, Result.REJECTED), Verdict.REJECT: (Result.QUARANTINED, Result.ACCEPTED)}[
        verdict
    ]
    if found is None or found.result not in allowed:
        state = "no reading" if found is None else f"a reading that is {found.result}"
        expected = " or ".join(allowed)
        raise DeclarationError(
            f"{board.id}: {state} at {at.isoformat()}; expected one that is {expected} (tracker quarantine list)"
        )
    line = IndexLine(observed_at=at, url=found.url, verdict=verdict, sha256=found.sha256, by=by, reason=reason)
    with archive.lease(board.id):
        archive.note(board.id, line)
        return _settle(board, _Desk(archive=archive, store=store, lexicon=lexicon, telling=telling))


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Whether an event follows from the stored bytes; `differences` says what does not, one line each."""

    event: Event
    differences: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether the bytes say what the event says."""
        return not self.differences


def verify(events: Sequence[Event], board: Board, archive: Archive, lexicon: Lexicon | None = None) -> tuple[Verification, ...]:
    """Derive a board's history anew from the stored bytes and compare these events with it. Raises StoreError for damaged bytes."""
    lines, _ = archive.index(board.id)
    every = steps(board, lines, archive, before=None, past=Past(), lexicon=lexicon)
    found = {event.id: event for step in every for event in step.events}
    return tuple(Verification(event=event, differences=_differences(event, found.get(event.id))) for event in events)


def _differences(event: Event, derived: Event | None) -> tuple[str, ...]:
    if derived is None:
        return (f"the stored bytes and the present declaration do not give this {event.kind}",)
    return tuple(
        f"{name}: recorded {getattr(event, name)!r}, derived {getattr(derived, name)!r}"
        for name in (field.name for field in fields(Event))
        if getattr(event, name) != getattr(derived, name)
    )
