"""Reads the claims of a sentence from its pieces: one verb or comparative at a time, with what stands left and right of it.

Nothing is dropped in silence. What is not understood and could change the meaning makes the whole clause `Unread`; what is
merely not judged ("easily", "from Paris") is quoted in the claim. Source: docs/decisions/0012-claims.md
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, product

from tracker.claims._records import Amount, Claim, Group, Mention, Period, Relation, Sort, Unread
from tracker.claims.names import SIZE
from tracker.claims.pieces import Kind, Piece, mention_of, sense_of
from tracker.claims.words import PASTS, Sense

_DANGLING = re.compile(r"^[\s,;:.]*(?:(?:and|but|while|with)\s+)*|[\s,;:.]+(?:and|but|at|with|while)?[\s,;:.]*$", re.IGNORECASE)
_GLUED_SIZE = re.compile(rf"[-_](?:{SIZE.pattern})(?=[-_]|$)")
_MOST_CLAIMS = 24
"""So many claims one verb makes, and so many verbs a sentence has; more is no sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the sentences before leave to be understood: who was spoken of last."""

    subjects: tuple[Mention, ...] = ()


@dataclass(slots=True)
class _Clause:
    """One verb and what belongs to it, being read."""

    anchor: Piece
    sense: Sense
    inner: Sense | None = None
    top: object = None
    left: list[Piece] = field(default_factory=list)
    right: list[Piece] = field(default_factory=list)


class NotUnderstoodError(Exception):
    """These words cannot be read as a claim; the message says why."""


def read(sentence: str, pieces: Sequence[Piece], context: Context) -> tuple[tuple[Claim | Unread, ...], Context]:
    """The claims of one sentence in order, what could not be read, and who is spoken of after it."""
    if sum(piece.kind in (Kind.SENSE, Kind.TOP, Kind.FIRST) for piece in pieces) > _MOST_CLAIMS:
        reason = f"more than {_MOST_CLAIMS} comparisons in one sentence"
        return (Unread(quote=sentence, reason=reason),), context
    runs = _runs(_joined(_compared(pieces)))
    every = [_clauses(run) for run in runs]
    sources = tuple(
        dict.fromkeys(
            source for run in every for clause in run for part in (clause.left, clause.right) for source in _attributions(part)
        )
    )
    reader = _Reader(sentence=sentence, shared=_Shared(), subjects=context.subjects)
    found: list[Claim | Unread] = []
    for run, clauses in zip(runs, every, strict=True):
        if not clauses:
            found += _no_claim(sentence, run, whole=len(runs) == 1)
            named = [mention_of(piece) for piece in run if piece.kind is Kind.NAME]
            reader.subjects = tuple(named[:1]) or reader.subjects
            continue
        reader.shared = _shared(clauses, run, sources)
        for clause in clauses:
            found += reader.claims(clause)
    return tuple(found), Context(subjects=reader.subjects)


def _runs(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """The parts of a sentence between semicolons; each is read by itself."""
    runs: list[list[Piece]] = [[]]
    for piece in pieces:
        if piece.text == ";":
            runs.append([])
        else:
            runs[-1].append(piece)
    return [run for run in runs if run] or [[]]


def _no_claim(sentence: str, run: Sequence[Piece], *, whole: bool) -> list[Claim | Unread]:
    """Words without a verb of ours; they seem to claim something where they speak of a model and of a figure, a topic or a board."""
    named = any(piece.kind is Kind.NAME for piece in run)
    if not whole and not named:
        return []
    speaks = named and (not whole or any(piece.kind in (Kind.AMOUNT, Kind.TOPIC, Kind.BOARD) for piece in run))
    quote = sentence if whole else sentence[run[0].start : run[-1].end]
    return [Unread(quote=quote, reason="no verb or comparison that the grammar knows", checkable=speaks)]


# ── elliptic names ───────────────────────────────────────────────────────────────────────────────


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Names put together with what belongs to them: `Qwen3.5` `'s` `72B` is one name, `the` `14B` of the line spoken of is one."""
    found: list[Piece] = []
    place = 0
    while place < len(pieces):
        piece = pieces[place]
        size = _own_size(pieces, place)
        if size:
            found.append(_member(pieces[place : place + size]))
            place += size
        else:
            found.append(piece)
            place += 1
    return found


_COMPARATIVES: Mapping[str, Sense] = {
    "better": Sense(relation=Relation.ABOVE),
    "stronger": Sense(relation=Relation.ABOVE),
    "worse": Sense(relation=Relation.ABOVE, swap=True),
    "weaker": Sense(relation=Relation.ABOVE, swap=True),
    "higher": Sense(relation=Relation.ABOVE, end="high"),
    "lower": Sense(relation=Relation.ABOVE, end="low"),
}


