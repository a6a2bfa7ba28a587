"""Reads what is declared in `schedules/`: one TOML file per board becomes one `Board`.

What a board's file leaves out comes from `_defaults.toml` of its source, then from `_defaults.toml` beside the sources. Every key is explained in `schedules/README.md`, and `schedules/board.schema.json` tells editors the same;
both follow the file shapes below and are held to them by tests. https://toml.io/en/v1.0.0
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from difflib import get_close_matches
from functools import cache, partial
from inspect import cleandoc
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, get_args, get_origin
from urllib.parse import parse_qsl, urlsplit

import jmespath
import jmespath.exceptions
import msgspec
from cronsim import CronSim, CronSimError
from msgspec import Meta, Struct, field

from tracker import toml
from tracker.cadence import covers_the_day, window
from tracker.errors import DeclarationError
from tracker.model import (
    CADENCES,
    Board,
    BoardId,
    Bounds,
    Column,
    Contract,
    Each,
    Group,
    Kind,
    Metric,
    MetricId,
    Nature,
    Newest,
    Pagination,
    Parse,
    Payload,
    Request,
    Window,
)
from tracker.toml import (
    Wrong,
    clean,
    dotted,
    in_toml_words,
    judge,
    keys,
    meant,
    members,
    purpose,
    quoted,
    span_s,
    texts,
    time_zone,
    understood,
    unknown_value,
)

Formats = Mapping[str, type[Struct]]
"""Name of a format → the type of its parser's options."""

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "released": Kind.DATE,
        "expires": Kind.DATE,
        "open_weights": Kind.FLAG,
        "reasoning": Kind.FLAG,
        "deprecated": Kind.FLAG,
        "total_parameters": Kind.NUMBER,
        "active_parameters": Kind.NUMBER,
        "context": Kind.NUMBER,
        "max_output": Kind.NUMBER,
    }
)
"""Attributes whose kind is known from their name; every other one is text."""

_NORMAL_95 = 1.96  # half-width of a 95 % interval in standard errors of a normal distribution
_NO_BOARDS = frozenset({"models", "routes.toml", "watches.toml"})
_DEFAULTS = "_defaults.toml"
_PATH_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_REFERENCE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")  # RFC 9110 §5.6.2
_LONGEST_JITTER_S = 86_400.0

_SECRETS = re.compile(
    r"(x-)?(api|access|secret|auth)?[-_]?key|((access|api|auth|id|secret|x-auth)[-_]?)?token|(client[-_]?)?secret"
    r"|passw(or)?d|pwd|(proxy-)?authorization|auth|bearer|cookie|sig|signature",
    re.IGNORECASE,
)
"""Names of headers and parameters whose values belong in the environment, not in a file under version control."""


# ── the shape of a file ──────────────────────────────────────────────────────────────────────────

REST = "*"
"""Stands, in a file shape, for every key that the table does not name itself."""


_Text = Annotated[str, Meta(min_length=1)]
_Source = Annotated[str, Meta(min_length=1, description="Column, dotted path, or what the format understands as one")]
_Sources = Annotated[list[_Source], Meta(min_length=1, description="Alternatives: the first one that the table has")]
_Missing = Annotated[list[str | int | float], Meta(description="Values that mean unknown, besides blanks, dashes and N/A")]
_Share = Annotated[float, Meta(ge=0, le=1)]

# What a board has in common with the files of defaults.
_Cadence = Annotated[
    str,
    Meta(description="When it is fetched: five-field cron, @hourly, @daily, @midnight, @weekly, @monthly, @yearly or @annually"),
]
_TimeZone = Annotated[str, Meta(description="IANA time zone of the cadence and of quiet")]
_Jitter = Annotated[str, Meta(description='Spread: each fetch comes up to so much later: "90s", "5m", "1h"')]
_Quiet = Annotated[list[str], Meta(description='Hours in which nothing is fetched: "22:00-06:00"; what falls into them waits')]
_Attribution = Annotated[str, Meta(description="Printed wherever its content is shown")]
_Terms = Annotated[str, Meta(description="What the publisher allows, and what follows from it")]
_MaxBytes = Annotated[int, Meta(ge=1, le=1_000_000_000, description="Largest body accepted, in bytes after inflating")]
_Timeout = Annotated[float, Meta(gt=0, le=600, description="Seconds until an unanswered request is given up")]
_Gap = Annotated[float, Meta(ge=0, le=3600, description="Seconds between two requests to the same host")]


class _ColumnTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    from_: Annotated[_Source | _Sources, Meta(description="Where the value stands; a list: the first that the table has")] = (
        field(name="from")
    )
    missing: _Missing = field(default_factory=list)
    kind: Annotated[
        Literal["text", "number", "date", "flag"] | None, Meta(description="What the text stands for; else known by the name")
    ] = None


_Column = _Source | _Sources | _ColumnTable


class _PaginationTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: Annotated[
        Literal["page_number", "cursor", "offset", "link"],
        Meta(description="How the next page is asked for; see the table of kinds"),
    ]
    param: Annotated[str, Meta(description="Query parameter that is sent: the page, the cursor or the offset")] = ""
    start: Annotated[int, Meta(ge=0, description="Number of the first page")] = 1
    size: Annotated[int, Meta(ge=1, description="Records per page, by which the offset grows")] = 100
    next: Annotated[str, Meta(description="JMESPath of the next cursor in the answer")] = ""
    more: Annotated[str, Meta(description="JMESPath that must be true for another page to be asked for")] = ""
    records: Annotated[str, Meta(description="JMESPath of the records; a page without any is the last")] = ""
    max_pages: Annotated[int, Meta(ge=1, le=10_000, description="More pages than this are an error, never a silent cut")] = 50


class _NewestTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    url: Annotated[_Text, Meta(description="Where the releases are named")]
    find: Annotated[
        _Text, Meta(description="Regular expression with one group; each match is a candidate, newest by its numbers")
    ]
    follow: Annotated[
        str, Meta(description="Regular expression with one group: the address of the file in which to look instead")
    ] = ""
    replace: Annotated[dict[str, str], Meta(description='Rewrites what was found: { "-" = "_" }')] = field(default_factory=dict)
    begins: Annotated[
        str, Meta(description="How the body of a release that is out begins; else the one before it is tried, 5 at most")
    ] = ""


