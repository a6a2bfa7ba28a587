"""What the columns of one candidate mean, each with how sure that is and why. The rules are general: no board, site or file is known by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations, pairwise

from tracker.errors import DeclarationError
from tracker.model import Nature
from tracker.propose.candidates import MAX_ROWS, candidates, is_figure
from tracker.propose.columns import Cells
from tracker.propose.proposal import SURE, Candidate, Guess, MetricGuess, Proposal
from tracker.propose.words import (
    ASIDE,
    ATTRIBUTES,
    AVERAGE,
    BOUND_HIGH,
    BOUND_LOW,
    COUNT,
    ERROR,
    FITTED,
    HALF,
    HIGHER,
    ID,
    IN_AND_OUT,
    LIMIT,
    LIVE,
    LOWER,
    NAME,
    OVERALL,
    PER_SECOND,
    PRICE,
    RANK,
    TOPICS,
    words_of,
)

MAX_METRICS = 40
CLOSE = 0.06
"""A candidate whose score is so near is as like a leaderboard."""
LEAST_CONTEXT = 1_000
"""Tokens; a smaller number is no context window."""
MANY_TOKENS = 10_000_000
ENOUGH = 8
"""Rows from which on their order is no accident."""
MATRIX = 3
"""So many columns of figures between 0 and 100 are benchmark scores."""
_BAD_ID = re.compile(r"[^a-z0-9]+")
_PARAMETERS = re.compile(r"param|\bsize\b")


@dataclass(frozen=True)  # no slots: a cached property needs a place
class Sheet:
    """A candidate's columns, and what was told of them from outside."""

    candidate: Candidate
    told_key: Sequence[str] | None
    told_name: str | None
    told_metric: str | None

    @cached_property
    def columns(self) -> Mapping[str, Cells]:
        """Each column with the cells that are looked at."""
        rows = self.candidate.rows[:MAX_ROWS]
        return {name: Cells(header=name, cells=[row[at] for row in rows]) for at, name in enumerate(self.candidate.columns)}

    @cached_property
    def rank(self) -> Cells | None:
        """The column of places, if there is one."""
        worded = [one for one in self.columns.values() if RANK & {*one.leaf} and len(one.leaf) <= 2 and _ranks(one)]
        return worded[0] if worded else None

    @cached_property
    def figures(self) -> list[Cells]:
        """The columns that may be figures of merit."""
        taken = {one.header for one in (self.rank,) if one}
        found = [
            one for one in self.columns.values() if one.header not in taken and (is_figure(one) or one.header == self.told_metric)
        ]
        return [one for one in found if not _is_attribute(one) and (not RANK & {*one.leaf} or one.header == self.told_metric)]

    @cached_property
    def prices(self) -> set[str]:
        """The columns that are prices though their headers only say in and out."""
        around = {*words_of(" ".join(str(self.candidate.parse.options.get(name, "")) for name in ("records", "explode")))}
        sides = [
            [one for one in self.columns.values() if side & {*one.leaf} and one.values and max(one.values) < 2_000]
            for side in IN_AND_OUT
        ]
        broken = any(value != int(value) for one in (*sides[0], *sides[1]) for value in one.values)
        if not all(sides) or not (broken or around & PRICE):
            return set()
        leaves = {one.leaf for one in (*sides[0], *sides[1])}
        return {one.header for one in self.columns.values() if one.leaf in leaves or {*one.leaf} & {"cached", "cache"}}

    @cached_property
    def leaning(self) -> bool | None:
        """Which way most of the figures are better by their headers, averages and prices aside."""
        said = [_said(one)[0] for one in self.figures if not {*one.leaf} & AVERAGE and not {*one.words} & (PRICE | LIVE)]
        lower, higher = said.count(False), said.count(True)
        return None if not said or lower == higher else higher > lower

    @cached_property
    def matrix(self) -> int:
        """How many columns hold figures between 0 and 100, as benchmarks do."""
        return sum(_is_share(one) for one in self.figures)