def _compared(pieces: Sequence[Piece]) -> list[Piece]:
    """`lower latency than` is a comparison in latency."""
    found = list(pieces)
    for place in range(len(found) - 2):
        piece, topic, than = found[place : place + 3]
        sense = _COMPARATIVES.get(piece.text.casefold())
        if sense is not None and topic.kind is Kind.TOPIC and than.text.casefold() == "than":
            found[place : place + 3] = [replace(piece, kind=Kind.SENSE, value=sense), topic, replace(than, kind=Kind.FILL)]
    return found


_VAGUE = frozenset(("mid size", "mid sized", "midsize", "smaller", "smallest", "larger", "largest", "biggest", "medium sized", "small", "mid", "big", "bigger", "flagship"))  # fmt: skip


def _own_size(pieces: Sequence[Piece], place: int) -> int:
    """How many pieces from here are one elliptic name: NAME 's SIZE, NAME 's mid-size, its SIZE, the SIZE, SIZE NAME; 0 for none."""
    piece, rest = pieces[place], pieces[place + 1 :]
    if piece.kind is Kind.NAME and rest and rest[0].kind is Kind.OWN:
        if len(rest) > 1 and rest[1].kind is Kind.SIZE:
            return 3
        return 2 + _vague(rest[1:]) if _vague(rest[1:]) else 0
    if piece.kind is Kind.SIZE and rest and rest[0].kind is Kind.NAME:
        return 2
    determined = piece.kind is Kind.REFERENCE or piece.text.casefold() in ("the", "its", "their")
    if determined and rest and rest[0].kind is Kind.SIZE:
        return 3 if len(rest) > 1 and rest[1].kind is Kind.NAME else 2
    if piece.text.casefold() in ("its", "their"):
        return 1 + _vague(rest) if _vague(rest) else 0
    return 0


def _vague(pieces: Sequence[Piece]) -> int:
    """How many pieces say which of a line only vaguely; they must be followed by `model` or the like."""
    words: list[str] = []
    longest = 0
    for count, piece in enumerate(pieces[:3], start=1):
        words += piece.text.casefold().replace("-", " ").split()
        followed = count < len(pieces) and pieces[count].text.casefold().startswith(("model", "version", "variant", "one"))
        if " ".join(words) in _VAGUE and followed:
            longest = count
    return longest


def _member(pieces: Sequence[Piece]) -> Piece:
    """One piece for an elliptic name; its line is empty where the sentence leaves it to be understood."""
    name = next((mention_of(piece) for piece in pieces if piece.kind is Kind.NAME), None)
    size = next((f"{piece.value:g}B" for piece in pieces if piece.kind is Kind.SIZE), "")
    text = " ".join(piece.text for piece in pieces).replace(" 's", "'s").replace(" ’s", "’s")
    line = _without_size(name.name) if name else ""
    mention = Mention(
        text=text,
        name=f"{line} {size}".strip() if size else line,
        sort=Sort.MODEL if size else Sort.VAGUE,
        line=line,
        lab=name.lab if name else "",
    )
    return Piece(kind=Kind.NAME, text=text, start=pieces[0].start, end=pieces[-1].end, value=mention)


# ── clauses ──────────────────────────────────────────────────────────────────────────────────────


def _clauses(pieces: Sequence[Piece]) -> list[_Clause]:
    """One clause per verb, with the pieces between two verbs shared out."""
    pieces = _best_as_subject(pieces)
    anchors = _anchors(pieces)
    clauses = [clause for clause, _, _ in anchors]
    start = 0
    for place, (clause, first, last) in enumerate(anchors):
        before = pieces[start:first] if place == 0 else []
        clause.left = [*before, *clause.left]
        until = anchors[place + 1][1] if place + 1 < len(anchors) else len(pieces)
        gap = pieces[last + 1 : until]
        if place + 1 < len(anchors):
            cut = _divide(gap, clause, anchors[place + 1][0])
            clause.right = list(gap[:cut])
            clauses[place + 1].left = [*gap[cut:], *clauses[place + 1].left]
        else:
            clause.right = list(gap)
    return clauses


def _best_as_subject(pieces: Sequence[Piece]) -> list[Piece]:
    """`the best open-weights model` before a verb is a group that is spoken of, not a claim."""
    found = list(pieces)
    for place, piece in enumerate(found):
        if piece.kind is not Kind.SENSE or not sense_of(piece).superlative or (place and _is_copula(found[place - 1])):
            continue
        end = place + 1
        while end < len(found) and found[end].kind in (Kind.GROUP, Kind.FILL) and not _is_copula(found[end]):
            end += 1
        groups = [one.value for one in found[place + 1 : end] if isinstance(one.value, Group)]
        verb = end + (1 if end < len(found) and found[end].kind is Kind.NOT else 0)
        if (
            groups
            and verb < len(found)
            and found[verb].kind is Kind.SENSE
            and not any(one.kind is Kind.NAME for one in found[:place])
        ):
            mention = _group_mention(found[place:end], groups)
            merged = Piece(kind=Kind.NAME, text=mention.text, start=piece.start, end=found[end - 1].end, value=mention)
            return [*found[:place], merged, *found[end:]]
    return found


