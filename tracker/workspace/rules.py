"""The user's routes and watches, and whether their files are right."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.errors import DeclarationError
from tracker.model.names import Lexicon
from tracker.ports import Store
from tracker.shipped import SCHEDULES
from tracker.workspace import Settings

if TYPE_CHECKING:
    from tracker.line.sync import Telling
    from tracker.notify import Routes
    from tracker.watches import Watch

_RULES = ("watches.toml", "routes.toml")


def telling_of(settings: Settings, known: Lexicon, store: Store, now: datetime) -> tuple[Telling, tuple[DeclarationError, ...]]:
    """The readable routes and watches that report news, and the errors of the others."""
    from tracker.line.sync import Telling  # noqa: PLC0415  # only commands that sync boards report

    routes, watched = routes_of(settings, known)
    return Telling.of(routes.routes, watched, store, now), routes.errors


def routes_of(settings: Settings, lexicon: Lexicon) -> tuple[Routes, tuple[Watch, ...]]:
    """The routes and the watches. If the watches cannot be read, that is among the errors of the routes."""
    from tracker import notify  # noqa: PLC0415  # as above

    watched: tuple[Watch, ...] = ()
    errors: tuple[DeclarationError, ...] = ()
    if (path := settings.declaration("watches.toml")).exists():
        from tracker.watches import load  # noqa: PLC0415  # it resolves the names of watches

        try:
            watched = load(path, lexicon)
        except DeclarationError as error:  # routes that name no watch remain valid
            errors = (error,)
    routes = notify.load(settings.declaration("routes.toml"), watches=[watch.name for watch in watched])
    return replace(routes, errors=(*errors, *routes.errors)), watched


def other_errors(settings: Settings) -> tuple[DeclarationError, ...]:
    """The errors in the user's names, watches and routes. If all these files are as shipped, they are not read."""
    paths = [*sorted((settings.schedules / "models").glob("*.toml")), *(settings.schedules / name for name in _RULES)]
    if all(_is_as_shipped(path, SCHEDULES / path.relative_to(settings.schedules)) for path in paths):
        return ()
    from tracker.workspace.names import names_of  # noqa: PLC0415  # only for files of the user's own

    names = names_of(settings)
    return (*names.errors, *routes_of(settings, names.lexicon)[0].errors)


def _is_as_shipped(path: Path, shipped: Path) -> bool:
    """Whether the file is missing or a copy of the shipped one, which is right."""
    try:
        return not path.exists() or (path.is_file() and not path.samefile(shipped) and path.read_bytes() == shipped.read_bytes())
    except OSError:
        return False
