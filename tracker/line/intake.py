"""Takes in captures from the network or from files: first into the archive, then into the history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Protocol

from tracker.errors import DeclarationError, Defect, FetchError, Gone, StoreError, TrackerError, Transient
from tracker.exports.extras import load
from tracker.line import apart, dates, index
from tracker.line.apart import Read
from tracker.line.bodies import dated, read_body
from tracker.line.fold import CONTENT, DECISIONS, fetches_of
from tracker.line.isolation import of_one
from tracker.line.sync import Desk, Outcome, Telling, sync_leased
from tracker.model import Board, BoardId, Capture, Counted, CounterKey, IndexLine, Sha256, Unchanged, Validators, Verdict
from tracker.model.names import Lexicon
from tracker.ports import Archive, Clock, Store
from tracker.stores.sqlite_errors import is_of_all
from tracker.wording import count, machine_time

_SECONDS = {"read": Counted.READ_SECONDS, "detect": Counted.DETECT_SECONDS, "store": Counted.STORE_SECONDS}
"""The counters of the seconds of each activity (`Outcome.took`)."""


class Fetches(Protocol):
    """The fetcher that `run` needs."""

    def fetch_all(self, jobs: Sequence[tuple[Board, Validators]]) -> Iterator[tuple[Board, Capture | Unchanged | FetchError]]:
        """Fetch many boards; a FetchError is returned as a result."""
        ...


def run(
    boards: Sequence[Board],
    *,
    archive: Archive,
    store: Store,
    fetcher: Fetches,
    clock: Clock,
    lexicon: Lexicon,
    telling: Telling | None = None,
) -> Iterator[Outcome]:
    """Fetch boards, and archive and sync each as soon as it is fetched. One board's trouble never stops another."""
    jobs = [(board, validators(archive, board.id)) for board in boards]
    for board, fetched in fetcher.fetch_all(jobs):
        try:
            yield take(board, fetched, archive=archive, store=store, clock=clock, lexicon=lexicon, telling=telling)
        except Exception as error:  # noqa: BLE001  # a defect too is one board's trouble
            yield Outcome(board=board.id, error=of_one(board.id, error))


def take(
    board: Board,
    fetched: Capture | Unchanged | FetchError,
    *,
    archive: Archive,
    store: Store,
    clock: Clock,
    lexicon: Lexicon,
    telling: Telling | None = None,
    read: Read = apart.read,
) -> Outcome:
    """Archive the result of one fetch, and sync the board; its trouble is part of the outcome. Raises StoreError, Defect."""
    store.check_place()  # before the archive has what the history would lose
    now = clock.now()
    desk = Desk(archive=archive, store=store, lexicon=lexicon, telling=telling, now=now, read=read)
    try:
        with archive.lease(board.id):
            at = _fetched_at(fetched, now)
            keep = partial(_keep, archive, board, fetched, partial(_dated, archive, store, board, at))
            try:
                index.check(board.id, archive, store)
            except StoreError:
                keep()  # nothing fetched is lost while a person decides
                raise
            wrong = _date_again(archive, store, board.id, at)
            line = keep()
            outcome = sync_leased(board, desk)
            outcome = replace(outcome, aside=outcome.aside or wrong)
    except (StoreError, Defect):
        raise
    except TrackerError as error:
        return Outcome(board=board.id, error=error)
    store.service.count(_counts(fetched, line, outcome))
    return outcome


def _counts(fetched: Capture | Unchanged | FetchError, line: IndexLine, outcome: Outcome) -> Mapping[CounterKey, float]:
    """The amounts that one fetch adds to the counters."""
    board = outcome.board
    amounts: dict[CounterKey, float] = {CounterKey(what=Counted.FETCHES, subject=board, verdict=line.verdict): 1}
    for kind, events in Counter(event.kind for event in outcome.new_events).items():
        amounts[CounterKey(what=Counted.EVENTS, subject=kind)] = events
    if isinstance(fetched, Capture):
        amounts[CounterKey(what=Counted.FETCH_BYTES, subject=board)] = sum(map(len, fetched.bodies))
    return amounts | {CounterKey(what=_SECONDS[work], subject=board): seconds for work, seconds in outcome.took.items()}