def _group_mention(pieces: Sequence[Piece], groups: Sequence[Group]) -> Mention:
    group = Group()
    for one in groups:
        group |= one
    text = " ".join(piece.text for piece in pieces)
    return Mention(text=text, name=str(group), sort=Sort.GROUP, group=group)


def _is_copula(piece: Piece) -> bool:
    return piece.text.casefold() in ("is", "are", "was", "were", "as", "becomes", "became", "become", "remains", "now", "be")


def _anchors(pieces: Sequence[Piece]) -> list[tuple[_Clause, int, int]]:
    """(clause, first piece, last piece) of every verb; `first … to beat` and `costs half as much as` are one verb."""
    found: list[tuple[_Clause, int, int]] = []
    place = 0
    while place < len(pieces):
        piece = pieces[place]
        if piece.kind is Kind.FIRST:
            taken = _first(pieces, place)
        elif piece.kind is Kind.SENSE:
            taken = _verb(pieces, place)
        elif piece.kind is Kind.TOP:
            taken = _Clause(anchor=piece, sense=Sense(relation=Relation.RANK, rival="no"), top=piece.value), place
        else:
            place += 1
            continue
        clause, last = taken
        found.append((clause, place, last))
        place = last + 1
    return found


def _first(pieces: Sequence[Piece], place: int) -> tuple[_Clause, int]:
    """`the first open-source model to beat`: the verb after it is what the first is first at."""
    clause = _Clause(anchor=pieces[place], sense=Sense(relation=Relation.FIRST, rival="may"))
    last = place
    for later in range(place + 1, len(pieces)):
        piece = pieces[later]
        if piece.kind in (Kind.SENSE, Kind.TOP):
            clause.inner = sense_of(piece) if piece.kind is Kind.SENSE else Sense(relation=Relation.RANK, rival="no")
            clause.top = piece.value if piece.kind is Kind.TOP else None
            clause.left += [one for one in pieces[place + 1 : later] if one.kind is not Kind.BREAK]
            return clause, later
        if piece.kind is Kind.NAME or (piece.kind is Kind.BREAK and piece.text != ":"):
            break
    return clause, last


def _verb(pieces: Sequence[Piece], place: int) -> tuple[_Clause, int]:
    """A verb; `costs` takes in `half as much as`, `twice the price of` its amount."""
    clause = _Clause(anchor=pieces[place], sense=sense_of(pieces[place]))
    last = place
    if clause.sense.price_word:
        for later in range(place + 1, len(pieces)):
            piece = pieces[later]
            if piece.kind is Kind.SENSE and sense_of(piece).relation is Relation.PRICE:
                clause.sense, last = replace(sense_of(piece), price_word=True), later
                clause.left += pieces[place + 1 : later]
                break
            if piece.kind not in (Kind.AMOUNT, Kind.FILL, Kind.DEGREE, Kind.NEAR):
                break
    return clause, last


_ENDS = (Kind.JOIN, Kind.BREAK)


def _divide(gap: Sequence[Piece], clause: _Clause, following: _Clause) -> int:
    """Where what belongs to one verb ends and the subject of the next begins.

    Raises:
        NotUnderstoodError: it can be read in two ways.
    """
    content = [
        place for place, piece in enumerate(gap) if piece.kind not in (Kind.FILL, Kind.DEGREE, Kind.NOT, Kind.NEAR, Kind.AMOUNT)
    ]
    if not content or gap[content[-1]].kind in _ENDS:
        return content[-1] if content else _leading(gap)
    needs = clause.sense.rival == "must" or (clause.inner is not None and clause.inner.rival == "must")
    cuts = [
        place
        for place in content
        if gap[place].kind in _ENDS and _is_subject(gap[place + 1 :]) and (not needs or _names(gap[:place]))
    ]
    if not cuts:
        last = max((place for place in content if gap[place].kind in _ENDS), default=len(gap))
        return last if last < len(gap) and not _names(gap[last:]) else content[-1] + 1
    if following.sense.number == "one":
        return cuts[-1]
    several = [place for place in cuts if _names(gap[place:]) > 1]
    if following.sense.number == "many" and several:
        return several[-1]
    hard = [place for place in cuts if gap[place].kind is Kind.BREAK]
    return hard[0] if hard else cuts[0]


