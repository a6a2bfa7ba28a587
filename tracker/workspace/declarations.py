"""All declarations of a workspace, read again when a file changes; of a wrong file, the last good content remains valid."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from tracker import notify, schedules, watches
from tracker.errors import DeclarationError, TrackerError
from tracker.model import Board, BoardId
from tracker.model.names import EMPTY_LEXICON, Lexicon
from tracker.notify import Route
from tracker.schedules import Formats
from tracker.watches import Watch
from tracker.workspace import Settings
from tracker.workspace.names import names_of

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """The valid declarations, and the errors by file."""

    boards: Mapping[BoardId, Board] = field(default_factory=dict)
    routes: tuple[Route, ...] = ()
    watches: tuple[Watch, ...] = ()
    lexicon: Lexicon = EMPTY_LEXICON
    errors: Mapping[str, str] = field(default_factory=dict)


class Declarations:
    """The declarations of the workspace. Only the user's files are watched for changes.

    `last_good` has the declaration of a board before this process began, for a file that is wrong from the start.
    """

    def __init__(self, settings: Settings, formats: Formats, last_good: Callable[[BoardId], Board | None]) -> None:
        self._settings = settings
        self._formats = formats
        self._last_good = last_good
        self._seen: Mapping[str, tuple[int, int, int]] | None = None
        self._last = Declared()

    def changed(self) -> bool:
        """Whether any file changed since the last `read`."""
        return schedules.fingerprint(self._settings.schedules) != self._seen

    def read(self) -> Declared:
        """Read everything again; what cannot be read stays as it was."""
        self._seen = schedules.fingerprint(self._settings.schedules)
        errors: dict[str, str] = {}
        names = names_of(self._settings)
        for wrong in names.errors:
            self._kept(wrong, errors, None)
        known = self._last.lexicon if names.errors and self._last.lexicon is not EMPTY_LEXICON else names.lexicon
        watched = self._watches(known, errors)
        self._last = Declared(
            boards=self._boards(errors), routes=self._routes(watched, errors), watches=watched, lexicon=known, errors=errors
        )
        return self._last

    def _boards(self, errors: dict[str, str]) -> Mapping[BoardId, Board]:
        try:
            found = schedules.load(self._settings.schedules, self._formats, self._settings.shipped, self._settings.boards)
        except DeclarationError as error:
            return self._kept(error, errors, self._last.boards)
        errors.update((path, str(error)) for path, error in found.troubles.items())
        return dict(found.boards) | {board.id: board for board in self._kept_boards(found.errors)}

    def _kept_boards(self, paths: Iterable[str]) -> Iterable[Board]:
        for path in paths:
            board = BoardId("/".join(path.removesuffix(".toml").split("/")[-2:]))
            kept = self._last.boards.get(board) or self._last_good(board)
            if kept is not None:
                yield kept

    def _watches(self, lexicon: Lexicon, errors: dict[str, str]) -> tuple[Watch, ...]:
        try:
            return watches.load(self._settings.declaration("watches.toml"), lexicon)
        except DeclarationError as error:
            return self._kept(error, errors, self._last.watches)

    def _routes(self, watched: tuple[Watch, ...], errors: dict[str, str]) -> tuple[Route, ...]:
        found = notify.load(self._settings.declaration("routes.toml"), watches=[watch.name for watch in watched])
        for wrong in found.errors:
            self._kept(wrong, errors, None)
        if found.errors and not found.routes and not found.wrong:  # the file is wrong as a whole
            return self._last.routes
        right = {route.name for route in found.routes}
        return (*found.routes, *(route for route in self._last.routes if route.name in found.wrong.keys() - right))

    def _kept(self, error: TrackerError, errors: dict[str, str], last: Thing) -> Thing:
        """Note the error under the path it begins with, and return the last good declarations."""
        path = str(error).partition(": ")[0]
        errors[path] = f"{errors[path]}; {error}" if path in errors else str(error)
        return last
