"""Which boards and metrics people mean by their words, and which entries are of a class."""

from __future__ import annotations

from collections.abc import Mapping

from tracker.claims._records import Mention, MentionKind, ModelGroup
from tracker.claims.pieces import canonical
from tracker.claims.words import NARROW
from tracker.model import Board, Entry, Metric, Nature, name_tokens
from tracker.traits import traits


def is_called(board: Board, source: str) -> bool:
    """Whether people mean this board by these words: `artificial analysis`, `aa`, `arena`, `arena text`."""
    words = name_tokens(source)
    own = {*name_tokens(board.id), *name_tokens(board.title)}
    head = name_tokens(board.title.partition(":")[0])
    initials = "".join(word[0] for word in head) if len(head) > 1 else None
    if words == (initials,) or "".join(words) in own:
        return True
    return bool(words) and all(any(token == word or (len(word) > 4 and token.endswith(word)) for token in own) for word in words)


_TIME_UNITS = ("s", "ms", "seconds", "second", "sec")


def topic_of(metric: Metric) -> str:
    """A metric's topic in one word; a time is a latency, though its board calls it speed."""
    topic = canonical(metric.topic)
    return "latency" if topic == "speed" and metric.unit.casefold() in _TIME_UNITS else topic


def is_titled(metric: Metric, topic: str) -> bool:
    """Whether a topic is the very title of a metric."""
    return name_tokens(topic) in (name_tokens(metric.title), name_tokens(metric.id))


def metrics_of(board: Board, topic: str, *, named: bool) -> tuple[Metric, ...]:
    """The metrics of a board that a topic means.

    Without a topic, the metric that ranks the board, if that is of models in general or the sentence `named` the board. Points
    rank only a board that is named: they show what is popular, not what is better.
    """
    directed = [metric for metric in board.metrics if metric.higher_is_better is not None]
    wanted, part = canonical(topic), canonical(board.id.partition("/")[2])
    if not topic or wanted == "overall":
        general = [metric for metric in directed if metric.primary and (metric.ranked or (named and metric.ordered))]
        return tuple(metric for metric in general if named or (part not in NARROW and topic_of(metric) in ("overall", "")))
    if titled := [metric for metric in directed if is_titled(metric, topic)]:
        return tuple(titled)
    if wanted in _PRICES:
        about = [metric for metric in directed if topic_of(metric) == "price" and _PRICES[wanted] & _words_of(metric)]
    else:
        about = [metric for metric in directed if topic_of(metric) == wanted and not metric.volatile]
        about = _listed_prices(about) if wanted == "price" else about
    whole = [metric for metric in directed if metric.primary and part == wanted]
    return tuple(dict.fromkeys([*about, *whole]))


_PRICES: Mapping[str, frozenset[str]] = {
    "input price": frozenset(("in", "input", "prompt")),
    "output price": frozenset(("out", "output", "completion")),
}


def _words_of(metric: Metric) -> frozenset[str]:
    return frozenset(name_tokens(metric.id.replace("_", " ")))


def _listed_prices(metrics: list[Metric]) -> list[Metric]:
    """Input and output prices if both are listed; otherwise any price there is."""
    listed = [metric for metric in metrics if metric.nature is Nature.LISTED]
    ends = [metric for metric in listed if {"in", "out", "input", "output"} & _words_of(metric)]
    return ends or listed or metrics


def is_meant(entry: Entry, board: Board, mention: Mention) -> bool:
    """Whether an entry is of the lab, the class, or the lab's class that a mention names."""
    if mention.kind is MentionKind.LAB:
        of_lab = not _labs(entry).isdisjoint((name_tokens(mention.lab), name_tokens(mention.text)))
        return of_lab and is_in(entry, board, mention.group) is True
    return mention.kind is MentionKind.GROUP and bool(mention.group) and is_in(entry, board, mention.group) is True


def same_model(entry: Entry, other: Entry) -> bool:
    """Whether two entries are of one model: itself, or another variant of it."""
    return entry.id == other.id or (entry.who.model is not None and entry.who.model == other.who.model)


def _labs(entry: Entry) -> set[tuple[str, ...]]:
    return {name_tokens(entry.who.lab), name_tokens(entry.attributes.get("creator", ""))} - {()}


def is_in(entry: Entry, board: Board, group: ModelGroup) -> bool | None:
    """Whether an entry is of a class; None if the record does not say."""
    known = traits(entry, board)
    size, labs = known.size_total_b, _labs(entry)
    reasoning = None if known.reasoning == "unspecified" else known.reasoning
    conditions = (
        (group.open_weights, known.open_weights, known.open_weights == group.open_weights),
        (group.under_b, size, size is not None and group.under_b is not None and size < group.under_b),
        (group.over_b, size, size is not None and group.over_b is not None and size > group.over_b),
        (group.reasoning, reasoning, reasoning == group.reasoning),
        (group.country, known.who.country or None, known.who.country == group.country),
        (group.lab, labs or None, group.lab is not None and name_tokens(group.lab) in labs),
    )
    asked = [(stated, holds) for wanted, stated, holds in conditions if wanted is not None]
    if any(stated is not None and not holds for stated, holds in asked):
        return False
    return None if any(stated is None for stated, _ in asked) else True