def _leading(gap: Sequence[Piece]) -> int:
    """Only small words between two verbs: negations and amounts belong to the second."""
    return next((place for place, piece in enumerate(gap) if piece.kind in (Kind.NOT, Kind.NEAR, Kind.AMOUNT)), len(gap))


def _names(pieces: Sequence[Piece]) -> int:
    return sum(piece.kind is Kind.NAME or piece.kind is Kind.REFERENCE for piece in pieces)


def _is_subject(pieces: Sequence[Piece]) -> bool:
    """Whether pieces read as the subject of a clause: names, perhaps after `in coding,`; nothing said of them yet."""
    rest = [piece for piece in pieces if piece.kind not in (Kind.FILL, Kind.DEGREE, Kind.NOT, Kind.NEAR, Kind.AMOUNT, Kind.HEDGE)]
    while rest and rest[0].kind in _ENDS:
        rest = rest[1:]
    if rest and rest[0].kind is Kind.IN:
        end = next((place for place, piece in enumerate(rest) if piece.kind in (*_ENDS, Kind.NAME)), len(rest))
        rest = rest[end:]
        rest = rest[1:] if rest and rest[0].kind in _ENDS else rest
    if not rest or rest[0].kind not in (Kind.NAME, Kind.REFERENCE, Kind.GROUP):
        return False
    return all(piece.kind in (Kind.NAME, Kind.REFERENCE, Kind.GROUP, Kind.JOIN, Kind.OWN, Kind.TOPIC) for piece in rest)


# ── what all clauses of a sentence share ─────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shared:
    """What is said once for all verbs of a sentence: whose figures, which board or topic in front, which date."""

    sources: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    at: Period | None = None


def _shared(clauses: Sequence[_Clause], pieces: Sequence[Piece], attributed: Sequence[str]) -> _Shared:
    """Attributions count for the whole sentence wherever they stand; so does what stands before its first name, or a date at its end."""
    sources = list(attributed)
    first = next(
        (place for place, piece in enumerate(clauses[0].left) if piece.kind in (Kind.NAME, Kind.REFERENCE, Kind.GROUP)), 0
    )
    front = clauses[0].left[:first]
    sources += [str(piece.value) for piece in front if piece.kind is Kind.BOARD]
    topics = tuple(str(piece.value) for piece in front if piece.kind is Kind.TOPIC)
    clauses[0].left = [piece for piece in clauses[0].left if piece not in front or piece.kind not in (Kind.BOARD, Kind.TOPIC)]
    dates = [piece.value for piece in pieces if piece.kind is Kind.AT and isinstance(piece.value, Period)]
    return _Shared(sources=tuple(dict.fromkeys(sources)), topics=topics, at=dates[-1] if dates else None)


def _attributions(part: list[Piece]) -> list[str]:
    """What stands after `per`, `according to`, `via`, a board or not; it is taken out of the part. `from` needs a board."""
    found: list[str] = []
    place = 0
    while place < len(part):
        named = _attributed(part[place:]) if part[place].kind is Kind.FROM else []
        if named:
            found += [str(piece.value) if piece.kind is Kind.BOARD else piece.text for piece in named]
            del part[place : part.index(named[-1]) + 1]
        else:
            place += 1
    return found


def _attributed(rest: Sequence[Piece]) -> list[Piece]:
    """The boards, or the words in the place of one, that follow an attribution."""
    named: list[Piece] = []
    for before, piece in pairwise(rest):
        stranger = piece.kind is Kind.WORD or (piece.kind is Kind.NAME and mention_of(piece).sort is Sort.LAB)
        listed = not named or (before.kind is Kind.JOIN and piece.text[0].isupper())
        if piece.kind is Kind.BOARD or (stranger and listed and rest[0].text.casefold() != "from"):
            named.append(piece)
        elif piece.kind not in (Kind.FILL, Kind.OWN) and not (piece.kind is Kind.JOIN and named):
            break
    return named


# ── one clause ───────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class _Bundle:
    """Rivals and the topics said of them: `B in coding and C in maths` are two."""

    rivals: list[Mention] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    negated: bool = False