class _EachTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    url: Annotated[_Text, Meta(description="Where the values are listed, as JSON")]
    find: Annotated[_Text, Meta(description="JMESPath of the list of texts there")]
    max_values: Annotated[int, Meta(ge=1, le=2_000, description="More values than this are an error, never a silent cut")] = 200


_Each = Annotated[list[_Text], Meta(min_length=1, description="The values themselves")]


class _FurtherRequestTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    url: Annotated[_Text, Meta(description="What is fetched: http or https; may name secrets as ${NAME}")]
    method: Annotated[Literal["GET", "POST"], Meta(description="HTTP method; a POST is sent without a body")] = "GET"
    headers: Annotated[dict[str, str], Meta(description="Request headers; values may name secrets as ${NAME}")] = field(
        default_factory=dict
    )
    params: Annotated[dict[str, str | int], Meta(description="Query parameters; values may name secrets as ${NAME}")] = field(
        default_factory=dict
    )
    pagination: Annotated[_PaginationTable | None, Meta(description="How a board spread over several answers is asked for")] = (
        None
    )
    each: Annotated[
        _Each | _EachTable | None, Meta(description="One answer per value, which stands for {each} in url and params")
    ] = None
    member: Annotated[str, Meta(description="The one file that is kept of an answer that is a ZIP archive")] = ""


class _RequestTable(_FurtherRequestTable, frozen=True, kw_only=True, forbid_unknown_fields=True):
    max_bytes: _MaxBytes = 32_000_000
    timeout_s: _Timeout = 30.0
    gap_s: _Gap = 2.0
    newest: Annotated[
        _NewestTable | None, Meta(description="How the release that stands for {newest} in url and params is found")
    ] = None


class _GroupTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    key: Annotated[_Source | _Sources, Meta(description="Rows that are equal here become one; a list: all of them together")]
    by: Annotated[str, Meta(description="Each value v of this column gives columns of its own, called v:column")] = ""
    take: Annotated[
        Literal["only", "first", "mean"], Meta(description="What becomes of several cells for one place; see the table")
    ] = "only"


class _ParseTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: Annotated[_Text, Meta(description="Which parser reads the bytes")]
    group: Annotated[_GroupTable | None, Meta(description="How the rows that belong together become one")] = None
    options: Annotated[dict[str, Any], Meta(description="Options of that format")] = field(default_factory=dict, name=REST)


class _PayloadTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    request: Annotated[_FurtherRequestTable, Meta(description="What is asked for, as in [request]")]
    parse: Annotated[_ParseTable, Meta(description="Which parser reads the bytes, as in [parse]")]
    key: Annotated[
        _Source | _ColumnTable | Annotated[list[_Column], Meta(min_length=1)] | None,
        Meta(description="Its column that equals the board's key; a list: its parts, in the board's order"),
    ] = None
    means: Annotated[bool, Meta(description="It names columns instead of holding values: their means are its columns")] = False
    required: Annotated[bool, Meta(description="false: where it cannot be had, its columns are absent")] = True


class _ColumnsTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    key: Annotated[
        _Source | _ColumnTable | Annotated[list[_Column], Meta(min_length=1)],
        Meta(description="The publisher's own stable key; a list: its parts, all of them together"),
    ]
    name: Annotated[_Column, Meta(description="The name as published")]
    rank: Annotated[_Column | None, Meta(description="The publisher's rank, if one is stated")] = None
    attributes: Annotated[dict[str, _Column], Meta(description="Any other key is an attribute of that name")] = field(
        default_factory=dict, name=REST
    )


class _MetricTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    from_: Annotated[
        _Source | _Sources | None, Meta(description="Where the value stands; a list: the first that the table has")
    ] = field(name="from", default=None)
    mean_of: Annotated[list[str], Meta(description="Instead of `from`: the plain mean of these metrics, declared above")] = field(
        default_factory=list
    )
    blend_of: Annotated[
        dict[str, Decimal], Meta(description="Instead of `from`: the mean of these metrics, declared above, with these weights")
    ] = field(default_factory=dict)
    title: Annotated[str, Meta(description="For people; else made of the id")] = ""
    nature: Annotated[
        Literal["tested", "fitted", "live", "listed", "count"],
        Meta(description="How the values behave, and so what counts as a change"),
    ]
    unit: Annotated[str, Meta(description="Unit of the values after scaling")] = ""
    topic: Annotated[str, Meta(description="What is measured: overall, coding, price, speed …")] = ""
    higher_is_better: Annotated[bool | None, Meta(description="Direction; required unless the nature is count")] = None
    primary: Annotated[bool, Meta(description="This metric ranks the board; one at most")] = False
    scale: Annotated[Decimal, Meta(description="Multiplies published values into the unit")] = Decimal(1)
    missing: _Missing = field(default_factory=list)
    low: Annotated[_Column | None, Meta(description="Column of the interval's lower end; goes with high")] = None
    high: Annotated[_Column | None, Meta(description="Column of the interval's upper end; goes with low")] = None
    plus_minus: Annotated[_Column | None, Meta(description="Column of the half-width: 6, ±6 or +5/-4")] = None
    half_width_factor: Annotated[
        Annotated[float, Meta(gt=0)] | None, Meta(description="Multiplies plus_minus into a 95 % half-width; 1 unless stated")
    ] = None
    standard_error: Annotated[
        _Column | None, Meta(description="Column of the standard error: plus_minus with the factor 1.96")
    ] = None
    estimated: Annotated[_Column | None, Meta(description="Column that is true where the value is an estimate")] = None
    stated_error: Annotated[
        Annotated[float, Meta(ge=0)] | None,
        Meta(description="The publisher's own error between two entries, at 95 %, in the unit"),
    ] = None
    volatile: Annotated[bool, Meta(description="Kept, but never compared")] = False