def propose(
    body: bytes,
    *,
    key: Sequence[str] | None = None,
    name: str | None = None,
    metric: str | None = None,
    higher_is_better: bool | None = None,
    table: int | None = None,
) -> Proposal:
    """How the body would be declared. What is told is taken as sure; `table` picks a candidate, counted from 1.

    Raises:
        Refused, ParseError: as `candidates`.
        DeclarationError: a column that was told is not there, or there are not so many tables.
    """
    found = candidates(body)
    told = [one for one in (*(key or ()), name, metric) if one]
    fitting = (
        [one for one in found if set(told) <= set(one.columns)]
        if table is None
        else list(found[table - 1 : table] if table > 0 else ())
    )
    if not fitting:
        raise DeclarationError(_no_such(found, told, table))
    chosen = Guess(value=table, sure=1.0, why="told") if table else _table(found, fitting)
    return guessed(fitting[0], chosen, key=key, name=name, metric=metric, higher_is_better=higher_is_better)


def _table(found: Sequence[Candidate], fitting: Sequence[Candidate]) -> Guess[int]:
    """The first of them; not sure where another is as good, and not the same rows told in another way."""
    best, *others = fitting
    place = found.index(best) + 1
    rivals = [one for one in others if one.score > best.score - CLOSE and not _are_one(best, one)]
    if rivals:
        return Guess(value=place, sure=0.6, why=f"{rivals[0].parse.format} of {len(rivals[0].rows)} rows is as like one")
    return Guess(value=place, sure=0.9, why="; ".join(best.why))


def _are_one(one: Candidate, other: Candidate) -> bool:
    """Whether two tables of a page show the same entries: a table and the data it is made of."""
    texts = [{cell for row in table.rows[:MAX_ROWS] for cell in row if cell} for table in (one, other)]
    names = [
        max(
            (Cells(header=name, cells=[row[at] for row in table.rows[:MAX_ROWS]]) for at, name in enumerate(table.columns)),
            key=_named_by,
        )
        for table in (one, other)
    ]
    return any(
        len({*column.known} & cells) >= 0.5 * len({*column.known}) > 0
        for column, cells in zip(names, reversed(texts), strict=True)
    )


def _named_by(one: Cells) -> tuple[bool, float]:
    return one.is_text and bool(NAME & {*one.leaf}), one.distinct


def _no_such(found: Sequence[Candidate], told: Sequence[str], table: int | None) -> str:
    if table is not None:
        return f"table {table} is not there, expected 1 to {len(found)}"
    return f"no table has {', '.join(map(repr, told))}, expected among {', '.join(found[0].columns[:30])}"


def guessed(
    candidate: Candidate,
    table: Guess[int] | None = None,
    *,
    key: Sequence[str] | None = None,
    name: str | None = None,
    metric: str | None = None,
    higher_is_better: bool | None = None,
) -> Proposal:
    """The proposal for one candidate."""
    sheet = Sheet(candidate, key, name, metric)
    missing = [one for one in (*(key or ()), name, metric) if one and one not in sheet.columns]
    if missing:
        raise DeclarationError(f"the table has no column {missing[0]!r}, expected among {', '.join(candidate.columns[:30])}")
    named = _name(sheet)
    keyed, duplicates = _key(sheet, named.value)
    metrics = tuple(_metrics(sheet, {*keyed.value, named.value}))
    primary = _primary(sheet, metrics)
    if higher_is_better is not None:
        told = Guess(value=higher_is_better, sure=1.0, why="told")
        metrics = tuple(replace(one, higher_is_better=told) if one.id == primary.value else one for one in metrics)
    return Proposal(
        candidate=candidate,
        table=table or Guess(value=1, sure=1.0, why="told"),
        key=keyed,
        name=named,
        rank=_rank(sheet),
        attributes=tuple(_attributes(sheet, {named.value})),
        metrics=metrics,
        primary=primary,
        facts=(),
        duplicates=duplicates,
    )


# ── name and key ─────────────────────────────────────────────────────────────────────────────────


def _name(sheet: Sheet) -> Guess[str]:
    if sheet.told_name:
        return Guess(value=sheet.told_name, sure=1.0, why="told")
    texts = [one for one in sheet.columns.values() if one.is_text and one.filled >= 0.6]
    scored = sorted(((_as_name(one, at), one) for at, one in enumerate(texts)), key=lambda pair: -pair[0])
    if not scored:
        first = next(iter(sheet.columns))
        return Guess(value=first, sure=0.2, why="no column holds names")
    best, one = scored[0]
    second = scored[1][0] if len(scored) > 1 else 0.0
    why = "its header says so" if NAME & {*one.leaf} else "the texts differ most"
    return Guess(value=one.header, sure=min(0.95, 0.6 + 0.15 * best + 0.1 * (best > second + 0.5)), why=why)