@dataclass(slots=True)
class _Read:
    """What one clause says, being gathered."""

    subjects: list[Mention] = field(default_factory=list)
    bundles: list[_Bundle] = field(default_factory=lambda: [_Bundle()])
    topics: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    group: Group = field(default_factory=Group)
    amount: Amount | None = None
    since: Period | None = None
    negated: bool = False
    near: bool = False
    refers: bool = False
    leads: bool = False
    read_as: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class _Reader:
    """Reads the clauses of a sentence one after the other; each leaves its subject and its rivals to the next."""

    sentence: str
    shared: _Shared
    subjects: tuple[Mention, ...] = ()
    rivals: tuple[Mention, ...] = ()
    before: _Read | None = None

    def claims(self, clause: _Clause) -> list[Claim | Unread]:
        """The claims of a clause, or why there are none; its words are quoted either way."""
        quote = self._quote(clause)
        try:
            return list(self._claims(clause, quote))
        except NotUnderstoodError as error:
            return [Unread(quote=quote, reason=str(error))]

    def _quote(self, clause: _Clause) -> str:
        pieces = [*clause.left, clause.anchor, *clause.right]
        start, end = min(piece.start for piece in pieces), max(piece.end for piece in pieces)
        return _DANGLING.sub("", self.sentence[start:end]).strip(" ,;:.")

    def _claims(self, clause: _Clause, quote: str) -> Iterator[Claim]:
        said = _Read(leads=clause.sense.relation is Relation.LEAD)
        _read_left(clause, said)
        _read_right(clause, said)
        self._place(said)
        self._subject(clause, said)
        sense = clause.inner or clause.sense
        self._rivals(clause, sense, said)
        relation = clause.sense.relation
        self.subjects = tuple(said.subjects)
        yield from self._product(clause, sense, relation, said, quote)

    def _place(self, said: _Read) -> None:
        """`leads LiveBench, ahead of B` says both of one board; a clause without a subject of its own stays on the board before."""
        before, self.before = self.before, said
        if before is None or said.subjects or said.refers:
            return
        if not said.sources and not any(bundle.sources for bundle in said.bundles):
            said.sources = [*before.sources, *(source for bundle in before.bundles for source in bundle.sources)]
        if before.leads and not said.topics and not any(bundle.topics for bundle in said.bundles):
            said.topics = [*before.topics, *(topic for bundle in before.bundles for topic in bundle.topics)]

    # ── who ──────────────────────────────────────────────────────────────────────────────────────

    def _subject(self, clause: _Clause, said: _Read) -> None:
        """Who is spoken of; left unsaid it is whom the clause before spoke of."""
        if not said.subjects:
            if not self.subjects:
                raise NotUnderstoodError("it does not say which model")
            said.subjects = list(self._understood(clause, said))
        said.subjects = [self._whole(mention, said) for mention in said.subjects]

    def _understood(self, clause: _Clause, said: _Read) -> Iterator[Mention]:
        """Whom the sentence spoke of last. Gains and firsts are said of the line where several of its sizes were named."""
        line = clause.sense.relation in (Relation.GAIN, Relation.FIRST, Relation.RATIO) and not said.refers
        subjects = [mention.whole if line else mention for mention in self.subjects]
        for mention in dict.fromkeys(subjects):
            said.read_as.append(f"said of {mention.name}")
            yield mention

    def _whole(self, mention: Mention, said: _Read) -> Mention:
        """An elliptic name in full: `the 14B` after `Qwen3.5's 72B model` is Qwen3.5 14B."""
        if mention.line or mention.sort not in (Sort.MODEL, Sort.VAGUE) or not _elliptic(mention):
            return mention
        if not self.subjects:
            raise NotUnderstoodError(f'"{mention.text}": it does not say of which line')
        line = self.subjects[-1].line or _without_size(self.subjects[-1].name)
        full = replace(mention, name=f"{line} {mention.name}".strip(), line=line, lab=self.subjects[-1].lab)
        said.read_as.append(f'"{mention.text}" is {full.name}' if mention.name else f'"{mention.text}" is one of {line}')
        return full

    def _rivals(self, clause: _Clause, sense: Sense, said: _Read) -> None:
        if sense.price_word and said.amount is None:
            raise NotUnderstoodError(f'"{clause.anchor.text}": it does not say how much')
        named = [mention for bundle in said.bundles for mention in bundle.rivals]
        if named:
            self.rivals = tuple(named)
            if sense.rival == "no":
                raise NotUnderstoodError(f'"{clause.anchor.text}" and another model: it does not say how they compare')
            for bundle in said.bundles:
                bundle.rivals = [self._whole(mention, said) for mention in bundle.rivals]
            return
        if sense.predecessor or sense.rival == "no" or sense.relation is Relation.LEAD:
            return
        if (
            sense.rival == "may"
            and sense.relation is not Relation.RATIO
            and clause.sense.relation is not Relation.FIRST
            and self.rivals
        ):
            said.bundles[0].rivals = list(self.rivals)
            said.read_as.append(f"compared with {' and '.join(mention.name for mention in self.rivals)}")
            return
        if sense.rival == "must" or sense.relation in (Relation.PRICE, Relation.ABOVE):
            raise NotUnderstoodError("it does not say than which model")

    # ── all of them ──────────────────────────────────────────────────────────────────────────────

    def _product(self, clause: _Clause, sense: Sense, relation: Relation, said: _Read, quote: str) -> Iterator[Claim]:
        found: list[Claim] = []
        for bundle in said.bundles:
            topics = bundle.topics or said.topics or list(self.shared.topics) or [""]
            sources = tuple(dict.fromkeys([*bundle.sources, *said.sources, *self.shared.sources]))
            if not bundle.rivals and any(other.rivals for other in said.bundles):
                raise NotUnderstoodError("it does not say than which model")
            rivals: Sequence[Mention | None] = bundle.rivals or [None]
            for subject, rival, topic in product(said.subjects, rivals, topics):
                claim = self._claim(clause, sense, relation, said, quote)
                negated = said.negated != bundle.negated
                found.append(
                    _ordered(
                        replace(
                            claim, subject=subject, rival=rival, topic=topic or sense.topic, sources=sources, negated=negated
                        ),
                        sense,
                    )
                )
        if len(found) > _MOST_CLAIMS:
            raise NotUnderstoodError(f"{len(found)} comparisons at once; expected at most {_MOST_CLAIMS}")
        return iter(found)

    def _claim(self, clause: _Clause, sense: Sense, relation: Relation, said: _Read, quote: str) -> Claim:
        if relation is Relation.LEAD and any(bundle.rivals for bundle in said.bundles):
            relation = Relation.ABOVE
        top, exact = (clause.top[0], True) if isinstance(clause.top, tuple) else (clause.top or 1, False)
        return Claim(
            quote=quote,
            relation=relation,
            subject=said.subjects[0],
            group=said.group,
            passing=sense.passing,
            near=said.near or sense.near,
            inner=_inner(clause),
            amount=said.amount,
            top=top if isinstance(top, int) else 1,
            exact=exact,
            per=sense.per,
            end="ratio" if sense.price_word else sense.end,
            since=said.since,
            at=self.shared.at,
            read_as=tuple(dict.fromkeys(said.read_as)),
            unread=tuple(said.unread),
        )