def validators(archive: Archive, board: BoardId) -> Validators:
    """The validators of the board's last capture, for a conditional request; none if the index is damaged, as `take` reports."""
    try:
        last = archive.last(board)
    except StoreError as error:
        if is_of_all(error):
            raise
        last = None
    return Validators() if last is None else Validators(etag=last.etag, last_modified=last.last_modified)


def _keep(archive: Archive, board: Board, fetched: Capture | Unchanged | FetchError, dated: Callable[[], datetime]) -> IndexLine:
    """Archive the result of a fetch. `dated` gives the time to note."""
    if isinstance(fetched, Capture):
        return archive.keep(replace(fetched, observed_at=dated()))
    if isinstance(fetched, Unchanged):
        last = archive.last(board.id)
        line = IndexLine(
            observed_at=dated(),
            url=fetched.url,
            verdict=Verdict.NOT_MODIFIED,
            status=304,
            sha256=last.sha256 if last else (),
            etag=fetched.validators.etag,
            last_modified=fetched.validators.last_modified,
            content_type=last.content_type if last else "",
            parts=last.parts if last else (),
        )
        archive.note(board.id, line)
        return line
    return _keep_failure(archive, board, fetched, dated())


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


def _fetched_at(fetched: Capture | Unchanged | FetchError, now: datetime) -> datetime:
    """The time of a fetch by the clock; `now` if the clock was set during it."""
    at = now if isinstance(fetched, FetchError) else fetched.observed_at
    return at if now - dates.LONG < at <= now + dates.SLACK else now


def _dated(archive: Archive, store: Store, board: Board, at: datetime) -> datetime:
    """The time to note for a fetch at that time by the clock, which may have been set since the last one."""
    last = store.last_check(board.id)
    stored = [check.observed_at for check in store.checks(board.id)] if last is not None and at <= last.observed_at else []
    at = dates.dated(at, archive.newest(board.id), stored)
    text = archive.raw(board.id, 0)  # also has what is set aside or struck
    while f'"observed_at":"{machine_time(at)}"'.encode() in text:
        at += timedelta(seconds=1)
    return at


def _date_again(archive: Archive, store: Store, board: BoardId, at: datetime) -> str:
    """If all of a board was fetched by a clock that was ahead, date that again, before a fetch at this time. Says so, or ""."""
    last = store.last_check(board)
    if last is None or last.observed_at <= at or not dates.is_all_ahead([check.observed_at for check in store.checks(board)], at):
        return ""
    lines, _ = archive.index(board)
    wrong = sorted((line for line in fetches_of(lines) if line.observed_at > at), key=attrgetter("observed_at"))
    times = dates.again(wrong, at)
    for line in (line for line in lines if line.observed_at in times and line.by != "tracker"):
        if line.verdict in DECISIONS:
            archive.note(board, replace(line, observed_at=times[line.observed_at]))
        elif line.verdict in CONTENT:
            _keep_again(archive, board, line, times[line.observed_at])
    reason = f"the clock was ahead: a fetch of {machine_time(at)} came later"
    for line in wrong:  # last: what a kill leaves is ahead of what is before it
        archive.note(board, replace(line, verdict=Verdict.STRIKE, by="tracker", reason=reason, error=""))
    last_wrong = wrong[-1].observed_at
    fetched = f"{count(len(wrong), 'fetch', 'fetches')} up to {machine_time(last_wrong)}"
    undo = f"to undo it: tracker capture restore {board} {machine_time(last_wrong)}"
    return f"{board}: the clock was ahead for {fetched}; now dated up to {machine_time(times[last_wrong])}; {undo}"


