"""Find the change to a declaration with which a broken page reads as before, and apply it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import unified_diff
from itertools import islice
from pathlib import Path

from tracker import schedules
from tracker.authoring.amend import amended
from tracker.authoring.changes import Repair, changes_of
from tracker.authoring.replacements import repairs
from tracker.clock import SystemClock
from tracker.errors import DeclarationError, TrackerError
from tracker.fetch import Fetcher
from tracker.line import apart
from tracker.model import Board, Capture, IndexLine, Part, Reading, Result
from tracker.ports import Archive, Store
from tracker.reading import read_capture
from tracker.schedules.formats import formats
from tracker.toml import place_of
from tracker.wording import machine_time
from tracker.workspace import Settings
from tracker.workspace.opening import fetching

EARLIER = 5
"""Number of accepted captures that must read the same with the change."""
DEFAULTS = "_defaults.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenPage:
    """The bodies of one capture, their parts, and their origin for messages."""

    bodies: Sequence[bytes]
    parts: Sequence[Part]
    url: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """A change to a declaration: the file's text before and after, the repairs, and the page's reading with them.

    `path` is the user's file. `source` is the file that the text was read from: the shipped one if the user has none.
    `lost` has the times of accepted captures that would then be read differently, or not at all.
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
        name, before, after = self.path.as_posix(), self.before.splitlines(keepends=True), self.after.splitlines(keepends=True)
        lines = unified_diff(before, after, f"a/{name}", f"b/{name}")
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def repair(settings: Settings, board: Board, page: BrokenPage, archive: Archive, store: Store) -> Repaired:
    """The change with which the board reads that page as it read the last one.

    Raises:
        DeclarationError: there is nothing to compare with.
        TrackerError: the page reads as it is declared, or nothing on it certainly replaces what is gone.
    """
    last = store.latest(board.id)
    if last is None:
        raise DeclarationError(
            f"{board.id}: no reading was ever accepted, so nothing can be compared; declare a new board (tracker board new)"
        )
    changes = repairs(board, page.bodies, last, parts=page.parts, read=lambda changed: _read(changed, page))
    if not changes:
        raise _no_repair(board, page)
    path = settings.schedules / f"{board.id}.toml"
    source = path if settings.shipped is None or path.exists() else settings.shipped / f"{board.id}.toml"
    before = source.read_text(encoding="utf-8-sig")
    place = place_of(path, settings.schedules)
    try:
        values = changes_of(changes, before)
    except ValueError as error:
        raise DeclarationError(f"{place}: {error}; change it by hand") from error
    after = amended(before, values, place)
    changed = _loaded(settings, board, after)
    reading, lost = _read(changed, page), tuple(_lost(board, changed, archive, store))
    return Repaired(
        board=board, path=path, source=source, before=before, after=after, repairs=changes, reading=reading, lost=lost
    )


def _no_repair(board: Board, page: BrokenPage) -> TrackerError:
    try:
        _read(board, page)
    except TrackerError as error:
        kind = DeclarationError if isinstance(error, DeclarationError) else TrackerError
        return kind(f"{error}; nothing on the page is certain to replace what is gone; look at {board.page}")
    return TrackerError(f"{board.id}: {page.origin} reads as it is declared; nothing to repair")


def _read(board: Board, page: BrokenPage) -> Reading:
    return read_capture(board, page.bodies, parts=page.parts, url=page.url)


def page_of(settings: Settings, board: Board, archive: Archive, url: str | None, file: Path | None) -> BrokenPage:
    """The page to repair: a file, an address fetched once, or the newest capture. Raises DeclarationError."""
    if file is not None:
        body, most = file.read_bytes(), board.request.max_bytes
        if len(body) > most:
            raise DeclarationError(f"{file}: more than {most} bytes; raise request.max_bytes if that is right")
        return BrokenPage(bodies=(body,), parts=(), url=board.request.url, origin=str(file))
    if url is not None:
        with fetching(settings, SystemClock()) as (_, _, fetcher):
            return fetched(board, url, fetcher)
    line = next((line for line in reversed(archive.index(board.id)[0]) if line.sha256), None)
    if line is None:
        raise DeclarationError(
            f"{board.id}: the archive holds no capture; fetch one (tracker run {board.id}), or pass --url or --file"
        )
    bodies = tuple(archive.body(board.id, sha256) for sha256 in line.sha256)
    return BrokenPage(bodies=bodies, parts=line.parts, url=line.url, origin=f"the capture of {machine_time(line.observed_at)}")


def fetched(board: Board, url: str, fetcher: Fetcher) -> BrokenPage:
    """The page at another address, requested like the board's own; nothing is archived."""
    request = replace(board.request, url=url, newest=None, each=None, member="")
    capture = fetcher.fetch(replace(board, request=request, payloads=()))
    assert isinstance(capture, Capture), "the request is unconditional"
    return BrokenPage(bodies=capture.bodies, parts=capture.parts, url=board.request.url, origin=url)


def _loaded(settings: Settings, board: Board, text: str) -> Board:
    """The board that the schedules would read from that text, with the same defaults."""
    source, _, name = board.id.partition("/")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / source).mkdir()
        for inside in (DEFAULTS, f"{source}/{DEFAULTS}"):
            if (settings.schedules / inside).is_file():
                (root / inside).write_bytes((settings.schedules / inside).read_bytes())
        path = root / source / f"{name}.toml"
        path.write_text(text, encoding="utf-8")
        return schedules.load_board(path, root, formats(), settings.shipped)


def _lost(board: Board, changed: Board, archive: Archive, store: Store) -> Iterator[datetime]:
    """Of the newest accepted captures, those that the changed board reads differently."""
    accepted = (check for check in store.recent(board.id, 200) if check.result is Result.ACCEPTED)
    times = {check.observed_at for check in islice(accepted, EARLIER)}
    for line in archive.index(board.id)[0]:
        if line.observed_at in times and line.sha256 and not _alike(board, changed, line, archive):
            yield line.observed_at


def _alike(board: Board, changed: Board, line: IndexLine, archive: Archive) -> bool:
    try:
        return apart.read_line(board, line, archive).entries == apart.read_line(changed, line, archive).entries
    except TrackerError:  # one of the two cannot read it
        return False


def apply_change(repaired: Repaired, *, lose_earlier: bool) -> None:
    """Replace the file as a whole. Raises DeclarationError if it changed meanwhile, or captures would be lost."""
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