def _inner(clause: _Clause) -> Relation | None:
    if clause.sense.relation is not Relation.FIRST or clause.inner is None:
        return None
    return clause.inner.relation


def _ordered(claim: Claim, sense: Sense) -> Claim:
    """A claim with the better one as its subject."""
    if not sense.swap or claim.rival is None:
        return claim
    amount = replace(claim.amount, base="subject") if claim.amount else None
    return replace(claim, subject=claim.rival, rival=claim.subject, amount=amount)


def _without_size(name: str) -> str:
    """The line of a name: `Qwen3.5 397B A17B (Reasoning)` and `qwen3.5-397b-a17b` are of Qwen3.5."""
    words = (_GLUED_SIZE.sub("", word) for word in name.partition(" (")[0].split() if not SIZE.fullmatch(word))
    return " ".join(word for word in words if word)


def _elliptic(mention: Mention) -> bool:
    return mention.sort is Sort.VAGUE or (mention.name[:1].isdigit() and mention.name.endswith("B"))


# ── left of the verb ─────────────────────────────────────────────────────────────────────────────


def _read_left(clause: _Clause, said: _Read) -> None:
    """Subjects, and what stands between them and the verb."""
    pieces = list(clause.left)
    last = max((place for place, piece in enumerate(pieces) if piece.kind in (Kind.NAME, Kind.REFERENCE)), default=-1)
    if clause.sense.relation is not Relation.FIRST and last < 0:
        last = max((place for place, piece in enumerate(pieces) if piece.kind is Kind.GROUP), default=-1)
    fenced = _fenced(pieces)
    for place, piece in enumerate(pieces):
        strict = place > last and place not in fenced
        if piece.kind is Kind.AMOUNT and any(one.kind not in (Kind.FILL, Kind.DEGREE) for one in pieces[place + 1 :]):
            raise NotUnderstoodError(f'"{piece.text}": it does not say of what')  # "A, twice as large, beats B"
        if piece.kind is Kind.NAME and _is_maker(mention_of(piece), pieces[:place]):
            said.unread.append(piece.text)
            continue
        _read_left_piece(piece, said, clause, strict=strict)


def _fenced(pieces: Sequence[Piece]) -> set[int]:
    """Places between two commas or brackets: said in passing."""
    marks = [place for place, piece in enumerate(pieces) if piece.text in (",", "(", ")", "—", "–")]
    return {place for start, end in pairwise(marks) for place in range(start, end + 1)}