def _keep_again(archive: Archive, board: BoardId, line: IndexLine, at: datetime) -> None:
    """Archive the capture of a line under another time, unless a body of it is damaged."""
    with suppress(StoreError):
        archive.keep(
            Capture(
                board=board,
                observed_at=at,
                url=line.url,
                bodies=tuple(archive.body(board, sha256) for sha256 in line.sha256),
                status=line.status,
                validators=Validators(etag=line.etag, last_modified=line.last_modified),
                content_type=line.content_type,
                parts=line.parts,
                origin=f"dated again, was {machine_time(line.observed_at)}",
            )
        )


def import_bodies(
    board: Board, paths: Iterable[Path], *, archive: Archive, store: Store, lexicon: Lexicon, now: datetime | None = None
) -> Outcome:
    """Take in dated bodies (`YYYY-MM-DDTHHMMSSZ.ext[.gz]`, in any order) like fetched ones.

    Files that cannot be read are the error of the outcome; all others are taken in.

    Raises:
        DeclarationError: a file's name has no time, or no file can be read.
        StoreError: another body is already kept for the same time.
    """
    files = dated(paths)
    with archive.lease(board.id):
        index.check(board.id, archive, store)
        errors: list[TrackerError] = []
        for at, path in files:
            try:
                body = read_body(path, board.request.max_bytes)
            except DeclarationError as error:
                errors.append(error)
                continue
            archive.keep(Capture(board=board.id, observed_at=at, url=board.request.url, bodies=(body,), origin=path.name))
        if files and len(errors) == len(files):
            raise errors[0]
        desk = Desk(archive=archive, store=store, lexicon=lexicon, now=now, attended=True)
        return _with_errors(sync_leased(board, desk), errors)


def import_warcs(
    board: Board, paths: Iterable[Path], *, archive: Archive, store: Store, lexicon: Lexicon, now: datetime | None = None
) -> Outcome:
    """Take in what `tracker export warc` wrote of a board: captures, failed fetches and decisions, each once.

    Of a damaged file, what is whole is taken in; the damage is the error of the outcome.

    Raises:
        DeclarationError: no file can be read, or has anything of the board.
        StoreError: another body is already kept for the same time, or a body is missing.
    """
    read = load("warc_file").read
    with archive.lease(board.id):
        index.check(board.id, archive, store)
        known = {*archive.index(board.id)[0]}
        errors, found = [], False
        for path in paths:
            try:
                for archived in read(path, board):
                    found = True
                    if archived.line not in known:
                        _take_in(board, archived.line, archived.bodies, archive)
            except DeclarationError as error:
                errors.append(error)
        if errors and not found:
            raise errors[0]
        desk = Desk(archive=archive, store=store, lexicon=lexicon, now=now, attended=True)
        return _with_errors(sync_leased(board, desk), errors)


def _with_errors(outcome: Outcome, errors: Sequence[TrackerError]) -> Outcome:
    """The outcome, failed by the first of the errors of files, which says how many more there are."""
    if not errors:
        return outcome
    more = f" (and {count(len(errors) - 1, 'other file')})" if errors[1:] else ""
    return replace(outcome, error=outcome.error or DeclarationError(f"{errors[0]}{more}; all else was imported"))


def _take_in(board: Board, line: IndexLine, bodies: Mapping[Sha256, bytes], archive: Archive) -> None:
    """Archive what another archive has, with the given bodies or those that are archived already."""
    if not line.sha256 or line.verdict in DECISIONS:
        archive.note(board.id, line)
        return
    capture = Capture(
        board=board.id,
        observed_at=line.observed_at,
        url=line.url,
        bodies=tuple(bodies[name] if name in bodies else archive.body(board.id, name) for name in line.sha256),
        status=line.status,
        content_type=line.content_type,
        validators=Validators(etag=line.etag, last_modified=line.last_modified),
        parts=line.parts,
        origin=line.origin,
    )
    archive.keep(capture, verdict=None if line.verdict in CONTENT else line.verdict, error=line.error)