def _as_name(one: Cells, at: int) -> float:
    """How like a column of names: what the header says, how different the texts are, how soon it comes."""
    leaf = {*one.leaf}
    points = 2.0 * one.distinct + 0.4 * one.filled - 0.03 * at
    points += 1.0 * bool(leaf & {"model", "models", "name", "title", "player", "team", "app", "label", "display"})
    points += 0.5 * bool(NAME & leaf) - 1.2 * bool(_attribute_of(one)) - 0.4 * bool(leaf & (ID - {"key"}))
    return (
        points
        - 0.3 * one.header.count(".")
        - 1.0 * one.header.startswith("^.")
        - 0.6 * bool(leaf & {"url", "link", "note", "notes", "description", "license", "short", "source", "family"})
    )


def _key(sheet: Sheet, name: str) -> tuple[Guess[tuple[str, ...]], str]:
    """The key, and what a key that occurs twice means."""
    if sheet.told_key:
        told = tuple(sheet.told_key)
        return Guess(value=told, sure=1.0, why="told"), "refuse" if _is_unique(sheet, told) else "ambiguous"
    alone = sorted((one for one in sheet.columns.values() if _may_be_key(one)), key=lambda one: -_as_key(one, name))
    if alone:
        best = alone[0]
        why = "unique in all rows, and called an id" if ID & {*best.leaf} else "unique in all rows"
        return Guess(value=(best.header,), sure=0.95 if best.header == name or ID & {*best.leaf} else 0.75, why=why), "refuse"
    together = _together(sheet, name)
    if together:
        return Guess(value=together, sure=0.75, why="only together unique in all rows"), "refuse"
    repeated = 1 - sheet.columns[name].distinct
    return Guess(
        value=(name,), sure=0.72 if repeated < 0.1 else 0.5, why=f"{repeated:.0%} of its values occur again"
    ), "ambiguous"


def _may_be_key(one: Cells) -> bool:
    known = one.unique and not one.is_count_up and not one.is_date
    if not known or {*one.leaf} & {"url", "link", "href", "sha", "hash", "description", "note", "notes", "rank"}:
        return False
    return one.is_text or bool(ID & {*one.leaf}) or (one.header == "$key")


def _as_key(one: Cells, name: str) -> float:
    leaf = {*one.leaf}
    points = 3.0 * (one.header == "$key") + 2.0 * bool(leaf & ID) + 1.5 * (one.header == name) + 0.5 * bool(leaf & NAME)
    points -= 1.0 * one.header.count(".") + 0.8 * bool(_attribute_of(one)) + 0.5 * one.header.startswith("_")
    return points - 2.0 * (one.numeric > 0.5) - 0.5 * bool(leaf & {"short", "canonical", "repo", "hugging", "face"})


def _together(sheet: Sheet, name: str) -> tuple[str, ...]:
    """The name and the fewest texts besides that make the rows unique."""
    others = [
        one.header
        for one in sheet.columns.values()
        if one.header != name and one.filled >= 0.5 and (one.is_text or one.is_date or ID & {*one.leaf}) and one.distinct < 1
    ][:12]
    for many in (1, 2):
        for further in combinations(others, many):
            if _is_unique(sheet, (name, *further)):
                return (name, *further)
    return ()


def _is_unique(sheet: Sheet, key: Sequence[str]) -> bool:
    rows = list(zip(*(sheet.columns[one].cells for one in key), strict=True))
    return len(set(rows)) == len(rows)


# ── rank and attributes ──────────────────────────────────────────────────────────────────────────


def _ranks(one: Cells) -> bool:
    known = [place for place in one.places if place is not None]
    if len(known) < 0.8 * len(one.cells) or not known or min(known) > 3:
        return False
    return max(known) <= 4 * len(one.cells) + 10


def _rank(sheet: Sheet) -> Guess[str] | None:
    if sheet.rank is None:
        return None
    return Guess(value=sheet.rank.header, sure=0.9, why="its header says so, and it counts from the top")


def _attributes(sheet: Sheet, taken: set[str]) -> Iterator[tuple[str, str]]:
    used: set[str] = set()
    for one in sheet.columns.values():
        name = _attribute_of(one)
        if name and name not in used and one.header not in taken and one.known:
            used.add(name)
            yield name, one.header


