"""Folds a board's history from the archive's index: read, judge, compare, detect. Pure, except that it loads bodies."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from tracker.compare import (
    RowDoubt,
    agree,
    all_alike,
    commensurable,
    comparable,
    compare,
    doubts,
    leave_out,
    read_again,
    remembered,
    to_wait,
    too_many,
    with_last_known,
    wrong_page,
)
from tracker.errors import ContractBroken, EncodingError, ParseError, Refused, StoreError, TrackerError
from tracker.events import board_partial
from tracker.events.detecting import advance, advance_failed, awaits_confirmation, confirm, detect, fail, silence
from tracker.identity import as_model, identify, resolve
from tracker.line import dates
from tracker.model import (
    Board,
    BoardId,
    BoardState,
    Check,
    Entry,
    EntryId,
    EntryRecord,
    Event,
    Failure,
    FailureStage,
    HeldReading,
    IndexLine,
    LeftOut,
    Measure,
    Metric,
    Result,
    Sha256,
    Snapshot,
    Step,
    Verdict,
    Waiting,
    kept_and_pruned,
)
from tracker.model.names import Lexicon
from tracker.ports import Archive
from tracker.reading import LINE_ENDS
from tracker.reading.check import size_collapse
from tracker.reading.pages import recognise
from tracker.wording import visible

if TYPE_CHECKING:
    from tracker.line.apart import ReadLine

DECISIONS = frozenset((Verdict.ACCEPT, Verdict.REJECT, Verdict.STRIKE, Verdict.RESTORE, Verdict.PRUNE))
_OF_A_READING = frozenset((Verdict.ACCEPT, Verdict.REJECT))
_AGREEING_SUSPECTS = 3
_AGREEING_FOR = timedelta(days=1)
"""If this number of consecutive readings, over this time, agree with each other but not with the past, the first becomes the new
baseline: a guard must not freeze a board for ever."""
_AGREEMENT = 0.8
_AGREEMENT_REASON = f"{_AGREEING_SUSPECTS} readings in a row, over at least a day, agree"
_EVERY_DECIMAL = 99
"""What is remembered of a value is the value itself, not with how many decimals it was published."""
CONTENT = frozenset((Verdict.NEW, Verdict.REVISIT))


class Last(NamedTuple):
    """The last accepted snapshot of a board: its bodies, and what they showed, loaded once a page shows something else."""

    sha256: tuple[Sha256, ...]
    snapshot: Callable[[], Snapshot]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    """The context of a line of the index: the last accepted snapshot, the board's state, the bodies rejected last.

    `read` reads the bodies of a line.
    """

    before: Last | None
    past: BoardState
    rejected: tuple[Sha256, ...] = ()
    read: ReadLine


def steps(
    board: Board,
    lines: Sequence[IndexLine],
    archive: Archive,
    *,
    before: Last | None,
    past: BoardState,
    rejected: tuple[Sha256, ...] = (),
    misdated: Collection[datetime] = (),
    lexicon: Lexicon,
    read: ReadLine,
) -> Iterator[Step]:
    """The steps that the lines of the index add to a board's history, oldest first.

    `rejected` are the bodies that a person rejected last; they stay rejected while the board shows nothing else. If several
    suspect readings agree, the first of them is accepted, and everything after it is derived again. `misdated` fetches change
    nothing.
    """
    context = _Context(before=before, past=past, rejected=rejected, read=read)
    decided = {line.observed_at: line for line in lines if line.verdict in _OF_A_READING and not _is_derived(line)}
    fetches = _one_a_second(fetches_of(lines))
    pending: list[tuple[_Context, Step]] = []  # steps that a later reading may still change
    number = 0
    while number < len(fetches):
        line = fetches[number]
        if line.observed_at in misdated and line.observed_at not in decided:
            number += 1
            rejection = Step(check=_check(line, board.id, Result.REJECTED, message=dates.MISDATED), past=context.past)
            pending.append((context, rejection))
            continue
        step = _step(board, line, archive, context=context, decision=decided.get(line.observed_at), lexicon=lexicon)
        if step.agreed_since in decided:  # already accepted once
            step = replace(step, agreed_since=None)
        first = next((at for at, (_, held) in enumerate(pending) if held.check.observed_at == step.agreed_since), None)
        if first is not None:
            context, suspect = pending[first]
            decided[suspect.check.observed_at] = _agreement(suspect.check)
            number -= len(pending) - first
            del pending[first:]
            continue
        pending.append((context, step))
        context = _after(context, line, step)
        number += 1
        if not step.past.suspects:
            yield from (held for _, held in pending)
            pending.clear()
    yield from (held for _, held in pending)


def _after(context: _Context, line: IndexLine, step: Step) -> _Context:
    before, rejected = context.before, context.rejected
    if step.diff is not None:
        after = step.diff.after
        before = Last(after.sha256, lambda: after)
    if line.sha256:
        rejected = line.sha256 if step.check.result is Result.REJECTED else ()
    return replace(context, before=before, past=step.past, rejected=rejected)


def _agreement(suspect: Check) -> IndexLine:
    """The decision to accept a suspect reading because later ones agree with it."""
    return IndexLine(
        observed_at=suspect.observed_at,
        url=suspect.url,
        verdict=Verdict.ACCEPT,
        sha256=suspect.sha256,
        by="tracker",
        reason=_AGREEMENT_REASON,
    )


def _is_derived(decision: IndexLine) -> bool:
    """Whether an earlier version noted it for `_agreement`. It is derived again, since later lines may have undone it."""
    return (decision.by, decision.reason) == ("tracker", _AGREEMENT_REASON)


def fetches_of(lines: Iterable[IndexLine]) -> list[IndexLine]:
    """The fetches among the lines, without those that are struck or whose bodies are pruned."""
    lines, _ = kept_and_pruned(lines)
    last = {line.observed_at: line.verdict for line in lines if line.verdict in DECISIONS - _OF_A_READING}
    return [line for line in lines if line.verdict not in DECISIONS and last.get(line.observed_at) is not Verdict.STRIKE]


def _one_a_second(fetches: Iterable[IndexLine]) -> list[IndexLine]:
    """By time; of two lines of one second, the one with a body counts, or the first."""
    ordered = sorted(fetches, key=lambda line: (line.observed_at, line.verdict not in CONTENT))
    return list({line.observed_at: line for line in reversed(ordered)}.values())[::-1]


def _step(
    board: Board, line: IndexLine, archive: Archive, *, context: _Context, decision: IndexLine | None, lexicon: Lexicon
) -> Step:
    shown, past = context.before, context.past
    if rejection := _rejection(line, context, decision):
        return Step(check=_check(line, board.id, Result.REJECTED, message=rejection), past=past)
    if line.verdict in (Verdict.REFUSED, Verdict.GONE, Verdict.TRANSIENT):
        passing = line.verdict is Verdict.TRANSIENT
        message = _error_of(board, line, archive)
        failure = _failure(board, line, FailureStage.FETCH, line.verdict.value, message, passing=passing)
        return _failed(board, line, failure, past, Result.FAILED)
    waiting = past.broken_since is not None or any(row.doubtful for row in past.left_out.values())
    if not line.sha256 or (shown is not None and line.sha256 == shown.sha256 and not waiting):
        return _unchanged(board, line, past, shown)
    if decision is not None:
        past = replace(past, sizes=())  # an accepted suspect is the new baseline, which no earlier size may hold back
    started = time.perf_counter()
    try:
        reading = context.read(board, line, archive)
    except (ContractBroken, ParseError, Refused) as error:
        return _failed(board, line, _unreadable(board, line, error, had_page=shown is not None), past, Result.UNREADABLE)
    after = identify(reading, observed_at=line.observed_at, url=line.url, sha256=line.sha256, lexicon=lexicon)
    read_s = time.perf_counter() - started
    doubt, other_table, alike = size_collapse(reading, board, past.sizes), None, None
    doubted = dict[EntryId, RowDoubt]()
    last = {key: as_model(row.last, board.id, lexicon) for key, row in past.left_out.items() if row.last}
    before = shown.snapshot() if shown is not None else None
    if before is not None:
        known = with_last_known(before, after, past, last)
        other_table = commensurable(board, known, after)
        doubted = doubts(board, known, after, past) if decision is None else {}
        doubt = doubt or other_table or (_cut_off(line, before, archive) if reading.unended else None)
        alike = all_alike(board, known, after)
        doubt = alike or doubt or wrong_page(board, known, after) or too_many(doubted, after)
        odd = to_wait(board, known, after, past) if decision is None else None
        if odd is not None and (doubt is None or not odd.values):
            return _waiting(board, line, after, past=past, waiting=odd)
    if doubt is not None and decision is None:
        return _quarantined(board, line, after, past=past, doubt=doubt, for_good=alike is not None)
    same_table = before if other_table is None else None
    after, rows = leave_out(after, before=same_table, reading=reading, doubts=doubted, past=past, primary=board.primary)
    before = with_last_known(before, after, past, last) if before is not None else None
    restart = f"accepted by {decision.by}: {other_table}" if decision is not None and other_table is not None else ""
    absent = _absent(board, past, before, after, lexicon)
    step = _accepted(board, line, after, before=before, past=past, restart=restart, absent=absent, rows=rows)
    return replace(step, took={"read": read_s, "detect": time.perf_counter() - started - read_s})


def _cut_off(line: IndexLine, before: Snapshot, archive: Archive) -> str | None:
    """None, or that a body of lines lost its last line end, and lines or a part of the last one with it."""
    for now, was in zip(line.sha256, before.sha256, strict=False):
        body, former = archive.body(before.board, now), _former(before.board, was, archive)
        if body.endswith(LINE_ENDS) or not former.endswith(LINE_ENDS):
            continue
        lines, formerly = body.splitlines() or [b""], former.splitlines()
        if (len(lines), len(lines[-1])) < (len(formerly), len(formerly[-1])):
            return f"the body ends without a line end, after {visible(body[-20:].decode(errors='replace'))!r}, and may be cut off"
    return None


def _former(board: BoardId, sha256: Sha256, archive: Archive) -> bytes:
    """The body; none if it is damaged, which `tracker verify` reports, and which must not stop new captures."""
    try:
        return archive.body(board, sha256)
    except StoreError:
        return b""


def _rejection(line: IndexLine, context: _Context, decision: IndexLine | None) -> str:
    """Who rejected the reading, and why; "" if nobody did."""
    if decision is None:
        return "the same bytes as those rejected before" if line.sha256 and line.sha256 == context.rejected else ""
    return f"rejected by {decision.by}: {decision.reason}" if decision.verdict is Verdict.REJECT else ""


def _error_of(board: Board, line: IndexLine, archive: Archive) -> str:
    """Why a fetch failed; the kind of the server's page if that says more than its status (a challenge sent with 403)."""
    try:
        for sha256 in line.sha256:
            recognise(board.id, archive.body(board.id, sha256), board.parse.format)
    except Refused as error:
        return f"{error} (status {line.status})"
    return line.error


