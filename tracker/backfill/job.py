"""Archives the past states of a board, and brings its history up to date once, at the end. Nothing is sent to routes.

A job that was killed goes on where it was: what is archived is known by its origin.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tracker.backfill.states import Loaded, PastState
from tracker.errors import DeclarationError, FetchError, Gone, Refused, StoreError
from tracker.line import index
from tracker.model import Board, Capture, IndexLine, Sha256
from tracker.ports import Archive, Store

if TYPE_CHECKING:
    from tracker.line.sync import Outcome

Progress = Callable[[Sequence[PastState]], Iterable[PastState]]
"""Gives the states one by one, and shows how far it is."""
_STATUS_OK = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfilled:
    """What a backfill did. `refused`: why a state was left out, by its origin; `damaged` of them could not be read or kept.

    `error`: why it ended early, if it did.
    """

    found: int
    kept: int
    known: int
    refused: Mapping[str, str] = field(default_factory=dict)
    damaged: int = 0
    error: FetchError | None = None
    outcome: Outcome


@dataclass(slots=True, kw_only=True)
class _Job:
    """`lines` are those of the archive by their origin, `bodies` the hash of each known content."""

    board: Board
    archive: Archive
    lines: dict[str, IndexLine]
    bodies: dict[str, tuple[Sha256, ...]]
    kept: int = 0
    known: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    damaged: int = 0

    def take(self, state: PastState) -> None:
        """Archive a state unless it is archived already. Raises FetchError if the source cannot answer now."""
        if state.origin in self.lines:
            self.known += 1
            self._note_content(state, self.lines[state.origin].sha256)
            return
        try:
            line = self._kept(state)
        except (Refused, Gone) as error:
            self.refused[state.origin] = str(error)
            return
        except (DeclarationError, StoreError) as error:
            self.refused[state.origin] = str(error)
            self.damaged += 1
            return
        self.kept += 1
        self._note_content(state, line.sha256)

    def _kept(self, state: PastState) -> IndexLine:
        known = self.bodies.get(state.content) if state.content else None
        loaded = state.load() if known is None else self._again(state, known)
        capture = Capture(
            board=self.board.id,
            observed_at=loaded.observed_at,
            url=self.board.request.url,
            bodies=loaded.bodies,
            status=_STATUS_OK,
            content_type=state.content_type,
            parts=loaded.parts,
            origin=state.origin,
        )
        with self.archive.lease(self.board.id):
            return self.archive.keep(capture)

    def _again(self, state: PastState, known: tuple[Sha256, ...]) -> Loaded:
        """What is archived already."""
        return Loaded(bodies=tuple(self.archive.body(self.board.id, name) for name in known), observed_at=state.observed_at)

    def _note_content(self, state: PastState, bodies: tuple[Sha256, ...]) -> None:
        if state.content:
            self.bodies[state.content] = bodies


def fill(
    board: Board,
    states: Sequence[PastState],
    *,
    archive: Archive,
    store: Store,
    sync: Callable[[], Outcome],
    progress: Progress = iter,
) -> Backfilled:
    """Archive states, oldest first, and `sync` the board. A source that does not answer ends it early, with what there is.

    Raises:
        StoreError: the archive or the store is damaged, or cannot be written.
    """
    with archive.lease(board.id):
        index.check(board.id, archive, store)
    lines = {line.origin: line for line in archive.index(board.id)[0] if line.origin and line.sha256}
    job, error = _Job(board=board, archive=archive, lines=lines, bodies={}), None
    try:
        for state in progress(states):
            job.take(state)
    except FetchError as failure:
        error = failure
    outcome = sync()
    return Backfilled(
        found=len(states),
        kept=job.kept,
        known=job.known,
        refused=job.refused,
        damaged=job.damaged,
        error=error,
        outcome=outcome,
    )


def check_is_one_answer(board: Board) -> None:
    """Refuse a board whose state is more than one file. Raises DeclarationError."""
    if board.request.each or any(payload.required for payload in board.payloads):
        raise DeclarationError(f"{board.id}: is read from several answers; expected a board that is read from one file")
