"""The change to a declaration after which a page that broke reads as it did before."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from difflib import unified_diff
from itertools import islice
from pathlib import Path

from tracker import schedules
from tracker.authoring.amend import Path as Keys
from tracker.authoring.amend import amended
from tracker.authoring.changes import Repair, changes_of
from tracker.authoring.layouts import Look
from tracker.authoring.replacements import repairs
from tracker.clock import SystemClock
from tracker.errors import DeclarationError, TrackerError
from tracker.fetch import Fetcher
from tracker.line import fold
from tracker.model import Board, Capture, IndexLine, Part, Reading, Request, Result, StoredSnapshot
from tracker.ports import Archive, Store
from tracker.reading import read_capture
from tracker.schedules.formats import formats
from tracker.toml import place_of
from tracker.wording import machine_time
from tracker.workspace import Settings
from tracker.workspace.opening import fetching

EARLIER = 5
"""Accepted captures that are read both ways before a change is called harmless."""
DEFAULTS = "_defaults.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenPage:
    """The bodies of one capture, with what each belongs to, and where they came from."""

    bodies: Sequence[bytes]
    parts: Sequence[Part]
    url: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """A change to a declaration: the file's text before and after, what is changed and why, and the page's reading with the change.

    `path` is the user's file; `source` the one that the text was read from, which is the shipped one where the user has none.
    `lost` are the times of accepted captures that would then be read otherwise, or not at all.
    """

    board: Board
    path: Path
    source: Path
    before: str
    after: str
    repairs: tuple[Repair, ...]
    reading: Reading
    lost: tuple[datetime, ...]

    @property
    def diff(self) -> str:
        """The change as a unified diff."""
        name = self.path.as_posix()
        lines = unified_diff(
            self.before.splitlines(keepends=True), self.after.splitlines(keepends=True), f"a/{name}", f"b/{name}"
        )
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def repair(settings: Settings, board: Board, page: BrokenPage, archive: Archive, store: Store, *, look: Look) -> Repaired:
    """The change after which the board reads that page as it read the last one.

    Raises:
        DeclarationError: there is nothing to repair, or nothing to compare with.
        TrackerError: what is wrong with the page, where nothing sure replaces what is gone.
    """
    last = store.latest(board.id)
    if last is None:
        raise DeclarationError(
            f"{board.id}: no reading was ever accepted, so nothing can be compared; declare the board anew (tracker board new)"
        )
    wrong = _what_is_wrong(board, page)
    found = _repairs(board, page, last, look)
    if not found and wrong is None:
        raise DeclarationError(f"{board.id}: {page.origin} reads as it is declared; nothing to repair")
    if not found:
        raise type_of(wrong)(f"{wrong}; nothing on the page is certain to replace what is gone; look at {board.page}")
    path = settings.schedules / f"{board.id}.toml"
    source = path if settings.shipped is None or path.exists() else settings.shipped / f"{board.id}.toml"
    before = source.read_text(encoding="utf-8-sig")
    place = place_of(path, settings.schedules)
    after = amended(before, _changes(found, before, place), place)
    with _loaded(settings, board, after) as changed:
        reading = _read(changed, page)
        lost = tuple(_lost(board, changed, archive, store))
    return Repaired(board=board, path=path, source=source, before=before, after=after, repairs=found, reading=reading, lost=lost)


def type_of(error: TrackerError | None) -> type[TrackerError]:
    """The class in which an error is raised again with more text: DeclarationError or plain TrackerError."""
    return DeclarationError if isinstance(error, DeclarationError) else TrackerError


def _what_is_wrong(board: Board, page: BrokenPage) -> TrackerError | None:
    try:
        _read(board, page)
    except TrackerError as error:
        return error
    return None


def _repairs(board: Board, page: BrokenPage, last: StoredSnapshot, look: Look) -> tuple[Repair, ...]:
    return repairs(board, page.bodies, last, parts=page.parts, read=lambda changed: _read(changed, page), look=look)


def _read(board: Board, page: BrokenPage) -> Reading:
    return read_capture(board, page.bodies, parts=page.parts, url=page.url)


def _changes(found: Sequence[Repair], text: str, place: str) -> Mapping[Keys, object]:
    try:
        return changes_of(found, text)
    except ValueError as error:
        raise DeclarationError(f"{place}: {error}; change it by hand") from error


# ── the page ─────────────────────────────────────────────────────────────────────────────────────


def page_of(settings: Settings, board: Board, archive: Archive, url: str | None, file: Path | None) -> BrokenPage:
    """The page to look at: a file, an address fetched once, or the newest capture. Raises DeclarationError."""
    if file is not None:
        return BrokenPage(bodies=(_bytes_of(file, board.request),), parts=(), url=board.request.url, origin=str(file))
    if url is not None:
        with fetching(settings, SystemClock()) as (_, _, fetcher):
            return fetched(board, url, fetcher)
    line = next((line for line in reversed(archive.index(board.id)[0]) if line.sha256), None)
    if line is None:
        raise DeclarationError(
            f"{board.id}: the archive holds no capture; fetch one (tracker run {board.id}), or pass --url or --file"
        )
    return _captured(board, line, archive)


def fetched(board: Board, url: str, fetcher: Fetcher) -> BrokenPage:
    """The page at another address, asked for as the board's own is; nothing of it is archived."""
    from dataclasses import replace  # noqa: PLC0415  # only here

    found = fetcher.fetch(replace(board, request=replace(board.request, url=url, newest=None, each=None, member=""), payloads=()))
    if not isinstance(found, Capture):
        raise DeclarationError(f"{board.id}: {url} answered 304 (not modified) to an unconditional request; expected a page")
    return BrokenPage(bodies=found.bodies, parts=found.parts, url=board.request.url, origin=url)