def _absent(board: Board, past: BoardState, before: Snapshot | None, after: Snapshot, lexicon: Lexicon) -> list[Entry]:
    """The entries that are missing and have not departed, as they were last, in case one is back under another key."""
    if before is None or after.entries.keys() <= before.entries.keys():
        return []
    missing = ((key, known) for key, known in past.known.items() if known.missing_since is not None and not known.departed)
    return [_as_it_was(board, key, known, lexicon) for key, known in missing]


def _as_it_was(board: Board, key: EntryId, known: EntryRecord, lexicon: Lexicon) -> Entry:
    measures = {}
    if board.primary is not None and known.primary is not None:
        last = Measure(value=known.primary, decimals=_EVERY_DECIMAL, estimated=known.scored == "estimated")
        measures[board.primary.id] = last
    who = resolve(known.name, None, board.id, lexicon=lexicon)
    return Entry(id=key, name=known.name, position=0, measures=measures, who=who)


def _accepted(
    board: Board,
    line: IndexLine,
    after: Snapshot,
    *,
    before: Snapshot | None,
    past: BoardState,
    restart: str = "",
    absent: Sequence[Entry] = (),
    rows: Mapping[EntryId, LeftOut],
) -> Step:
    diff = compare(board, before, after, seen_until=past.seen_until, sizes=past.sizes, restart=restart, absent=absent)
    if rows or past.left_out:
        diff = replace(diff, left_out=comparable(rows, diff), read_again=read_again(after, past))
    detected = detect(diff, past)
    following = replace(advance(past, diff, detected), bodies=remembered(past, after.sha256))
    quiet = silence(board, following, observed_at=line.observed_at, url=line.url, sha256=line.sha256)
    if quiet:
        following = replace(following, stale_since=line.observed_at)
    why = f"{board.id}: {board_partial.left_out(rows)}" if rows else ""
    result = _check(line, board.id, Result.ACCEPTED, entries=len(after.entries), message=why)
    return Step(check=result, past=following, diff=diff, events=(*detected.events, *quiet))