def _attribute_of(one: Cells) -> str:
    """The attribute that a header names, "" if none."""
    leaf, words = {*one.leaf}, {*one.words}
    for name, known in ATTRIBUTES.items():
        if (
            leaf & known
            and len(one.leaf) <= 2
            and name in ("creator", "license", "country")
            and not one.is_date
            and one.numeric < 0.5
        ):
            return name
    if one.is_date and words & {"release", "released"}:
        return "released"
    if "open" in leaf and "weights" in leaf:
        return "open_weights"
    if "context" in words and one.numeric > 0.8 and max(one.values) >= LEAST_CONTEXT and "%" not in "".join(one.known[:20]):
        return "context"
    return "creator" if one.leaf == ("name",) and words & ATTRIBUTES["creator"] else ""


def _is_attribute(one: Cells) -> bool:
    return bool(_attribute_of(one)) or bool(_PARAMETERS.search(" ".join(one.leaf)) and one.numeric > 0.8)


# ── metrics ──────────────────────────────────────────────────────────────────────────────────────


def _metrics(sheet: Sheet, taken: set[str]) -> Iterator[MetricGuess]:
    bounds = {one.header: _bounds_of(one, sheet) for one in sheet.figures}
    sides = {side for found in bounds.values() for side in found.values()}
    used: set[str] = set()
    for one in sheet.figures:
        if one.header in taken or (one.header != sheet.told_metric and (one.header in sides or _is_side(one))):
            continue
        if len(used) == MAX_METRICS:
            return
        made = _metric(one, sheet, used, bounds[one.header])
        used.add(made.id)
        yield made


def _metric(one: Cells, sheet: Sheet, used: set[str], sides: Mapping[str, str]) -> MetricGuess:
    nature = Guess(value=Nature.LISTED, sure=0.8, why="a price") if one.header in sheet.prices else _nature(one)
    unit, scale = _unit(one, nature.value)
    return MetricGuess(
        id=_id(one.header, used),
        column=one.header,
        title=one.header.rpartition(".")[2] or one.header,
        nature=nature,
        unit=unit,
        topic=_topic(one, nature.value),
        higher_is_better=_direction(one, sheet),
        scale=scale,
        low=sides.get("low", ""),
        high=sides.get("high", ""),
        plus_minus=sides.get("plus_minus", ""),
    )


def _id(header: str, used: set[str]) -> str:
    """A short id of the header's words, told from those there are."""
    leaf = [word for word in words_of(re.split(r"[.:@]", header)[-1]) if word.isascii() and word.isalnum()]
    full = [word for word in words_of(header) if word.isascii() and word.isalnum()]
    for words in (leaf, full):
        made = _BAD_ID.sub("_", "_".join(words)).strip("_")[:60]
        made = made if made[:1].isalpha() else f"m_{made}".rstrip("_")
        if words and made not in used:
            return made
    return next(f"{made}_{number}" for number in range(2, 10_000) if f"{made}_{number}" not in used)


def _nature(one: Cells) -> Guess[Nature]:
    words, text = {*one.words}, " ".join(one.words)
    if any(phrase in text for phrase in PER_SECOND) or (words & LIVE and not words & {"score"}):
        return Guess(value=Nature.LIVE, sure=0.8, why="a speed or a time, which differs from day to day")
    if words & PRICE and not words & {"total", "run"}:
        return Guess(value=Nature.LISTED, sure=0.8, why="a price")
    if {*one.leaf} & COUNT and not {*one.leaf} & HIGHER - COUNT and all(value == int(value) for value in one.values):
        return Guess(value=Nature.COUNT, sure=0.8, why="whole numbers that count")
    if words & FITTED or (words & {"score", "arena"} and one.values and min(one.values) >= 600 and max(one.values) <= 3200):
        return Guess(value=Nature.FITTED, sure=0.8, why="a rating on the Elo scale")
    return Guess(value=Nature.TESTED, sure=0.7, why="figures")


def _unit(one: Cells, nature: Nature) -> tuple[Guess[str], str]:
    words = {*one.words}
    signs = "".join(one.known[:50])
    if (nature is Nature.LISTED and words & PRICE) or "$" in signs or words & {"$", "usd"}:
        small = one.values and max(one.values) < 0.01
        return Guess(
            value="USD per 1M tokens" if small or words & {"tokens", "token", "1m"} else "USD", sure=0.7, why="a price"
        ), "1000000" if small else "1"
    if "%" in signs or "%" in words or words & {"percent", "percentage"}:
        return Guess(value="%", sure=0.95, why="a percent sign"), "1"
    if nature is Nature.FITTED:
        return Guess(value="Elo", sure=0.8, why="a rating"), "1"
    if nature is Nature.LIVE and words & {"tokens", "tps"}:
        return Guess(value="tokens/s", sure=0.8, why="its header"), "1"
    if nature is Nature.LIVE and words & {"seconds", "latency", "ttft", "s"}:
        return Guess(value="s", sure=0.7, why="its header"), "1"
    return Guess(value="", sure=0.6, why="nothing says it"), "1"


