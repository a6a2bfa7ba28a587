"""Which boards and metrics people mean by their words, and who is of a class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tracker.claims._records import ModelGroup
from tracker.claims.pieces import canonical
from tracker.claims.words import EVERY, NARROW
from tracker.model import Board, Entry, Metric, Nature, name_tokens
from tracker.traits import traits


def is_called(board: Board, source: str) -> bool:
    """Whether people mean this board by these words: `artificial analysis`, `aa`, `arena`, `arena text`."""
    words = name_tokens(source)
    own = {*name_tokens(board.id), *name_tokens(board.title)}
    head = name_tokens(board.title.partition(":")[0])
    if len(words) == 1 and words[0] == "".join(word[0] for word in head) and len(head) > 1:
        return True
    if "".join(words) in own:
        return True
    return bool(words) and all(any(one == word or (len(word) > 4 and one.endswith(word)) for one in own) for word in words)


_TIME_UNITS = ("s", "ms", "seconds", "second", "sec")


def topic_of(metric: Metric) -> str:
    """A metric's topic in one word; a time is a latency, though its board calls it speed."""
    topic = canonical(metric.topic)
    return "latency" if topic == "speed" and metric.unit.casefold() in _TIME_UNITS else topic


def is_titled(metric: Metric, topic: str) -> bool:
    """Whether a topic is the very title of a metric."""
    return name_tokens(topic) in (name_tokens(metric.title), name_tokens(metric.id))


def metrics_of(board: Board, topic: str, *, named: bool) -> tuple[Metric, ...]:
    """The metrics of a board that a topic means; without one the metric that ranks it, if that is of models in general or the board was `named`."""
    directed = [metric for metric in board.metrics if metric.higher_is_better is not None]
    if topic == EVERY:
        return tuple(metric for metric in directed if metric.ranked)
    wanted, part = canonical(topic), canonical(board.id.partition("/")[2])
    if not topic or wanted == "overall":
        general = [metric for metric in directed if metric.primary and metric.ranked]
        return tuple(metric for metric in general if named or (part not in NARROW and topic_of(metric) in ("overall", "")))
    titled = [metric for metric in directed if is_titled(metric, topic)]
    about = [metric for metric in directed if topic_of(metric) == wanted and not metric.volatile]
    if wanted == "price":
        about = _listed_prices(about)
    if wanted in _PRICES:
        about = [metric for metric in directed if topic_of(metric) == "price" and _PRICES[wanted] & _words_of(metric)]
    whole = [metric for metric in directed if metric.primary and part == wanted]
    return tuple(dict.fromkeys(titled or [*about, *whole]))


_PRICES: Mapping[str, frozenset[str]] = {
    "input price": frozenset(("in", "input", "prompt")),
    "output price": frozenset(("out", "output", "completion")),
}


def _words_of(metric: Metric) -> frozenset[str]:
    return frozenset(name_tokens(metric.id.replace("_", " ")))


def _listed_prices(metrics: Sequence[Metric]) -> list[Metric]:
    """Input and output prices where both are listed; else whatever price there is."""
    listed = [metric for metric in metrics if metric.nature is Nature.LISTED]
    ends = [metric for metric in listed if {"in", "out", "input", "output"} & _words_of(metric)]
    return ends or listed or list(metrics)


def is_in(entry: Entry, board: Board, group: ModelGroup) -> bool | None:
    """Whether an entry is of a class; None where the record does not say."""
    known = traits(entry, board)
    size = known.size_total_b
    answers = (
        None if group.open_weights is None else _same(known.open_weights, group.open_weights),
        None if group.under_b is None else _same(None if size is None else size < group.under_b, True),
        None if group.over_b is None else _same(None if size is None else size > group.over_b, True),
        None
        if group.reasoning is None
        else _same(None if known.reasoning == "unspecified" else known.reasoning, group.reasoning),
        None if group.country is None else _same(known.who.country or None, group.country),
        None if group.lab is None else _of_lab(entry, group.lab),
    )
    asked = [answer for answer in answers if answer is not None]
    if "no" in asked:
        return False
    return None if "unknown" in asked else True


def _of_lab(entry: Entry, lab: str) -> str:
    stated = {name_tokens(entry.who.lab), name_tokens(entry.attributes.get("creator", ""))} - {()}
    return "unknown" if not stated else "yes" if name_tokens(lab) in stated else "no"


def _same(stated: object, wanted: object) -> str:
    return "unknown" if stated is None else "yes" if stated == wanted else "no"