def _unchanged(board: Board, line: IndexLine, past: BoardState, shown: Last | None) -> Step:
    quiet = silence(board, past, observed_at=line.observed_at, url=line.url, sha256=line.sha256)
    broken = past.broken_since is not None
    gone, past = ((), past) if broken or shown is None else _confirmed(board, line, past, shown)
    following = replace(
        past,
        seen_until=past.seen_until if broken else line.observed_at,
        stale_since=line.observed_at if quiet else past.stale_since,
        failing_since=past.failing_since if broken else None,
        failures=past.failures if broken else 0,
        passing=broken and past.passing,
        waiting=None,
    )
    check = _check(line, board.id, Result.STILL_BROKEN if broken else Result.UNCHANGED, message=past.broken_by if broken else "")
    return Step(check=check, past=following, events=(*gone, *quiet))


def _confirmed(board: Board, line: IndexLine, past: BoardState, shown: Last) -> tuple[tuple[Event, ...], BoardState]:
    """The departures that a page without changes confirms, and the state after them: it does not show these entries again."""
    if not awaits_confirmation(past, line.observed_at):
        return (), past
    before = shown.snapshot()
    again = replace(before, observed_at=line.observed_at, url=line.url)
    return confirm(compare(board, before, again, seen_until=past.seen_until, sizes=past.sizes), past)


