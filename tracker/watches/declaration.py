"""Reads `schedules/watches.toml` (https://toml.io/en/v1.0.0); `schedules/README.md` explains every key."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from tracker.events import RECORDED
from tracker.model import TOPICS
from tracker.model.names import Lexicon
from tracker.toml import Wrong, at, called, check_words, listed, place_of, quoted, texts
from tracker.toml import table as in_shape
from tracker.watches.matching import PREFIXES, Classes, Watch, pattern

_MOST_STARS = 5

_Text = Annotated[str, Meta(min_length=1, max_length=200)]
_Texts = _Text | Annotated[list[_Text], Meta(min_length=1)]
_Size = Annotated[float, Meta(gt=0)]


class WatchTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of one `[[watch]]`."""

    name: Annotated[_Text, Meta(description="Name of the watch, unique in the file")]
    subject: Annotated[_Texts, Meta(description="Models that the event is about; one of the list is enough")] = []
    rival: Annotated[_Texts, Meta(description="Models that the event compares the subject with; over standings, the models to "
        "compare with instead of the leader")] = []  # fmt: skip
    board: Annotated[_Texts, Meta(description="Boards by id; `*` stands for anything")] = []
    metric: Annotated[_Texts, Meta(description="Metrics by id; `*` stands for anything")] = []
    topic: Annotated[_Texts, Meta(description="Metrics by topic")] = []
    kind: Annotated[_Texts, Meta(description="Kinds of event")] = []
    grade: Annotated[_Texts, Meta(description="Grades of event, also of events that are only recorded")] = []
    min_weight: Annotated[Annotated[int, Meta(ge=0, le=100)] | None, Meta(description="Minimum weight of an event")] = None
    news_only: Annotated[
        bool | None, Meta(description="false: also events that are only recorded; by default true, or false with `grade`")
    ] = None
    within: Annotated[
        Annotated[float, Meta(ge=0)] | None,
        Meta(description="Maximum distance in points behind the leader, or behind the best rival; ratios are in percent"),
    ] = None
    top: Annotated[Annotated[int, Meta(ge=1)] | None, Meta(description="Worst rank that counts")] = None
    above: Annotated[float | None, Meta(description="Value above this number; ratios are in percent")] = None
    below: Annotated[float | None, Meta(description="Value below this number; ratios are in percent")] = None
    each: Annotated[bool, Meta(description="true: fires for every model that meets it, not only for the first")] = False
    open_weights: Annotated[
        bool | None, Meta(description="Only models known to have open weights (true) or closed weights (false)")
    ] = None
    min_size_b: Annotated[
        _Size | None, Meta(description="Only models known to be at least this large: total parameters in 10⁹")
    ] = None
    max_size_b: Annotated[
        _Size | None, Meta(description="Only models known to be at most this large: total parameters in 10⁹")
    ] = None
    lab: Annotated[str, Meta(description="Only models of this lab")] = ""
    country: Annotated[str, Meta(description="Only models of labs of this country, as two letters")] = ""
    reasoning: Annotated[Literal["on", "off"] | None, Meta(description="Only models that reason (`on`) or do not (`off`)")] = None


_OF_EVENTS = ("kind", "grade", "min_weight", "news_only")


def load(path: Path, lexicon: Lexicon) -> tuple[Watch, ...]:
    """The watches of a file, in order; none without a file.

    Raises:
        DeclarationError: the file is wrong; one line naming file, watch, key, what was found and what is expected.
    """
    place = place_of(path, path.parent)
    watches = []
    with at(place):
        for number, table in enumerate(listed(path, "watch"), start=1):
            with at(f"{place}: {called('watch', table, number)}"):
                watches.append(_watch(table, lexicon))
        for number, watch in enumerate(watches):
            if watch.name in {earlier.name for earlier in watches[:number]}:
                raise Wrong(f"watch {quoted(watch.name)}: duplicate name; rename one")
    return tuple(watches)


def _watch(values: Mapping[str, object], lexicon: Lexicon) -> Watch:
    table = in_shape(values, WatchTable)
    _check_one_sort(values)
    check_words("kind", texts(table.kind), RECORDED)
    check_words("topic", texts(table.topic), TOPICS)
    for key in ("subject", "rival"):
        for text in texts(getattr(table, key)):
            _check_pattern(text, key)
    if table.min_size_b is not None and table.max_size_b is not None and table.min_size_b > table.max_size_b:
        raise Wrong(f"min_size_b = {table.min_size_b:g} is above max_size_b = {table.max_size_b:g}; swap them")
    return Watch(
        name=table.name,
        subjects=tuple(pattern(text, lexicon) for text in texts(table.subject)),
        rivals=tuple(pattern(text, lexicon) for text in texts(table.rival)),
        boards=texts(table.board),
        metrics=texts(table.metric),
        topics=texts(table.topic),
        classes=Classes(
            open_weights=table.open_weights,
            min_size_b=table.min_size_b,
            max_size_b=table.max_size_b,
            lab=table.lab,
            country=table.country,
            reasoning=table.reasoning or "",
        ),
        kinds=texts(table.kind),
        grades=texts(table.grade),
        min_weight=table.min_weight or 0,
        news_only=not table.grade if table.news_only is None else table.news_only,
        within=table.within,
        top=table.top,
        above=table.above,
        below=table.below,
        each=table.each,
        asks={key: value for key, value in values.items() if key != "name"},
    )


def _check_one_sort(values: Mapping[str, object]) -> None:
    """Refuse keys over events together with keys over standings."""
    over_standings = [key for key in ("within", "top", "above", "below") if key in values]
    stray = [key for key in (_OF_EVENTS if over_standings else ("each",)) if key in values]
    if stray and over_standings:
        raise Wrong(f"{stray[0]} is about events, but {over_standings[0]} makes this a watch over standings; remove one of them")
    if stray:
        raise Wrong("each is about standings; expected one of within, top, above, below beside it")
    if not values.keys() - {"name", "news_only"}:
        raise Wrong("has no condition; expected at least one of kind, subject, board, topic, within, top")


def _check_pattern(text: str, key: str) -> None:
    kind, found, rest = text.partition(":")
    if found and kind in PREFIXES and not rest.strip():
        raise Wrong(f"{key} = {quoted(text)} names nothing; expected {kind}:NAME")
    if found and kind not in PREFIXES and (near := get_close_matches(kind.casefold(), PREFIXES, n=1, cutoff=0.75)):
        raise Wrong(f'{key} = {quoted(text)} is unknown; did you mean "{near[0]}:{rest}"?')
    if text.count("*") > _MOST_STARS or not text.strip("* "):
        raise Wrong(f"{key} = {quoted(text)}; expected a name with at most {_MOST_STARS} stars; leave {key} out to mean any")
