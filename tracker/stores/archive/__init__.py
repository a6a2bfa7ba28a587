"""The archive: every distinct body once per board, and an append-only index of fetches and decisions.

    <root>/<source>/<board>/index.jsonl     one JSON object per fetch or decision, in order of arrival
    <root>/<source>/<board>/bodies/         one file per distinct body; its name tells how to read it:
        <sha256>.raw                        as received
        <sha256>.zst                        zstd, alone
        <sha256>.key-<time>-<page>.zst      zstd, alone: a keyframe, observed at that time as that page of its capture
        <sha256>.on-<sha256>.zst            zstd, with that keyframe as a raw prefix

There are no chains: any body is read with at most one other. When a keyframe is made: `FileArchive._squeeze`;
what it is worth: `bench/archive.py`. Readers take no lock and never write, so an archive on a read-only disk can be read.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

from tracker.errors import StoreError
from tracker.model import BoardId, Capture, IndexLine, Sha256, Verdict
from tracker.stores.archive.bodies import (
    LEVEL,
    SMALL,
    WORTH,
    BodyListing,
    ReceivedBody,
    RecentBodies,
    StoredBody,
    ZstdError,
    compressed,
    damaged,
    decompressed,
    listing_of,
    sha256_of,
    stored_bodies,
    time_text,
)
from tracker.stores.archive.disk import (
    LOCK_POLL_S,
    BoardFolder,
    disk_errors,
    folders_in,
    is_board,
    make_folder,
    modified_at_ns,
    size_of,
    sync_folder,
    try_lock,
    write_whole,
)
from tracker.stores.archive.index import (
    CONTENT,
    append,
    decoded,
    encoded,
    existing_line,
    last_line,
    line_of,
    read_from,
    repair_end,
)
from tracker.stores.locks import Taken
from tracker.stores.locks import held as lock_held

MAX_BYTES = 64_000_000
KEYFRAMES_IN_MEMORY = 4
LISTINGS_IN_MEMORY = 4
"""Listings of bodies kept in memory, one per board; the folders of other boards are listed again."""


class FileArchive:
    """Captures in files below `root`; fulfils `ports.Archive`. Safe to use from several threads and processes.

    `max_bytes` bounds a body, kept or read. `patience_s` is how long to wait for another writer of the same board,
    `lease_s` for another that has the board's lease; `sleep` waits between two tries. Every method raises StoreError, in one line, when the disk, the archive or the
    board's id is at fault.
    """

    def __init__(
        self,
        root: Path,
        *,
        max_bytes: int = MAX_BYTES,
        level: int = LEVEL,
        patience_s: float = 30.0,
        lease_s: float = 600.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._root = root
        self._max_bytes = max_bytes
        self._level = level
        self._patience_s = patience_s
        self._lease_s = lease_s
        self._sleep = sleep
        self._listings: dict[BoardId, BodyListing] = {}
        self._recent = RecentBodies(KEYFRAMES_IN_MEMORY)

    # ── writing ──────────────────────────────────────────────────────────────────────────────────

    def keep(self, capture: Capture, *, verdict: Verdict | None = None, error: str = "") -> IndexLine:
        """Store the bodies not yet held and append one line: `new`, or `revisit` for the bodies of the last content line.

        What a server sent with an error is kept under the `verdict` given, with the `error` in our words.

        Keeping a capture again appends nothing and returns the line that stands; it does write bodies
        that have gone missing since.

        Raises:
            StoreError: there is no body, one is larger than `max_bytes`, or the index has other
                bodies for this very `observed_at`.
        """
        folder = self._folder(capture.board)
        received = self._received(capture)
        hashes = tuple(body.sha256 for body in received)
        with disk_errors(folder.board, folder.index), self._locked(folder) as index:
            standing = existing_line(folder, index, capture.observed_at, hashes)
            line = standing or line_of(capture, hashes, last_line(folder, index), verdict=verdict, error=error)
            written = encoded(folder, line)  # before the bodies: a line that cannot be written leaves none behind
            for body in received:
                self._store(folder, body)
            if standing is None:
                append(index, written)
            return line

    def note(self, board: BoardId, line: IndexLine) -> None:
        """Append a line that brings no new body: 304, a failed fetch, a person's decision.

        Raises:
            StoreError: the line's verdict is `new` or `revisit`, which only `keep` writes.
        """
        folder = self._folder(board)
        if line.verdict in CONTENT:
            raise StoreError(f"{board}: a note found with verdict {line.verdict.value!r}, which needs its bodies; use keep")
        written = encoded(folder, line)
        with disk_errors(board, folder.index), self._locked(folder) as index:
            append(index, written)

    def lease(self, board: BoardId) -> AbstractContextManager[None]:
        """Within the block nobody else, in whatever process, brings captures of the board in or settles its history."""
        folder = self._folder(board)
        path = self._root / ".locks" / folder.board.replace("/", "--")
        return lock_held(path, patience_s=self._lease_s, sleep=self._sleep)

    # ── reading ──────────────────────────────────────────────────────────────────────────────────

    def boards(self) -> tuple[BoardId, ...]:
        """Boards with an index that is not empty, sorted."""
        with disk_errors("archive", self._root):
            names = (BoardId(f"{source.name}/{board.name}") for source in folders_in(self._root) for board in folders_in(source))
            return tuple(sorted(board for board in names if is_board(board) and size_of(self._folder(board).index)))

    def index(self, board: BoardId, offset: int = 0) -> tuple[Sequence[IndexLine], int]:
        """The lines that stand after `offset` bytes of the index, in file order, and the offset behind the last whole one.

        A torn last line (a crash, or another process writing) is left out: the offset stays before it.
        A board without an index has no lines.

        Raises:
            StoreError: a line is damaged (its number is told), or `offset` is not where a line begins.
        """
        folder = self._folder(board)
        with disk_errors(board, folder.index):
            *lines, _torn = read_from(folder, offset).split(b"\n")
            return tuple(decoded(folder, raw) for raw in lines), offset + sum(map(len, lines)) + len(lines)

    def last(self, board: BoardId) -> IndexLine | None:
        """The latest line that brought content, None if there is none: whose validators to send, what a 304 stands for.

        Reads the index backwards, so that its length does not matter.
        """
        return self._latest(board, CONTENT)

    def newest(self, board: BoardId) -> datetime | None:
        """When the line that stands last in the index was observed."""
        line = self._latest(board, frozenset(Verdict))
        return line.observed_at if line else None

    def _latest(self, board: BoardId, verdicts: frozenset[Verdict]) -> IndexLine | None:
        folder = self._folder(board)
        with disk_errors(board, folder.index):
            try:
                index = os.open(folder.index, os.O_RDONLY)
            except FileNotFoundError:
                return None
            try:
                return last_line(folder, index, verdicts)
            finally:
                os.close(index)

    def body(self, board: BoardId, sha256: Sha256) -> bytes:
        """The body of that hash, verified.

        Raises:
            StoreError: it is missing, damaged, or larger than `max_bytes`.
        """
        folder = self._folder(board)
        with disk_errors(board, folder.bodies):
            held = self._find(folder, sha256)
            prefix = self._keyframe(folder, held.keyframe) if held.keyframe else b""
            return self._inflate(folder, held, prefix)

    def check(self, board: BoardId) -> tuple[str, ...]:
        """What is wrong with a board's captures, a line each: every body the index names must be there and be itself."""
        folder = self._folder(board)
        try:
            lines, _ = self.index(folder.board)
        except StoreError as error:
            return (str(error),)
        problems: dict[str, None] = {}
        for sha256 in dict.fromkeys(sha256 for line in lines for sha256 in line.sha256):
            try:
                self.body(board, sha256)
            except StoreError as error:
                problems[str(error)] = None  # a keyframe is named once, however many bodies need it
        return tuple(problems)

    # ── bodies ───────────────────────────────────────────────────────────────────────────────────

    def _received(self, capture: Capture) -> tuple[ReceivedBody, ...]:
        if not capture.bodies:
            raise StoreError(f"{capture.board}: a capture found without a body, expected at least one; use note")
        if capture.observed_at.tzinfo is None:
            raise StoreError(f"{capture.board}: observed_at {capture.observed_at} found without a time zone; make it UTC")
        if (largest := max(map(len, capture.bodies))) > self._max_bytes:
            raise StoreError(f"{capture.board}: body of {largest} bytes, expected at most {self._max_bytes}; raise max_bytes")
        return tuple(
            ReceivedBody(sha256=sha256_of(body), body=body, at=capture.observed_at, page=page)
            for page, body in enumerate(capture.bodies)
        )

    def _store(self, folder: BoardFolder, received: ReceivedBody) -> None:
        """Write the body unless it is held. The index is locked, so nobody else writes here."""
        listing = self._swept(folder)
        if received.sha256 in listing.held:
            return
        ending, squeezed = self._squeeze(folder, listing, received)
        path = folder.bodies / f"{received.sha256}{ending}"
        write_whole(path, squeezed)
        self._remember(folder, BodyListing(stamp=modified_at_ns(folder.bodies), held={**listing.held, **stored_bodies((path,))}))

    def _squeeze(self, folder: BoardFolder, listing: BodyListing, received: ReceivedBody) -> tuple[str, bytes]:
        """How the body's file name ends, and what the file holds.

        A large body is written against the nearest keyframe; where that does not save enough, it becomes a
        keyframe itself. So a new one is made when the page is built anew and not when a week is over (which took
        1.6 times the bytes on a real series of uneven gaps), and the order of arrival matters little.
        """
        if len(received.body) < SMALL:
            alone = compressed(received.body, b"", self._level)
            return (".zst", alone) if len(alone) < len(received.body) else (".raw", received.body)
        keyframe, prefix = self._nearest(folder, listing, received)
        if keyframe:
            squeezed = compressed(received.body, prefix, self._level)
            if len(squeezed) / len(received.body) <= WORTH * keyframe.path.stat().st_size / len(prefix):
                return f".on-{keyframe.sha256}.zst", squeezed
        return f".key-{time_text(received.at)}-{received.page}.zst", compressed(received.body, b"", self._level)

    def _nearest(self, folder: BoardFolder, listing: BodyListing, received: ReceivedBody) -> tuple[StoredBody | None, bytes]:
        """The keyframe nearest in page, then in time, and its body; None where there is none that can be read.

        None, too, if other bodies need this one (its file was lost): a keyframe must stand alone.
        """
        if any(held.keyframe == received.sha256 for held in listing.held.values()):
            return None, b""
        keyframes = [
            (abs(held.page - received.page), abs(held.at - received.at), held.sha256) for held in listing.held.values() if held.at
        ]
        if not keyframes:
            return None, b""
        nearest = listing.held[min(keyframes)[-1]]
        try:
            return nearest, self._keyframe(folder, nearest.sha256)
        except (StoreError, OSError):
            return None, b""  # `check` tells of it; a damaged old keyframe must not stop the board from being kept

    def _keyframe(self, folder: BoardFolder, sha256: Sha256) -> bytes:
        body = self._recent.get(folder.board, sha256)
        if body is None:
            held = self._find(folder, sha256)
            if held.keyframe:
                raise damaged(folder, held, "a keyframe that needs another one")
            body = self._inflate(folder, held, b"")
            self._recent.put(folder.board, sha256, body)
        return body

    def _inflate(self, folder: BoardFolder, held: StoredBody, prefix: bytes) -> bytes:
        limit = self._max_bytes + self._max_bytes // 128 + 1024  # zstd adds at most 1/256 to what cannot be squeezed
        if (size := held.path.stat().st_size) > limit:
            raise damaged(folder, held, f"file of {size} bytes, expected at most {limit}")
        try:
            body = decompressed(held, prefix, self._max_bytes)
        except ZstdError as error:
            raise damaged(folder, held, str(error)) from error
        if (found := sha256_of(body)) != held.sha256:
            raise damaged(folder, held, f"sha256 {found}")
        return body

    # ── folders ──────────────────────────────────────────────────────────────────────────────────

    def _folder(self, board: BoardId) -> BoardFolder:
        if not is_board(board):
            raise StoreError(f"board {board!r} is no id, expected <source>/<board> of a-z 0-9 . _ -; rename its TOML file")
        root = self._root / board
        return BoardFolder(board=board, index=root / "index.jsonl", bodies=root / "bodies")

    def _find(self, folder: BoardFolder, sha256: Sha256) -> StoredBody:
        listing = self._listing(folder)
        if sha256 not in listing.held:
            listing = self._listing(folder, fresh=True)  # a clock tick may hide a change in the folder
        if sha256 not in listing.held:
            raise StoreError(
                f"{folder.board}: body {sha256} is missing in {folder.bodies}; restore it from a copy of the archive,"
                " or import that state again"
            )
        return listing.held[sha256]

    def _listing(self, folder: BoardFolder, *, fresh: bool = False) -> BodyListing:
        stamp = modified_at_ns(folder.bodies)
        known = self._listings.get(folder.board)
        if known is None or fresh or known.stamp != stamp:
            known = listing_of(folder, stamp)
            self._remember(folder, known)
        return known

    def _remember(self, folder: BoardFolder, listing: BodyListing) -> None:
        """Keep a listing, and forget the oldest: a service that runs for a year must not grow with its archive."""
        self._listings.pop(folder.board, None)
        self._listings[folder.board] = listing
        while len(self._listings) > LISTINGS_IN_MEMORY:
            self._listings.pop(next(iter(self._listings)), None)

    def _swept(self, folder: BoardFolder) -> BodyListing:
        """The listing, after what a crashed writer left behind is gone. The index is locked."""
        listing = self._listing(folder)
        for leftover in listing.leftovers:
            leftover.unlink(missing_ok=True)
        return self._listing(folder, fresh=True) if listing.leftovers else listing

    @contextmanager
    def _locked(self, folder: BoardFolder) -> Iterator[int]:
        """The index, open for appending, whole to its last line, and ours alone until the end."""
        make_folder(folder.bodies)
        index = os.open(folder.index, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            self._wait_for(folder, index)
            if not os.fstat(index).st_size:
                sync_folder(folder.index.parent)
            repair_end(index)
            yield index
        finally:
            os.close(index)  # this gives the lock back

    def _wait_for(self, folder: BoardFolder, index: int) -> None:
        for _ in range(int(self._patience_s / LOCK_POLL_S) + 1):
            if try_lock(index):
                return
            self._sleep(LOCK_POLL_S)
        raise Taken(
            f"{folder.board}: {folder.index} found locked by another process for {self._patience_s:g} s;"
            " end that process or try later"
        )