def _quarantined(board: Board, line: IndexLine, after: Snapshot, *, past: BoardState, doubt: str, for_good: bool) -> Step:
    """Hold a reading that differs too much from the past, and check whether the readings in quarantine agree with it.

    No number of readings gets one accepted that is held `for_good`; only a person can accept it.
    """
    suspect = _held(board, line, after)
    run = () if for_good else _agreeing(past.suspects, suspect, board.primary)
    agreed = len(run) >= _AGREEING_SUSPECTS - 1 and suspect.observed_at - run[0].observed_at >= _AGREEING_FOR
    past = replace(past, suspects=run)
    remedy = "accept" if for_good else "show"
    message = f"{board.id}: {doubt}; kept in quarantine (tracker quarantine {remedy} {board.id})"
    failure = replace(_failure(board, line, FailureStage.QUARANTINE, "ContractBroken", message), doubt=doubt)
    step = _failed(board, line, failure, past, Result.QUARANTINED)
    return replace(
        step,
        past=advance_failed(past, failure, None if for_good else suspect),
        check=replace(step.check, entries=len(after.entries)),
        agreed_since=run[0].observed_at if agreed else None,
    )


def _waiting(board: Board, line: IndexLine, after: Snapshot, *, past: BoardState, waiting: Waiting) -> Step:
    """Hold a page until a second reading shows the same; no news, since the next one shows which is right."""
    remedy = f"it waits for a second reading (tracker quarantine show {board.id})"
    check = _check(line, board.id, Result.QUARANTINED, entries=len(after.entries), message=f"{board.id}: {waiting.why}; {remedy}")
    return Step(check=check, past=replace(past, waiting=waiting))


def _held(board: Board, line: IndexLine, after: Snapshot) -> HeldReading:
    measures = after.measures(board.primary.id) if board.primary else {}
    widths = [measure.half_width for measure in measures.values() if measure.half_width is not None]
    return HeldReading(
        observed_at=line.observed_at,
        entries=frozenset(after.entries),
        values={entry: measure.value for entry, measure in measures.items()},
        half_width=median(widths) if widths else None,
    )


def _agreeing(suspects: Sequence[HeldReading], suspect: HeldReading, primary: Metric | None = None) -> tuple[HeldReading, ...]:
    """The last consecutive suspects, each of which agrees with the next, up to this one; of a long run the first and the last."""
    last = suspects[-1] if suspects else replace(suspect, entries=frozenset(), values={})
    alike = len(last.entries & suspect.entries) >= _AGREEMENT * len(last.entries)  # not the reverse: a held board may grow
    alike = alike and (primary is None or agree(primary, last, suspect))
    run = tuple(suspects) if alike else ()
    return run if len(run) < _AGREEING_SUSPECTS else (run[0], *run[2 - _AGREEING_SUSPECTS :])


def _failed(board: Board, line: IndexLine, failure: Failure, past: BoardState, result: Result) -> Step:
    check = _check(line, board.id, result, message=failure.message)
    return Step(check=check, past=advance_failed(past, failure), events=fail(board, failure, past))


def _unreadable(board: Board, line: IndexLine, error: TrackerError, *, had_page: bool) -> Failure:
    """The failure of an unreadable page. If an earlier one was readable, it names the command that finds replacements."""
    if isinstance(error, Refused):
        return _failure(board, line, FailureStage.PAGE, "Refused", str(error))
    is_gone = (
        any(violation.code == "missing_column" for violation in error.violations)
        if isinstance(error, ContractBroken)
        else not isinstance(error, EncodingError)
    )
    remedy = (
        f"; if the page has changed, to find what replaced it: tracker board repair {board.id}" if had_page and is_gone else ""
    )
    stage = FailureStage.CONTRACT if isinstance(error, ContractBroken) else FailureStage.PARSE
    name = ParseError.__name__ if isinstance(error, ParseError) else type(error).__name__
    return _failure(board, line, stage, name, f"{error}{remedy}")


def _failure(board: Board, line: IndexLine, trouble: FailureStage, error: str, message: str, *, passing: bool = False) -> Failure:
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