class _BoundsTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    min: Annotated[float | None, Meta(description="Smallest credible value, in the unit")] = None
    max: Annotated[float | None, Meta(description="Largest credible value, in the unit")] = None
    min_filled: Annotated[_Share, Meta(description="Share of the entries that must have a value")] = 0.0


class _ContractTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    depth: Annotated[
        Literal["whole", "varies"] | Annotated[int, Meta(ge=1, le=1_000_000)],
        Meta(description="How much the page shows: whole, varies, or the top N"),
    ] = "whole"
    min_entries: Annotated[int, Meta(ge=1, description="Fewer entries are not credible")] = 1
    max_drop: Annotated[_Share, Meta(description="Largest believable loss of entries between two readings")] = 0.3
    duplicates: Annotated[
        Literal["refuse", "ambiguous", "first", "best"], Meta(description="What a key that occurs twice means; see the table")
    ] = "refuse"
    stale_after: Annotated[
        str | None,
        Meta(description='How long the same content is believable: "36h", "14d"; else learned from the board\'s rhythm'),
    ] = None
    metrics: Annotated[dict[str, _BoundsTable], Meta(description="Any other key is a metric's id, with its bounds")] = field(
        default_factory=dict, name=REST
    )


class _BoardFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    title: Annotated[_Text, Meta(description="Name of the board, for people")]
    page: Annotated[_Text, Meta(description="Where people read it")]
    cadence: _Cadence = "0 6 * * *"
    time_zone: _TimeZone = "UTC"
    jitter: _Jitter = "0s"
    quiet: _Quiet = field(default_factory=list)
    attribution: _Attribution = ""
    terms: _Terms = ""
    enabled: Annotated[bool, Meta(description="false: kept, but not fetched until an operator decides otherwise")] = True
    missing: Annotated[
        list[str | int | float], Meta(description="Values that mean unknown in every column, besides those of the column itself")
    ] = field(default_factory=list)
    request: Annotated[_RequestTable, Meta(description="What is asked for")]
    parse: Annotated[_ParseTable, Meta(description="Which parser reads the bytes, with its options")]
    columns: Annotated[_ColumnsTable, Meta(description="Which column is the key, the name and each attribute")]
    metrics: Annotated[dict[str, _MetricTable], Meta(description="Columns of numbers that can be compared, by id")] = field(
        default_factory=dict
    )
    payloads: Annotated[
        dict[str, _PayloadTable],
        Meta(description="Further answers that the table is joined with; name:column is a column of one"),
    ] = field(default_factory=dict)
    contract: Annotated[_ContractTable, Meta(description="When the content is credible")] = field(default_factory=_ContractTable)


class _RequestDefaults(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    max_bytes: _MaxBytes = 32_000_000
    timeout_s: _Timeout = 30.0
    gap_s: _Gap = 2.0


class _DefaultsFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which keys a file of defaults may hold. Files are laid upon each other as they are written, so what it leaves out is left out."""

    cadence: _Cadence = "0 6 * * *"
    time_zone: _TimeZone = "UTC"
    jitter: _Jitter = "0s"
    quiet: _Quiet = field(default_factory=list)
    attribution: _Attribution = ""
    terms: _Terms = ""
    request: Annotated[_RequestDefaults, Meta(description="Of [request], these keys alone")] = field(
        default_factory=_RequestDefaults
    )


# ── the public door ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedules:
    """Everything that is declared: the boards that could be read, and what is wrong with the other files, by path."""

    boards: Mapping[BoardId, Board]
    errors: Mapping[str, DeclarationError]

    def board(self, board: str) -> Board:
        """The board of that id.

        Raises:
            DeclarationError: its file is wrong, or there is none; then the nearest known ids are named.
        """
        if BoardId(board) in self.boards:
            return self.boards[BoardId(board)]
        for path, error in self.errors.items():
            if path.endswith(f"/{board}.toml"):
                raise error
        inside = [one for one in self.boards if board and board in one]
        near = inside[:5] or get_close_matches(board[:200], self.boards, n=3)
        meant = f"; did you mean {', '.join(near)}?" if near else ""
        raise DeclarationError(
            f"board {quoted(board)} is unknown{meant} ({len(self.boards)} boards are declared: tracker boards)"
        )


def load(root: Path, formats: Formats) -> Schedules:
    """Read every board under `root`; a file that is wrong never hides the others.

    Raises:
        DeclarationError: `root` is no folder that can be read.
    """
    boards: dict[BoardId, Board] = {}
    errors: dict[str, DeclarationError] = {}
    read = cache(_read_defaults)
    for path in sorted(_definitions(root)):
        try:
            if _holds_defaults(path, root):
                read(path, root)
                continue
            board = _load_board(path, root, formats, read)
        except DeclarationError as error:
            errors[_place(path, root)] = error
        else:
            boards[board.id] = board
    return Schedules(boards=MappingProxyType(boards), errors=MappingProxyType(errors))


def load_board(path: Path, root: Path, formats: Formats) -> Board:
    """Read `<root>/<source>/<board>.toml`, upon the defaults of its source and of all. `formats` tells the options of each parser.

    Raises:
        DeclarationError: the file, or one of the defaults, is wrong; one line naming file, key, value found, values allowed.
    """
    return _load_board(path, root, formats, _read_defaults)


def fingerprint(root: Path) -> Mapping[str, tuple[int, int, int]]:
    """Every TOML file under `root`, by its path there: time of change in ns, size and inode. Two that are equal say that nothing changed.

    Nothing is read. A file that vanishes meanwhile is left out; a folder that cannot be listed stands there with zeros.
    """
    found: dict[str, tuple[int, int, int]] = {}
    _take_fingerprints(root, "", found)
    return MappingProxyType(found)


def schema(formats: Formats) -> dict[str, Any]:
    """JSON Schema of a board's file, the options of every format included, for editors."""
    components = _components(_BoardFile, "{name}")
    ours = components["_ParseTable"]["properties"]
    components["_ParseTable"] = {
        "oneOf": [_parse_schema(name, options, components, ours["group"]) for name, options in sorted(formats.items())]
    }
    root = components.pop("_BoardFile")
    definitions = {name.lstrip("_"): _published(node) for name, node in sorted(components.items())}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A board of the leaderboard tracker",
        **_published(root),
        "$defs": definitions,
    }