def _read_left_piece(piece: Piece, said: _Read, clause: _Clause, *, strict: bool) -> None:
    kind = piece.kind
    if kind is Kind.NAME and mention_of(piece).sort is Sort.LAB and clause.sense.superlative and _owns(clause.left, piece):
        said.group |= Group(lab=mention_of(piece).lab)  # "OpenAI's best model is"
    elif kind is Kind.NAME:
        said.subjects.append(mention_of(piece))
    elif kind is Kind.REFERENCE:
        said.refers = True
    elif kind is Kind.GROUP and isinstance(piece.value, Group):
        _read_left_group(piece, piece.value, said, clause)
    elif kind is Kind.TOPIC:
        said.topics.append(str(piece.value))
    elif kind is Kind.BOARD:
        said.sources.append(str(piece.value))
    elif kind is Kind.NOT:
        said.negated = not said.negated
    elif kind is Kind.NEAR:
        said.near = True
    else:
        _read_common(piece, said, strict=strict, passive=clause.sense.swap)


def _owns(pieces: Sequence[Piece], piece: Piece) -> bool:
    """Whether an `'s` follows, and then the verb."""
    return pieces[-1].kind is Kind.OWN and pieces[-2:-1] == [piece]


def _read_left_group(piece: Piece, group: Group, said: _Read, clause: _Clause) -> None:
    """A group before the verb is spoken of itself, unless a model is: then the group says among whom."""
    named = any(one.kind in (Kind.NAME, Kind.REFERENCE) for one in clause.left)
    if named or clause.sense.relation is Relation.FIRST:
        said.group |= group
    elif said.subjects and said.subjects[-1].sort is Sort.GROUP:
        both = said.subjects[-1].group | group
        said.subjects[-1] = Mention(text=f"{said.subjects[-1].text} {piece.text}", name=str(both), sort=Sort.GROUP, group=both)
    else:
        said.subjects.append(Mention(text=piece.text, name=str(group), sort=Sort.GROUP, group=group))


# ── right of the verb ────────────────────────────────────────────────────────────────────────────


def _read_right(clause: _Clause, said: _Read) -> None:
    """Rivals, topics, boards, classes, amounts and dates, in any order that can be told apart."""
    for place, piece in enumerate(clause.right):
        before = clause.right[:place]
        if piece.kind is Kind.NAME:
            _read_right_name(clause, mention_of(piece), before, said)
        elif piece.kind in (Kind.TOPIC, Kind.BOARD):
            bundle = said.bundles[-1]
            (bundle.topics if piece.kind is Kind.TOPIC else bundle.sources).append(str(piece.value))
        elif piece.kind is Kind.GROUP and isinstance(piece.value, Group):
            _read_right_group(clause, piece, piece.value, said)
        elif piece.kind is Kind.NOT:
            _read_right_not(clause.right, place, said)
        elif piece.kind is Kind.WORD and any(one.isalnum() for one in piece.text):
            _read_right_word(piece, before, said)
        elif piece.text.casefold() != "than" or any(one.kind is not Kind.FILL for one in before):
            _read_right_rest(clause, piece, place, said)


def _is_maker(mention: Mention, before: Sequence[Piece]) -> bool:
    """`by Anthropic`, `from OpenAI` says who made a model, and names none."""
    return mention.sort is Sort.LAB and bool(before) and before[-1].text.casefold() in ("by", "from", "of")


def _read_right_name(clause: _Clause, mention: Mention, before: Sequence[Piece], said: _Read) -> None:
    if _is_maker(mention, before):
        if any(bundle.rivals for bundle in said.bundles):
            said.unread.append(mention.text)  # "GPT-5 from OpenAI"
        else:
            said.group |= Group(lab=mention.lab)  # "the best model from OpenAI"
        return
    if _names_the_subject(clause, said, before):
        said.subjects.append(mention)
        return
    named = max((place for place, piece in enumerate(before) if piece.kind is Kind.NAME), default=-1)
    between = [piece for piece in before[named + 1 :] if piece.kind is Kind.WORD or (named >= 0 and _is_copula(piece))]
    if between:
        raise NotUnderstoodError(f'"{between[-1].text}" before "{mention.text}"')
    bundle = said.bundles[-1]
    if (bundle.topics or bundle.sources) and bundle.rivals:
        said.bundles.append(_Bundle(negated=bundle.negated))
    said.bundles[-1].rivals.append(mention)


def _read_right_word(piece: Piece, before: Sequence[Piece], said: _Read) -> None:
    """After a preposition a word is what is compared; right after a name it may be anything, so nothing is read."""
    if _is_unknown_topic(before):
        said.bundles[-1].topics.append(piece.text)
        return
    if piece.text[0].isupper() and len(before) > 1 and before[-1].kind is Kind.JOIN and before[-2].kind is Kind.NAME:
        said.bundles[-1].rivals.append(Mention(text=piece.text, name=piece.text))  # "beats GPT-4 and Mystery"
        return
    if before and before[-1].kind in (Kind.NAME, Kind.OWN):
        raise NotUnderstoodError(f'"{piece.text}" after "{before[-1].text}"')
    said.unread.append(piece.text)