def _captured(board: Board, line: IndexLine, archive: Archive) -> BrokenPage:
    bodies = tuple(archive.body(board.id, sha256) for sha256 in line.sha256)
    return BrokenPage(bodies=bodies, parts=line.parts, url=line.url, origin=f"the capture of {machine_time(line.observed_at)}")


def _bytes_of(file: Path, request: Request) -> bytes:
    body = file.read_bytes()
    if len(body) > request.max_bytes:
        raise DeclarationError(f"{file}: more than {request.max_bytes} bytes; raise request.max_bytes if that is right")
    return body


# ── the declaration ──────────────────────────────────────────────────────────────────────────────


@contextmanager
def _loaded(settings: Settings, board: Board, text: str) -> Iterator[Board]:
    """The board as the schedules would read it from that text, upon the same defaults."""
    source, _, name = board.id.partition("/")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / source).mkdir()
        for inside in (DEFAULTS, f"{source}/{DEFAULTS}"):
            if (settings.schedules / inside).is_file():
                (root / inside).write_bytes((settings.schedules / inside).read_bytes())
        path = root / source / f"{name}.toml"
        path.write_text(text, encoding="utf-8")
        yield schedules.load_board(path, root, formats(), settings.shipped)


def _lost(board: Board, changed: Board, archive: Archive, store: Store) -> Iterator[datetime]:
    """The newest accepted captures that the changed board reads otherwise than the board as it is."""
    accepted = (check for check in store.recent(board.id, 200) if check.result is Result.ACCEPTED)
    times = {check.observed_at for check in islice(accepted, EARLIER)}
    for line in archive.index(board.id)[0]:
        if line.observed_at in times and line.sha256 and not _alike(board, changed, line, archive):
            yield line.observed_at


def _alike(board: Board, changed: Board, line: IndexLine, archive: Archive) -> bool:
    try:
        return fold.read_line(board, line, archive).entries == fold.read_line(changed, line, archive).entries
    except TrackerError:  # one of the two cannot read it: that is not alike
        return False


def apply_change(repaired: Repaired, *, lose_earlier: bool) -> None:
    """Replace the file whole or not at all, if it is still the one that was read."""
    if repaired.lost and not lose_earlier:
        times = ", ".join(map(machine_time, repaired.lost))
        raise DeclarationError(
            f"{repaired.board.id}: not applied: captures accepted before would be read differently ({times}); "
            "declare the page as a new board (tracker board new), or pass --lose-earlier"
        )
    is_new = repaired.path != repaired.source
    if repaired.source.read_text(encoding="utf-8-sig") != repaired.before or (is_new and repaired.path.exists()):
        place = place_of(repaired.path, repaired.path.parents[1])
        raise DeclarationError(f"{place}: the file changed in the meantime; nothing was applied; run the command again")
    repaired.path.parent.mkdir(parents=True, exist_ok=True)
    temporary = repaired.path.with_name(f".{repaired.path.name}.{os.getpid()}")
    try:
        temporary.write_text(repaired.after, encoding="utf-8")
        if not is_new:
            temporary.chmod(repaired.path.stat().st_mode & 0o777)
        temporary.replace(repaired.path)
    finally:
        temporary.unlink(missing_ok=True)
