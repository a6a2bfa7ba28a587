"""Read `tracker.toml`, the file that makes a folder a workspace (https://toml.io/en/v1.0.0)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct, field

from tracker import toml
from tracker.toml import Wrong, quoted, understood
from tracker.wording import visible
from tracker.workspace.settings import Settings

_Text = Annotated[str, Meta(min_length=1, max_length=500)]


class WorkspaceTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of the file."""

    store: Annotated[_Text, Meta(description="Folder of captures and the database")] = "snapshots"
    schedules: Annotated[_Text, Meta(description="Folder of your declarations, which overlays the shipped one")] = "schedules"
    contact: Annotated[str, Meta(max_length=200, description="Your mail address or web page, sent with every request")] = ""
    time_zone: Annotated[_Text, Meta(description="IANA time zone of the times you type and read")] = "UTC"
    boards: Annotated[_Text | list[_Text], Meta(description="Shipped boards to follow, by id; `*` stands for anything")] = field(
        default_factory=lambda: ["*"]
    )


def read(path: Path) -> Settings:
    """The settings, with paths joined to its folder. Raises DeclarationError for a wrong file or missing declarations."""
    with toml.at(visible(str(path))):
        tables = toml.tables(toml.text_of(path))
        settings = _settings(tables)
        if "schedules" in tables and not (path.parent / settings.schedules).is_dir():
            raise Wrong(f"schedules = {quoted(settings.schedules)}: no such folder; expected the folder of your declarations")
    return replace(settings, store=path.parent / settings.store, schedules=path.parent / settings.schedules, folder=path.parent)


def parsed(text: str, place: str) -> Settings:
    """The settings in a text, with paths relative to its folder; `place` names it. Raises DeclarationError."""
    with toml.at(visible(place)):
        return _settings(toml.tables(text))


def _settings(tables: Mapping[str, object]) -> Settings:
    """The settings in those tables. Raises Wrong."""
    table = toml.table(tables, WorkspaceTable)
    return Settings(
        store=_folder("store", table.store),
        schedules=_folder("schedules", table.schedules),
        contact=understood("contact", table.contact, address),
        time_zone=understood("time_zone", table.time_zone, toml.time_zone),
        boards=toml.texts(table.boards),
    )


def _folder(key: str, text: str) -> Path:
    if not text.isprintable():
        raise Wrong(f"{key} = {quoted(text)}: expected a path without control characters")
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        raise Wrong(f"{key} = {quoted(text)}: there is no such home folder") from error


def address(text: str) -> str:
    """The text, which may be empty. Raises ValueError if it is neither a mail address nor a web page."""
    is_header = text.isascii() and text.isprintable()
    if text and not (is_header and ("@" in text or "://" in text)):
        raise ValueError('not an address; expected one such as "you@example.org" or "https://example.org/bot"')
    return text