# ── files ────────────────────────────────────────────────────────────────────────────────────────


def _definitions(root: Path) -> Iterator[Path]:
    """Every file that should be a board; links and unreadable folders too, as they are refused by name, not passed over."""
    unreadable: list[OSError] = []
    for folder, folders, files in os.walk(root, onerror=unreadable.append):
        at = Path(folder)
        skipped = _NO_BOARDS if at == root else frozenset()
        folders[:] = [name for name in folders if not name.startswith(".") and name not in skipped]
        yield from (at / name for name in folders if (at / name).is_symlink())
        yield from (at / name for name in files if name.lower().endswith(".toml") and name not in skipped)
    for error in unreadable:
        if Path(error.filename) == root:
            raise DeclarationError(f"{clean(str(root))}: {error.strerror}; expected a folder of boards (--schedules)") from error
        yield Path(error.filename)


def _take_fingerprints(folder: Path, inside: str, found: dict[str, tuple[int, int, int]]) -> None:
    try:
        with os.scandir(folder) as entries:
            for one in entries:
                if one.is_dir(follow_symlinks=False):
                    if not one.name.startswith("."):
                        _take_fingerprints(Path(one.path), f"{inside}{one.name}/", found)
                elif one.name.lower().endswith(".toml") and (seen := _stat(one)):
                    found[inside + one.name] = (seen.st_mtime_ns, seen.st_size, seen.st_ino)
    except (FileNotFoundError, NotADirectoryError):
        return  # it has just been removed
    except OSError:
        found[inside or "."] = (0, 0, 0)  # `load` says what is wrong with it