def _read_right_rest(clause: _Clause, piece: Piece, place: int, said: _Read) -> None:
    if piece.kind is Kind.REFERENCE:
        said.unread.append(piece.text)
        return
    if piece.kind is Kind.AMOUNT and isinstance(piece.value, Amount) and not clause.sense.price_word:
        by = any(one.kind is Kind.BY for one in clause.right[max(0, place - 2) : place])
        if piece.value.unit == "times" and not by:
            raise NotUnderstoodError(f'"{piece.text}": it does not say of what')  # "at half the size"
    _read_common(piece, said, strict=False, passive=False)


def _names_the_subject(clause: _Clause, said: _Read, before: Sequence[Piece]) -> bool:
    """`The best open-weights model is X`: the subject comes last."""
    superlative = clause.sense.superlative and not said.subjects and not said.refers
    return superlative and any(_is_copula(piece) or piece.text == ":" for piece in before)


def _read_right_group(clause: _Clause, piece: Piece, group: Group, said: _Read) -> None:
    """After a verb that needs a rival a group is the rival; after `best` it says among whom."""
    sense = clause.inner or clause.sense
    bundle = said.bundles[-1]
    if sense.rival == "must" and not bundle.rivals:
        bundle.rivals.append(Mention(text=piece.text, name=str(group), sort=Sort.GROUP, group=group))
    elif bundle.rivals and bundle.rivals[-1].sort is Sort.GROUP:
        both = bundle.rivals[-1].group | group
        bundle.rivals[-1] = Mention(text=f"{bundle.rivals[-1].text} {piece.text}", name=str(both), sort=Sort.GROUP, group=both)
    else:
        said.group |= group


def _read_right_not(pieces: Sequence[Piece], place: int, said: _Read) -> None:
    """`but not in maths` is a claim of its own, turned round; any other `not` after the verb is not understood."""
    after_but = any(piece.kind is Kind.BREAK and piece.text.casefold() == "but" for piece in pieces[:place])
    rest = [piece for piece in pieces[place + 1 :] if piece.kind in (Kind.TOPIC, Kind.BOARD, Kind.NAME)]
    if not after_but or not rest:
        raise NotUnderstoodError(f'"{pieces[place].text}" after the verb')
    last = said.bundles[-1]
    rivals = [] if rest[0].kind is Kind.NAME else list(last.rivals)
    sources = [] if any(piece.kind is Kind.BOARD for piece in rest) else list(last.sources)
    said.bundles.append(_Bundle(rivals=rivals, sources=sources, negated=True))


def _is_unknown_topic(before: Sequence[Piece]) -> bool:
    """`in juggling`: what follows a preposition is what is compared, though no board has it."""
    last = next((piece for piece in reversed(before) if piece.kind not in (Kind.FILL, Kind.DEGREE)), None)
    small = [piece for piece in before[-2:] if piece.text.casefold() in ("in", "on", "at", "for")]
    return (last is not None and last.kind is Kind.IN) or bool(small)


# ── either side ──────────────────────────────────────────────────────────────────────────────────


def _read_common(piece: Piece, said: _Read, *, strict: bool, passive: bool) -> None:
    """What means the same on both sides; a word that could change the meaning is not skipped."""
    kind = piece.kind
    if kind is Kind.AMOUNT and isinstance(piece.value, Amount):
        if said.amount is not None:
            raise NotUnderstoodError(f'"{said.amount.text}" and "{piece.text}" at once')
        said.amount = piece.value
    elif kind is Kind.SINCE and isinstance(piece.value, Period):
        said.since = piece.value
    elif kind is Kind.HEDGE:
        raise NotUnderstoodError(f'"{piece.text}" says what may be, or what somebody says; the record only knows what is')
    elif kind is Kind.TURN and not (passive and piece.text.casefold() in PASTS):
        raise NotUnderstoodError(f'"{piece.text}" changes what it says')
    elif kind in (Kind.SIZE, Kind.NEAR) or piece.text.isdecimal():
        raise NotUnderstoodError(f'"{piece.text}": it does not say what this belongs to')
    elif kind is Kind.DEGREE:
        said.unread.append(piece.text)
    elif kind is Kind.WORD and any(one.isalnum() for one in piece.text):
        if strict:
            raise NotUnderstoodError(f'"{piece.text}" between the model and the verb')
        said.unread.append(piece.text)
