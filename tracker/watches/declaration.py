"""Reads `schedules/watches.toml` (https://toml.io/en/v1.0.0); `schedules/README.md` explains every key."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, field
from msgspec.structs import FieldInfo

from tracker.errors import DeclarationError
from tracker.events import KINDS, TROUBLES
from tracker.lexicon import Lexicon
from tracker.watches.matching import ANYONE, PREFIXES, Classes, Pattern, pattern

_MOST_BYTES = 256 * 1024
_MOST_STARS = 5

_Text = Annotated[str, Meta(min_length=1, max_length=200)]
_Texts = _Text | Annotated[list[_Text], Meta(min_length=1)]
_Size = Annotated[float, Meta(gt=0)]


class WatchTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of one `[[watch]]`."""

    name: Annotated[_Text, Meta(description="What the watch is called; no two bear one name")]
    subject: Annotated[_Texts, Meta(description="Models it is about; one of the list is enough")] = field(default_factory=list)
    rival: Annotated[_Texts, Meta(description="Models the event is told against; of a standing, those who are measured instead of the leader")] = field(default_factory=list)  # fmt: skip
    board: Annotated[_Texts, Meta(description="Boards by id; `*` stands for anything")] = field(default_factory=list)
    metric: Annotated[_Texts, Meta(description="Metrics by id; `*` stands for anything")] = field(default_factory=list)
    topic: Annotated[_Texts, Meta(description="Metrics by topic, as the boards declare it")] = field(default_factory=list)
    kind: Annotated[_Texts, Meta(description="Kinds of event")] = field(default_factory=list)
    grade: Annotated[_Texts, Meta(description="Grades of event")] = field(default_factory=list)
    min_weight: Annotated[Annotated[int, Meta(ge=0, le=100)] | None, Meta(description="Least weight of an event")] = None
    told: Annotated[bool | None, Meta(description="false: also events that are only kept in the record")] = None
    within: Annotated[Annotated[float, Meta(ge=0)] | None, Meta(description="At most so many points behind the leader, or behind the best of the rivals; ratios are counted in percent")] = None  # fmt: skip
    top: Annotated[Annotated[int, Meta(ge=1)] | None, Meta(description="At rank so many or better")] = None
    above: Annotated[float | None, Meta(description="Value above this number; ratios are counted in percent")] = None
    below: Annotated[float | None, Meta(description="Value below this number; ratios are counted in percent")] = None
    each: Annotated[bool, Meta(description="true: fires for every model that comes to fulfil it, not only for the first")] = False
    open_weights: Annotated[bool | None, Meta(description="Only models known to have open weights, or known to have none")] = None
    min_size_b: Annotated[_Size | None, Meta(description="Only models known to be so large: total parameters in 10⁹")] = None
    max_size_b: Annotated[_Size | None, Meta(description="Only models known to be no larger: total parameters in 10⁹")] = None
    lab: Annotated[str, Meta(description="Only models of this lab")] = ""
    country: Annotated[str, Meta(description="Only models of labs of this country, as two letters")] = ""
    reasoning: Annotated[Literal["on", "off"] | None, Meta(description="Only models that reason, or that do not")] = None