def _stat(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        return entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None


def _place(path: Path, root: Path) -> str:
    """How a file is called in messages: `schedules/livebench/livebench.toml`."""
    inside = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
    return clean(f"{root.absolute().name}/{inside}")


def _board_id(path: Path, root: Path) -> BoardId:
    parts = path.relative_to(root).parts if path.is_relative_to(root) else ()
    if len(parts) != 2 or not parts[1].endswith(".toml"):
        raise Wrong("a board stands in <source>/<board>.toml, two levels deep; move the file there")
    for name in parts:
        if not _PATH_NAME.fullmatch(name):
            raise Wrong(f"{quoted(name)} is no name for a path; use a-z, 0-9, '.', '_' and '-', beginning with a letter or digit")
    return BoardId(f"{parts[0]}/{parts[1].removesuffix('.toml')}")


def _content(path: Path, root: Path) -> str:
    """The file's text. Links, devices and large files are refused before they are opened."""
    if path.is_symlink() or (path.parent != root and path.parent.is_symlink()):
        raise Wrong("is reached through a symbolic link; put the file itself there")
    return toml.text_of(path)


def _tables(text: str) -> dict[str, Any]:
    return toml.tables(text, parse_float=Decimal)


# ── defaults ─────────────────────────────────────────────────────────────────────────────────────

_Defaults = Callable[[Path, Path], dict[str, Any]]
"""How the tables of a file of defaults are had, by path and root; empty where there is no such file."""


def _holds_defaults(path: Path, root: Path) -> bool:
    """Whether it is the file of defaults of a source, or of all of them."""
    return path.name == _DEFAULTS and root in (path.parent, path.parent.parent)


def _read_defaults(path: Path, root: Path) -> dict[str, Any]:
    if not os.path.lexists(path):
        return {}
    with toml.at(_place(path, root)):
        tables = _tables(_content(path, root))
        file = msgspec.convert(_normal(tables, _DefaultsFile, ""), _DefaultsFile)
        _check_times(file)
    return tables


def _load_board(path: Path, root: Path, formats: Formats, read: _Defaults) -> Board:
    with toml.at(_place(path, root)):
        own, board = _tables(_content(path, root)), _board_id(path, root)
        defaults = _upon(_defaults(root, root, read), _defaults(path.parent, root, read))
        return _board(_upon(defaults, own, of_board=True), board, formats)


def _defaults(folder: Path, root: Path, read: _Defaults) -> dict[str, Any]:
    try:
        return read(folder / _DEFAULTS, root)
    except DeclarationError as error:
        raise Wrong(f"its defaults are wrong: {error}") from error


def _upon(under: dict[str, Any], over: dict[str, Any], *, of_board: bool = False) -> dict[str, Any]:
    """The keys of both; those of `over` win, and those of [request] one by one. A board without a [request] is not given one."""
    merged = under | over
    if isinstance(over.get("request"), dict):
        merged["request"] = under.get("request", {}) | over["request"]
    elif of_board and "request" not in over:
        merged.pop("request", None)
    return merged


# ── shapes ───────────────────────────────────────────────────────────────────────────────────────


def _normal(found: object, hint: Any, place: str) -> Any:
    """The value with every open table's further keys gathered under `*`, if it has the declared shape.

    msgspec says what is wrong but not under which key of a mapping, so the tables are walked here
    and msgspec judges the values.
    """
    types = members(hint)
    if isinstance(found, dict):
        for member in types:
            if isinstance(member, type) and issubclass(member, Struct):
                return _normal_table(found, member, place)
            if get_origin(member) is dict:
                return {key: _normal(value, get_args(member)[1], dotted(place, key)) for key, value in found.items()}
    if isinstance(found, list):
        for member in types:
            if get_origin(member) in (list, tuple, frozenset):
                found = [_normal(value, get_args(member)[0], f"{place}[{at}]") for at, value in enumerate(found)]
    if isinstance(found, Decimal) and not (found.is_finite() and math.isfinite(found)):
        raise Wrong(f"{place} = {'(not shown)' if _may_be_secret(place) else quoted(found)} is no finite number")
    judge(place, found, hint, secret=_may_be_secret(place))
    return found


def _normal_table(found: dict[str, Any], table: type[Struct], place: str) -> dict[str, Any]:
    fields = dict(keys(table))
    rest = fields.pop(REST, None)
    named = {key: value for key, value in found.items() if key in fields}
    further = {key: value for key, value in found.items() if key not in fields}
    inner = get_args(members(rest.type)[0])[1] if rest else None
    for key, value in further.items():
        if rest is None or (inner is _BoundsTable and not isinstance(value, dict)):
            raise Wrong(_unknown_key(place, key, fields))
    for one in fields.values():
        if one.required and one.encode_name not in found:
            raise Wrong(f"{dotted(place, one.encode_name)} is missing{purpose(one.type)}")
    normal = {key: _normal(value, fields[key].type, dotted(place, key)) for key, value in named.items()}
    if rest is not None:
        normal[REST] = {key: _normal(value, inner, dotted(place, key)) for key, value in further.items()}
    return normal


def _unknown_key(place: str, key: str, known: Iterable[str]) -> str:
    hint = "; it belongs to the top of the file, above the first [table]" if place and key in keys(_BoardFile) else ""
    return f"{dotted(place, key)} is unknown{hint}{meant(key, known)}"


def _may_be_secret(place: str) -> bool:
    return (place.startswith("request.") or ".request." in place) and "pagination" not in place


# ── board ────────────────────────────────────────────────────────────────────────────────────────


def _board(tables: dict[str, Any], board: BoardId, formats: Formats) -> Board:
    normal = _normal(tables, _BoardFile, "")
    parse = _parse(normal["parse"], formats, "parse")
    file = msgspec.convert(normal, _BoardFile)  # cannot fail: every value was judged on the way
    _check_times(file)
    _check_address(file.page, "page")
    metrics = _metrics(file.metrics)
    key = _key(file.columns.key)
    payloads = _payloads(file, normal, formats, len(key))
    board_of_file = Board(
        id=board,
        title=file.title,
        page=file.page,
        request=_own_request(file.request),
        parse=parse,
        key=key,
        name=_column(file.columns.name, Kind.TEXT),
        rank=_optional(file.columns.rank, Kind.NUMBER),
        attributes=_attributes(file.columns.attributes),
        metrics=metrics,
        contract=_contract(file.contract, metrics),
        cadence=file.cadence,
        time_zone=file.time_zone,
        jitter_s=_jitter(file.jitter),
        quiet=_quiet(file.quiet),
        attribution=file.attribution,
        terms=file.terms,
        enabled=file.enabled,
        payloads=payloads,
    )
    return _with_missing(board_of_file, _missing(file.missing)) if file.missing else board_of_file


def _check_times(file: _BoardFile | _DefaultsFile) -> None:
    _check_cadence(file.cadence)
    understood("time_zone", file.time_zone, time_zone)
    _jitter(file.jitter)
    _quiet(file.quiet)


def _jitter(span: str) -> float:
    seconds = understood("jitter", span, span_s)
    if seconds > _LONGEST_JITTER_S:
        raise Wrong(f"jitter = {quoted(span)} is longer than a day; expected at most 24h")
    return seconds


def _quiet(found: Sequence[str]) -> tuple[Window, ...]:
    windows = tuple(understood(f"quiet[{at}]", text, window) for at, text in enumerate(found))
    if covers_the_day(windows):
        raise Wrong(
            f"quiet = {quoted(', '.join(found))} covers the whole day; leave some time, or set enabled = false in the board"
        )
    return windows


def _check_cadence(cadence: str) -> None:
    cron = CADENCES.get(cadence, cadence)
    if cadence.startswith("@") and cadence not in CADENCES:
        raise Wrong(unknown_value("cadence", cadence, CADENCES))
    if len(cron.split()) != 5:
        raise Wrong(f"cadence = {quoted(cadence)} has {len(cron.split())} fields; expected minute hour day month weekday")
    try:
        next(CronSim(cron, datetime(2024, 1, 1)))  # noqa: DTZ001 - only asks whether the expression ever fires
    except CronSimError as error:
        raise Wrong(f"cadence = {quoted(cadence)} is no cron expression: {error}") from error
    except StopIteration as error:
        raise Wrong(f"cadence = {quoted(cadence)} never comes; expected a date that exists") from error


def _with_missing(board: Board, missing: frozenset[str]) -> Board:
    """The same with the board's own words for unknown in every column."""

    def more(column: Column | None) -> Any:
        return None if column is None else replace(column, missing=column.missing | missing)

    metrics = tuple(
        replace(
            one,
            column=more(one.column),
            low=more(one.low),
            high=more(one.high),
            plus_minus=more(one.plus_minus),
            estimated=more(one.estimated),
        )
        for one in board.metrics
    )
    attributes = MappingProxyType({name: more(column) for name, column in board.attributes.items()})
    return replace(board, rank=more(board.rank), attributes=attributes, metrics=metrics)


def _parse(found: dict[str, Any], formats: Formats, place: str) -> Parse:
    name, options = found["format"], found[REST]
    if name not in formats:
        raise Wrong(unknown_value(f"{place}.format", name, formats))
    normal = _normal_table(options, formats[name], place)
    try:
        msgspec.convert(normal, formats[name])
    except msgspec.ValidationError as error:
        raise Wrong(f"{place}: {in_toml_words(str(error))}") from error
    group = msgspec.convert(found["group"], _GroupTable) if "group" in found else None
    return Parse(
        format=name,
        options=MappingProxyType(_plain(normal)),
        group=None if group is None else Group(key=texts(group.key), by=group.by, take=group.take),
    )


# ── payloads ─────────────────────────────────────────────────────────────────────────────────────


def _payloads(file: _BoardFile, normal: Mapping[str, Any], formats: Formats, key_parts: int) -> tuple[Payload, ...]:
    found = normal.get("payloads", {})
    return tuple(
        _payload(name, table, _parse(found[name]["parse"], formats, f"{dotted('payloads', name)}.parse"), file.request, key_parts)
        for name, table in file.payloads.items()
    )


def _payload(name: str, table: _PayloadTable, parse: Parse, board: _RequestTable, key_parts: int) -> Payload:
    place = dotted("payloads", name)
    _check_name(name, place)
    key = () if table.key is None else _key(table.key)
    if table.means and key:
        raise Wrong(f"{place}.key means nothing beside means; remove it")
    if not table.means and len(key) != key_parts:
        raise Wrong(f"{place}.key has {len(key)} columns; expected {key_parts}, as columns.key has")
    request = _request(table.request, f"{place}.request", newest=board.newest)
    request = replace(request, max_bytes=board.max_bytes, timeout_s=board.timeout_s, gap_s=board.gap_s)
    return Payload(name=name, request=request, parse=parse, key=key, means=table.means, required=table.required)


def _plain(found: Any) -> Any:
    """Exact decimals back as ordinary numbers, for parsers that know only those."""
    if isinstance(found, dict):
        return {key: _plain(value) for key, value in found.items()}
    if isinstance(found, list):
        return [_plain(value) for value in found]
    return float(found) if isinstance(found, Decimal) else found


# ── request ──────────────────────────────────────────────────────────────────────────────────────


def _own_request(table: _RequestTable) -> Request:
    request = _request(table, "request", newest=table.newest)
    newest = None if table.newest is None else _newest(table.newest)
    return replace(request, newest=newest, max_bytes=table.max_bytes, timeout_s=table.timeout_s, gap_s=table.gap_s)


def _request(table: _FurtherRequestTable, place: str, *, newest: _NewestTable | None) -> Request:
    _check_address(table.url, f"{place}.url")
    _check_headers(table.headers, f"{place}.headers")
    params = {name: str(value) for name, value in table.params.items()}
    for name, value in params.items():
        _check_secret(name, value, dotted(f"{place}.params", name))
    _check_pagination(table, place)
    _check_places(table, place, newest=newest)
    return Request(
        url=table.url,
        method=table.method,
        headers=MappingProxyType(dict(table.headers)),
        params=MappingProxyType(params),
        pagination=Pagination(**msgspec.structs.asdict(table.pagination)) if table.pagination else None,
        each=None if table.each is None else _each(table.each, f"{place}.each"),
        member=table.member,
    )


def _check_places(table: _FurtherRequestTable, place: str, *, newest: _NewestTable | None) -> None:
    """What is to be replaced in addresses stands there exactly where something replaces it."""
    texts_ = (table.url, *map(str, table.params.values()))
    if isinstance(table, _RequestTable) and newest is not None and "{newest}" not in table.url:
        raise Wrong(
            f"{place}.newest is declared, but {place}.url does not say {{newest}}"
        )  # the url of a capture tells its release
    for word, there in (("{newest}", newest is not None), ("{each}", table.each is not None)):
        used = any(word in text for text in texts_)
        if used and not there:
            raise Wrong(f"{place}.url or params say {word}, but request.{word.strip('{}')} is missing")
        if there and not used and word == "{each}":
            raise Wrong(f"{place}.each is declared, but neither url nor params say {word}")
    if table.each is not None and table.pagination is not None:
        raise Wrong(f"{place} has both each and pagination; keep one")
    host = urlsplit(table.url).netloc
    if "{" in host:
        raise Wrong(f"{place}.url has a part to be replaced in its host; expected one behind it")


def _newest(table: _NewestTable) -> Newest:
    _check_address(table.url, "request.newest.url")
    for key in ("find", "follow"):
        if pattern := getattr(table, key):
            _check_one_group(pattern, f"request.newest.{key}")
    return Newest(
        url=table.url, find=table.find, follow=table.follow, replace=MappingProxyType(dict(table.replace)), begins=table.begins
    )


def _check_one_group(pattern: str, place: str) -> None:
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        raise Wrong(f"{place} = {quoted(pattern)} is no regular expression: {error}") from error
    if groups != 1:
        raise Wrong(f"{place} = {quoted(pattern)} has {groups} groups; expected one")


def _each(found: Sequence[str] | _EachTable, place: str) -> Each:
    if isinstance(found, _EachTable):
        _check_address(found.url, f"{place}.url")
        _check_jmespath(found.find, f"{place}.find")
        return Each(url=found.url, find=found.find, max_values=found.max_values)
    if len(set(found)) != len(found):
        raise Wrong(f"{place} names a value twice; remove one")
    return Each(values=tuple(found))


def _check_address(url: str, place: str) -> None:
    """Refuse what is no plain http(s) address. What may be a secret is not repeated in the message."""
    if not url.isprintable() or re.search(r"[\s\\]", url):
        raise Wrong(f"{place} contains blanks, backslashes or control characters; percent-encode them")
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.port is None or parts.port else None
    except ValueError as error:
        raise Wrong(f"{place} is no address: {clean(str(error))}") from error
    if "@" in parts.netloc:
        raise Wrong(f"{place} contains a user name; remove it, and send credentials as a header with ${{NAME}}")
    if parts.scheme not in ("http", "https") or not host or "$" in parts.netloc:
        raise Wrong(f"{place} = {quoted(url.partition('?')[0])} is no address; expected http:// or https:// and a host")
    _check_references(url, place)
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        _check_secret(name, value, f"{place}, parameter {quoted(name)},")


def _check_headers(headers: Mapping[str, str], under: str) -> None:
    for name, value in headers.items():
        place = dotted(under, name)
        if not _HEADER_NAME.fullmatch(name):
            raise Wrong(f"{place} is no name of a header; expected letters, digits and '-'")
        if not value.isprintable() or not value.isascii():
            raise Wrong(f"{place} contains characters that a header cannot carry; use printable ASCII on one line")
        _check_secret(name, value, place)


def _check_secret(name: str, value: str, place: str) -> None:
    _check_references(value, place)
    if _SECRETS.fullmatch(name) and value and not _REFERENCE.search(value):
        raise Wrong(f"{place} holds a secret in plain text; set it in the environment and write ${{NAME}} here")


def _check_references(text: str, place: str) -> None:
    if re.search(r"\$\{|\$[A-Z]", _REFERENCE.sub("", text)):
        raise Wrong(f"{place} has a malformed reference to the environment; expected ${{NAME}} of letters, digits and _")


_PAGINATION_KEYS = {
    "page_number": ("param",),
    "cursor": ("param", "next"),
    "offset": ("param",),
    "link": (),
}
_PAGINATION_OWNERS = {
    "start": ("page_number",),
    "size": ("offset",),
    "next": ("cursor",),
    "param": ("page_number", "cursor", "offset"),
}


def _check_pagination(table: _FurtherRequestTable, place: str) -> None:
    pagination = table.pagination
    if pagination is None:
        return
    fresh = _PaginationTable(kind=pagination.kind)
    for key in _PAGINATION_KEYS[pagination.kind]:
        if not getattr(pagination, key):
            raise Wrong(f'{place}.pagination.{key} is missing; the kind "{pagination.kind}" needs it')
    for key, owners in _PAGINATION_OWNERS.items():
        if pagination.kind not in owners and getattr(pagination, key) != getattr(fresh, key):
            raise Wrong(f'{place}.pagination.{key} means nothing to the kind "{pagination.kind}"; remove it')
    for key in ("next", "more", "records"):
        _check_jmespath(getattr(pagination, key), f"{place}.pagination.{key}")
    sent = {*table.params, *(name for name, _ in parse_qsl(urlsplit(table.url).query, keep_blank_values=True))}
    if pagination.param in sent:
        raise Wrong(f"{place}.pagination.param = {quoted(pagination.param)} is also set by the url or params; remove it there")


def _check_jmespath(expression: str, place: str) -> None:
    if not expression:
        return
    try:
        jmespath.compile(expression)
    except (jmespath.exceptions.JMESPathError, RecursionError) as error:
        reason = clean(str(error).partition("\n")[0])
        raise Wrong(f"{place} = {quoted(expression)} is no JMESPath: {reason}") from error


# ── columns ──────────────────────────────────────────────────────────────────────────────────────


def _missing(found: Iterable[str | float]) -> frozenset[str]:
    return frozenset(str(value) for value in found)


def _column(found: str | Sequence[str] | _ColumnTable, kind: Kind) -> Column:
    if not isinstance(found, _ColumnTable):
        return Column(sources=texts(found), kind=kind)
    return Column(sources=texts(found.from_), missing=_missing(found.missing), kind=Kind(found.kind) if found.kind else kind)


def _optional(found: str | Sequence[str] | _ColumnTable | None, kind: Kind) -> Column | None:
    return None if found is None else _column(found, kind)


def _key(found: str | _ColumnTable | Sequence[str | list[str] | _ColumnTable]) -> tuple[Column, ...]:
    parts = [found] if isinstance(found, (str, _ColumnTable)) else found
    return tuple(_column(part, Kind.TEXT) for part in parts)


def _attributes(found: Mapping[str, str | list[str] | _ColumnTable]) -> Mapping[str, Column]:
    for name in found:
        _check_name(name, dotted("columns", name))
    return MappingProxyType({name: _column(column, KINDS.get(name, Kind.TEXT)) for name, column in found.items()})


def _check_name(name: str, place: str) -> None:
    if not _NAME.fullmatch(name):
        raise Wrong(f"{place} is no name; use a-z, 0-9 and '_', beginning with a letter, 64 at most")


# ── metrics ──────────────────────────────────────────────────────────────────────────────────────


def _metrics(found: Mapping[str, _MetricTable]) -> tuple[Metric, ...]:
    for at, (name, table) in enumerate(found.items()):
        place = dotted("metrics", name)
        _check_name(name, place)
        if name in keys(_ContractTable):
            raise Wrong(f"{place} cannot be told from the key contract.{name}; choose another id")
        _check_origin(table, place, tuple(found)[:at], tuple(found)[at:])
        _check_interval(table, place)
        _check_direction(table, place)
    first, *others = [name for name, table in found.items() if table.primary] or [""]
    if others:
        raise Wrong(f"metrics.{others[0]}.primary = true, but metrics.{first} is primary already; a board has one at most")
    return tuple(_metric(MetricId(name), table) for name, table in found.items())


_ORIGINS = ("from", "mean_of", "blend_of")
_OF_A_COLUMN = ("missing", "low", "high", "plus_minus", "half_width_factor", "standard_error", "estimated")


def _check_origin(table: _MetricTable, place: str, earlier: Sequence[str], later: Sequence[str]) -> None:
    given = [key for key, found in zip(_ORIGINS, (table.from_, table.mean_of, table.blend_of), strict=True) if found]
    if not given:
        raise Wrong(
            f"{place}.from is missing; expected a column, or mean_of = [metrics] or blend_of = {{ metric = weight }} instead"
        )
    if len(given) > 1:
        raise Wrong(f"{place} has both {given[0]} and {given[1]}; keep one")
    for key in (*_OF_A_COLUMN, "scale") if given != ["from"] else ():
        if getattr(table, key) != getattr(_MetricTable(nature=table.nature), key):
            raise Wrong(f"{place}.{key} means nothing beside {given[0]}; remove it")
    for at, part in enumerate(table.mean_of):
        _check_part(part, f"{place}.mean_of[{at}]", earlier, later)
        if part in table.mean_of[:at]:
            raise Wrong(f'{place}.mean_of[{at}] = "{part}" occurs twice; remove one')
    for part, weight in table.blend_of.items():
        _check_part(part, f"{place}.blend_of", earlier, later)
        if not weight.is_finite() or weight <= 0:
            raise Wrong(f"{place}.blend_of.{part} = {quoted(weight)}; expected a weight above 0")
    if not table.scale.is_finite() or table.scale <= 0:
        raise Wrong(f"{place}.scale = {quoted(table.scale)}; expected a number above 0")


def _check_part(part: str, place: str, earlier: Sequence[str], later: Sequence[str]) -> None:
    if part in later:
        raise Wrong(f'{place} = "{part}" stands in the file no earlier than this metric; move [metrics.{part}] above it')
    if part not in earlier:
        raise Wrong(unknown_value(place, part, earlier))


def _check_interval(table: _MetricTable, place: str) -> None:
    if (table.low is None) != (table.high is None):
        there, absent = ("low", "high") if table.high is None else ("high", "low")
        raise Wrong(f"{place}.{absent} is missing; {there} needs it")
    given = [key for key in ("low", "plus_minus", "standard_error") if getattr(table, key) is not None]
    if len(given) > 1:
        raise Wrong(f"{place} has both {given[0]} and {given[1]}; keep one way to tell the interval")
    if table.half_width_factor is not None and table.standard_error is not None:
        raise Wrong(f"{place}.half_width_factor is 1.96 with standard_error; remove it, or use plus_minus")


def _check_direction(table: _MetricTable, place: str) -> None:
    if table.higher_is_better is not None:
        return
    if table.primary:
        raise Wrong(f"{place}.higher_is_better is missing; a primary metric ranks the board, so expected true or false")
    if table.nature != "count":
        raise Wrong(f'{place}.higher_is_better is missing; expected true or false, as its nature is "{table.nature}"')


def _metric(metric: MetricId, table: _MetricTable) -> Metric:
    factor = _NORMAL_95 if table.standard_error is not None else table.half_width_factor
    return Metric(
        id=metric,
        title=table.title or metric.replace("_", " ").capitalize(),
        column=Column(sources=texts(table.from_ or ()), missing=_missing(table.missing), kind=Kind.NUMBER),
        nature=Nature(table.nature),
        unit=table.unit,
        topic=table.topic,
        higher_is_better=table.higher_is_better,
        primary=table.primary,
        scale=table.scale,
        low=_optional(table.low, Kind.NUMBER),
        high=_optional(table.high, Kind.NUMBER),
        plus_minus=_optional(table.plus_minus if table.standard_error is None else table.standard_error, Kind.NUMBER),
        half_width_factor=1.0 if factor is None else factor,
        estimated=_optional(table.estimated, Kind.FLAG),
        stated_error=table.stated_error,
        volatile=table.volatile,
        mean_of=tuple(MetricId(part) for part in table.mean_of),
        blend_of=tuple((MetricId(part), weight) for part, weight in table.blend_of.items()),
    )


# ── contract ─────────────────────────────────────────────────────────────────────────────────────


def _contract(table: _ContractTable, metrics: Sequence[Metric]) -> Contract:
    known = {metric.id for metric in metrics}
    for name, bounds in table.metrics.items():
        if name not in known:
            every = {*keys(_ContractTable), *known} - {REST}
            raise Wrong(f"{dotted('contract', name)} is neither a key nor a metric{meant(name, every)}")
        if bounds.min is not None and bounds.max is not None and bounds.min > bounds.max:
            raise Wrong(f"contract.{name}.min = {quoted(bounds.min)} is above its max {quoted(bounds.max)}")
    if isinstance(table.depth, int) and table.min_entries > table.depth:
        raise Wrong(f"contract.min_entries = {quoted(table.min_entries)} is more than contract.depth {quoted(table.depth)} shows")
    if table.duplicates == "best" and not any(metric.primary for metric in metrics):
        raise Wrong('contract.duplicates = "best" needs a metric with primary = true; declare one, or use "first"')
    return Contract(
        depth=table.depth,
        min_entries=table.min_entries,
        max_drop=table.max_drop,
        duplicates=table.duplicates,
        bounds=MappingProxyType({MetricId(name): Bounds(**msgspec.structs.asdict(one)) for name, one in table.metrics.items()}),
        stale_after_s=understood("contract.stale_after", table.stale_after, partial(span_s, least=1))
        if table.stale_after is not None
        else None,
    )


# ── schema ───────────────────────────────────────────────────────────────────────────────────────


def _components(table: type[Struct], name: str) -> dict[str, Any]:
    _, components = msgspec.json.schema_components([table], ref_template="#/$defs/" + name)
    return components


def _parse_schema(name: str, options: type[Struct], components: dict[str, Any], group: Any) -> dict[str, Any]:
    """The [parse] table of one format, with what every format has. Types its options refer to join the components under the format's name."""
    own = _components(options, f"{name}.{{name}}")
    table = own.pop(options.__name__)
    components.update({f"{name}.{inner}": node for inner, node in own.items()})
    return {
        **table,
        "properties": {
            "format": {"const": name, "description": "Which parser reads the bytes"},
            "group": group,
            **table["properties"],
        },
        "required": ["format", *table.get("required", ())],
    }


def _published(node: Any) -> Any:
    """A part of msgspec's schema in terms of a TOML file: no null, and none of our types' names."""
    if isinstance(node, list):
        return [_published(one) for one in node if one != {"type": "null"}]
    if not isinstance(node, dict):
        return node
    public = {key: _published(value) for key, value in node.items() if not _is_ours(key, value)}
    if isinstance(public.get("description"), str):
        public["description"] = cleandoc(public["description"])  # Python 3.13 unindents docstrings, others do not
    if isinstance(public.get("$ref"), str):
        public["$ref"] = public["$ref"].replace("#/$defs/_", "#/$defs/")
    if len(public.get("anyOf", ())) == 1:
        public = public.pop("anyOf")[0] | public
    return _opened(_with_numbers(public))


def _is_ours(key: str, value: object) -> bool:
    return (key == "title" and isinstance(value, str)) or (key == "default" and value is None)


def _with_numbers(node: dict[str, Any]) -> dict[str, Any]:
    """A decimal may be written as a number; msgspec knows it as text only."""
    if node.get("format") != "decimal":
        return node
    return {key: value for key, value in node.items() if key != "format"} | {"type": ["number", "string"]}


def _opened(node: dict[str, Any]) -> dict[str, Any]:
    """A table with the key `*` takes any other key too."""
    properties = node.get("properties")
    if not isinstance(properties, dict) or REST not in properties:
        return node
    named = {key: value for key, value in properties.items() if key != REST}
    return node | {"properties": named, "additionalProperties": properties[REST]["additionalProperties"]}