def _topic(one: Cells, nature: Nature) -> Guess[str]:
    words = {*one.words}
    found = next((topic for topic, known in TOPICS.items() if words & known), "")
    found = "" if found == "price" and nature is not Nature.LISTED else found  # the cost of a run is no price
    return Guess(value=found, sure=0.7 if found else 0.5, why="its header" if found else "nothing says it")


def _is_elo(one: Cells) -> bool:
    """Whether nearly all figures are such as ratings are, and differ as ratings do."""
    middle = sorted(one.values)[len(one.values) // 20 : len(one.values) - len(one.values) // 20]
    if len(middle) < 3 or {*one.leaf} & LIMIT or one.distinct < 0.5:
        return False
    return middle[0] >= 600 and middle[-1] <= 3200 and middle[-1] - middle[0] >= 20


def _is_share(one: Cells) -> bool:
    return bool(one.values) and min(one.values) >= 0 and max(one.values) <= 100 and max(one.values) > 0


# ── direction ────────────────────────────────────────────────────────────────────────────────────


def _direction(one: Cells, sheet: Sheet) -> Guess[bool | None]:
    said, why = (False, "a price") if one.header in sheet.prices else _said(one)
    if said and {*one.leaf} & AVERAGE and not {*one.words} & (HIGHER - AVERAGE) and sheet.leaning is False:
        said, why = False, "the average of figures of which less is better"
    shown = _shown(one, sheet)
    if said is not None:
        contrary = shown is not None and shown is not said
        return Guess(
            value=said,
            sure=0.55 if contrary else 0.9 if shown is said else 0.8,
            why=f"{why}, though the rows are in the other order" if contrary else why,
        )
    if shown is not None:
        return Guess(
            value=shown,
            sure=0.72 if sheet.rank is None else 0.85,
            why="the rows are in its order" + (", and a rank says so" if sheet.rank else ""),
        )
    if _is_elo(one):
        return Guess(value=True, sure=0.7, why="on the Elo scale")
    if "tokens" in one.words and one.values and max(one.values) >= MANY_TOKENS:
        return Guess(value=True, sure=0.7, why="so many tokens are use, not length")
    if _is_share(one) and sheet.matrix >= MATRIX:
        return Guess(value=True, sure=0.7, why=f"one of {sheet.matrix} columns of figures between 0 and 100")
    return Guess(value=None, sure=0.0, why="nothing on the page tells whether more is better")


def _said(one: Cells) -> tuple[bool | None, str]:
    """What the header says; the last part of a path before the rest."""
    for words in (one.leaf, one.words):
        found, text = {*words}, " ".join(words)
        if "↓" in found or "↑" in found:
            return "↑" in found, "an arrow in the header"
        if any(phrase in text for phrase in PER_SECOND):
            return True, "a rate per second"
        if low := found & LOWER - {"distance", "age", "bias"} or found & {"distance"}:
            return False, f"{min(low)!r} in its header"
        if high := found & HIGHER:
            return True, f"{min(high)!r} in its header"
        if found & {"time", "seconds", "secs", "duration", "elapsed"}:
            return False, "a time"
    return None, ""


def _shown(one: Cells, sheet: Sheet) -> bool | None:
    """What the order of the rows says: they fall from the best."""
    order = one.order()
    best = max((abs(other.order()) for other in sheet.figures), default=0.0)
    if abs(order) < 0.9 or abs(order) < best - 1e-9 or len(one.values) < 4:
        return None
    if sheet.rank is not None and not _rises(sheet.rank):
        return None
    return order > 0


def _rises(rank: Cells) -> bool:
    known = [place for place in rank.places if place is not None]
    return all(b >= a for a, b in pairwise(known))


# ── bounds ───────────────────────────────────────────────────────────────────────────────────────


def _is_side(one: Cells) -> bool:
    """Whether it is a bound, a half-width or an error of another column, by its header."""
    words = {*one.leaf}
    if words & ERROR:
        return True
    return bool(words & HALF) or (
        bool(words & (BOUND_LOW | BOUND_HIGH))
        and bool(words & {"bound", "ci", "rating", "score", "rank", "elo", "lower", "upper", "q025", "q975"})
    )


def _bounds_of(one: Cells, sheet: Sheet) -> dict[str, str]:
    """The columns of the interval around a figure: two between which it lies, or one of half-widths."""
    mine = {*one.leaf} - {"score"}
    near = [other for other in sheet.columns.values() if (other is not one and other.numeric >= 0.5) or {*other.leaf} & HALF]
    lows = [other for other in near if {*other.leaf} & BOUND_LOW and _about({*other.leaf} - BOUND_LOW - HALF, mine)]
    highs = [other for other in near if {*other.leaf} & BOUND_HIGH and _about({*other.leaf} - BOUND_HIGH - HALF, mine)]
    for low in lows:
        for high in highs:
            if _between(low, one, high):
                return {"low": low.header, "high": high.header}
    if {*one.leaf} & (FITTED | {"score", "rating", "accuracy"}) or len(sheet.figures) <= 4:
        half = next(
            (
                other
                for other in near
                if {*other.leaf} & HALF and not {*other.leaf} & (BOUND_LOW | BOUND_HIGH) and _is_half(other, one)
            ),
            None,
        )
        if half is not None:
            return {"plus_minus": half.header}
    return {}


def _about(words: set[str], mine: set[str]) -> bool:
    return not words or bool(words & mine) or words <= {"bound", "rating", "score", "interval", "norm", "95", "90"}


def _between(low: Cells, one: Cells, high: Cells) -> bool:
    rows = [
        (a, b, c)
        for a, b, c in zip(low.numbers, one.numbers, high.numbers, strict=True)
        if a is not None and b is not None and c is not None
    ]
    return bool(rows) and all(a <= b <= c for a, b, c in rows)


def _is_half(half: Cells, one: Cells) -> bool:
    if any(cell.lstrip("±+- ")[:1].isdigit() is False for cell in half.known[:20]):
        return False
    spread = max(one.values) - min(one.values)
    return not half.values or (min(half.values) >= 0 and max(half.values) <= max(spread, 1.0))


# ── which one ranks ──────────────────────────────────────────────────────────────────────────────


def _primary(sheet: Sheet, metrics: Sequence[MetricGuess]) -> Guess[str]:
    if sheet.told_metric:
        return Guess(value=next(one.id for one in metrics if one.column == sheet.told_metric), sure=1.0, why="told")
    scored = sorted(((_as_primary(one, at, sheet), one) for at, one in enumerate(metrics)), key=lambda pair: -pair[0])
    if not scored:
        return Guess(value="", sure=0.3, why="no figure ranks")
    best, one = scored[0]
    second = scored[1][0] if len(scored) > 1 else best - 2
    ordered = abs(sheet.columns[one.column].order()) >= 0.95
    why = (
        "the rows are in its order"
        if ordered
        else "its header"
        if OVERALL & {*words_of(one.column)}
        else "the first of the figures"
    )
    return Guess(value=one.id, sure=max(0.5, min(0.95, SURE + 0.15 * (best - second))) if best > 0.4 else 0.5, why=why)


def _as_primary(one: MetricGuess, at: int, sheet: Sheet) -> float:
    """How like the figure that ranks the board."""
    column = sheet.columns[one.column]
    leaf, words = {*column.leaf}, {*column.words}
    order = abs(column.order())
    points = (
        (2.0 * (order >= 0.97) + 0.8 * (0.9 <= order < 0.97)) * min(1.0, len(column.values) / ENOUGH)
        - 0.03 * at
        + 1.2 * column.filled
    )
    points += (1.2 * bool(leaf & OVERALL) + 0.5 * bool(words & OVERALL)) * (not words & ASIDE) + 0.4 * bool(
        leaf & (HIGHER | LOWER)
    )
    points += 0.6 * bool(one.low or one.plus_minus) + 0.3 * bool(words & {"intelligence", "overall", "global"})
    points -= {Nature.COUNT: 1.6, Nature.LIVE: 1.0, Nature.LISTED: 0.4}.get(one.nature.value, 0.0)
    points -= 1.4 * bool(words & ASIDE and one.nature.value is not Nature.LISTED) + 0.5 * (column.distinct < 0.1)
    numbered = [int(word) for word in column.leaf if word.isdigit() and len(word) == 1]
    points += 0.05 * numbered[-1] if numbered else 0.0
    return points + 0.2 * bool(words & {"output", "completion"} and one.nature.value is Nature.LISTED)