_OF_EVENTS = ("kind", "grade", "min_weight", "told")
_OF_STANDINGS = ("within", "top", "above", "below", "each")


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A user's rule. With a threshold (`within`, `top`, `above`, `below`) it is over standings, else over events.

    Empty tuples and None ask for nothing. `told`: only news. `asks` are the keys and values as the file has them.
    """

    name: str
    subjects: tuple[Pattern, ...] = ()
    rivals: tuple[Pattern, ...] = ()
    boards: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    classes: Classes = ANYONE
    kinds: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    min_weight: int = 0
    told: bool = True
    within: float | None = None
    top: int | None = None
    above: float | None = None
    below: float | None = None
    each: bool = False
    asks: Mapping[str, object] = dataclasses.field(default_factory=dict, compare=False)

    @property
    def standing(self) -> bool:
        """Whether it is over standings."""
        return any(one is not None for one in (self.within, self.top, self.above, self.below))


def load(path: Path, lexicon: Lexicon | None = None) -> tuple[Watch, ...]:
    """The watches of a file, in its order; none where there is no file.

    Raises:
        DeclarationError: the file is wrong; one line naming file, watch, key, what was found and what is expected.
    """
    place = f"{path.parent.name}/{path.name}"
    tables = _tables(path, place)
    for key in tables.keys() - {"watch"}:
        raise DeclarationError(f"{place}: {_quoted(key)} is unknown; expected only [[watch]] tables")
    found = tables.get("watch", [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise DeclarationError(f"{place}: watch is no list of tables; write [[watch]] above each")
    watches = tuple(_watch(one, f"{place}: {_called(one, number)}", lexicon) for number, one in enumerate(found, start=1))
    _check_names(watches, place)
    return watches


def _tables(path: Path, place: str) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            body = file.read(_MOST_BYTES + 1)
        if len(body) > _MOST_BYTES:
            raise DeclarationError(f"{place}: more than {_MOST_BYTES} bytes; expected a list of watches")
        return tomllib.loads(body.decode())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise DeclarationError(f"{place}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DeclarationError(f"{place}: is not valid TOML: {error}; expected [[watch]] tables") from error


def _called(table: Mapping[str, object], number: int) -> str:
    name = table.get("name")
    return f"watch {_quoted(name)}" if isinstance(name, str) and name else f"watch {number}"


def _check_names(watches: Iterable[Watch], place: str) -> None:
    seen: set[str] = set()
    for watch in watches:
        if watch.name in seen:
            raise DeclarationError(f"{place}: watch {_quoted(watch.name)} stands there twice; give one of them another name")
        seen.add(watch.name)


# ── one watch ────────────────────────────────────────────────────────────────────────────────────


def _watch(found: Mapping[str, object], place: str, lexicon: Lexicon | None) -> Watch:
    table = _table(found, place)
    _check_one_sort(found, place)
    _check_words(found, place, "kind", (*KINDS, *TROUBLES))
    for key in ("subject", "rival"):
        for text in _texts(getattr(table, key)):
            _check_pattern(text, place, key)
    if table.min_size_b is not None and table.max_size_b is not None and table.min_size_b > table.max_size_b:
        raise DeclarationError(
            f"{place}: min_size_b = {table.min_size_b:g} is above max_size_b = {table.max_size_b:g}; swap them"
        )
    return Watch(
        name=table.name,
        subjects=tuple(pattern(one, lexicon) for one in _texts(table.subject)),
        rivals=tuple(pattern(one, lexicon) for one in _texts(table.rival)),
        boards=_texts(table.board),
        metrics=_texts(table.metric),
        topics=_texts(table.topic),
        classes=Classes(
            open_weights=table.open_weights,
            min_size_b=table.min_size_b,
            max_size_b=table.max_size_b,
            lab=table.lab,
            country=table.country,
            reasoning=table.reasoning or "",
        ),
        kinds=_texts(table.kind),
        grades=_texts(table.grade),
        min_weight=table.min_weight or 0,
        told=table.told is not False,
        within=table.within,
        top=table.top,
        above=table.above,
        below=table.below,
        each=table.each,
        asks={key: value for key, value in found.items() if key != "name"},
    )


def _texts(found: str | Iterable[str]) -> tuple[str, ...]:
    return (found,) if isinstance(found, str) else tuple(found)


def _table(found: Mapping[str, object], place: str) -> WatchTable:
    """The table in its shape. msgspec does not say which key of it is wrong in our words, so the keys are judged one by one."""
    shape = {one.encode_name: one for one in msgspec.structs.fields(WatchTable)}
    for key, value in found.items():
        if key not in shape:
            raise DeclarationError(f"{place}: {_quoted(key)} is unknown{_meant(key, shape)}")
        _check_value(value, shape[key], place)
    if "name" not in found:
        raise DeclarationError(f"{place}: name is missing (what the watch is called)")
    return msgspec.convert(found, WatchTable)


def _check_value(value: object, key: FieldInfo, place: str) -> None:
    try:
        msgspec.convert(value, key.type)
    except msgspec.ValidationError as error:
        said = _TYPES.sub(lambda word: _IN_TOML.get(word[1], word[1]), str(error).replace(", got ", ", found "))
        said = said[:1].lower() + said[1:]
        raise DeclarationError(f"{place}: {key.encode_name} = {_quoted(value)}: {said}") from error


_TYPES = re.compile(r"`(\w+)(?: \| \w+)*`")
_IN_TOML = {"str": "text", "array": "list", "int": "whole number", "float": "number", "bool": "true or false", "object": "table"}


def _check_one_sort(found: Mapping[str, object], place: str) -> None:
    """Keys over events and keys over standings do not go together."""
    over_standings = [key for key in ("within", "top", "above", "below") if key in found]
    stray = [key for key in (_OF_EVENTS if over_standings else ("each",)) if key in found]
    if stray and over_standings:
        raise DeclarationError(
            f"{place}: {stray[0]} is about events, but {over_standings[0]} makes this a watch over standings; remove one of them"
        )
    if stray:
        raise DeclarationError(f"{place}: each is about standings; expected one of within, top, above, below beside it")
    if len(found.keys() - {"name", "told"}) == 0:
        raise DeclarationError(f"{place}: asks for nothing; expected at least one of kind, subject, board, topic, within, top")


def _check_words(found: Mapping[str, object], place: str, key: str, known: Iterable[str]) -> None:
    value = found.get(key, [])
    for word in [value] if isinstance(value, str) else value if isinstance(value, list) else []:
        if word not in known:
            raise DeclarationError(f"{place}: {key} = {_quoted(word)} is unknown{_meant(word, known)}")


def _check_pattern(text: str, place: str, key: str) -> None:
    kind, found, rest = text.partition(":")
    if found and kind in PREFIXES and not rest.strip():
        raise DeclarationError(f"{place}: {key} = {_quoted(text)} names nothing; expected {kind}:NAME")
    if found and kind not in PREFIXES and (near := get_close_matches(kind.casefold(), PREFIXES, n=1, cutoff=0.75)):
        raise DeclarationError(f'{place}: {key} = {_quoted(text)} is unknown; did you mean "{near[0]}:{rest}"?')
    if text.count("*") > _MOST_STARS or not text.strip("* "):
        raise DeclarationError(
            f"{place}: {key} = {_quoted(text)}; expected a name with at most {_MOST_STARS} stars; leave {key} out to mean any"
        )


def _meant(found: str, known: Iterable[str]) -> str:
    every = sorted(known)
    near = get_close_matches(found[:80], every, n=1)
    return (f'; did you mean "{near[0]}"?' if near else ";") + f" known: {', '.join(every)}"


def _quoted(found: object) -> str:
    text = str(found).lower() if isinstance(found, bool) else str(found)
    shown = "".join(sign if sign.isprintable() else "?" for sign in (text if len(text) <= 80 else text[:77] + "…"))
    return f'"{shown}"'
