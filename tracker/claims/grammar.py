"""Reads the claims of a sentence from its pieces: one verb or comparative at a time, with what is left and right of it.

Nothing is dropped: every word is accounted for by a rule, or the clause is `Unread` and the word is named.
Source: docs/decisions/0012-claims.md
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, product

from msgspec import Struct

from tracker.claims._records import Claim, Mention, MentionKind, ModelGroup, PieceKind, Place, Relation, Unread
from tracker.claims.arguments import Arguments, NotUnderstoodError, read_arguments
from tracker.claims.clauses import Clause, SharedWords, attributions, divide, hearsay, shared
from tracker.claims.elliptic import compared, is_elliptic, joined, without_size
from tracker.claims.pieces import Piece, canonical
from tracker.claims.words import EVERY_ONE, SOME_ONE, Sense

_DANGLING = re.compile(r"^[\s,;:.]*(?:(?:and|but|while|with)\s+)*|[\s,;:.]+(?:and|but|at|with|while)?[\s,;:.]*$", re.IGNORECASE)
_MOST_CLAIMS = 24
"""How many claims one verb may make, and how many verbs a sentence may have."""


class Context(Struct, frozen=True, kw_only=True):
    """What a sentence leaves to the next: its subjects, to which that may refer, and the names of all its models."""

    subjects: tuple[Mention, ...] = ()
    named: frozenset[str] = frozenset()


def read(sentence: str, pieces: Sequence[Piece], context: Context) -> tuple[list[Claim | Unread], Context]:
    """The claims of one sentence in order, with what could not be read, and what it leaves to the next."""
    if sum(piece.kind in (PieceKind.SENSE, PieceKind.TOP, PieceKind.FIRST, PieceKind.SCORE) for piece in pieces) > _MOST_CLAIMS:
        return [Unread(quote=sentence, reason=f"more than {_MOST_CLAIMS} comparisons in one sentence")], Context()
    runs = _runs(joined(compared(pieces)))
    clauses_of = [divide(run) for run in runs]
    parts = [part for clauses in clauses_of for clause in clauses for part in (clause.left, clause.right)]
    sources = [source for part in parts for source in attributions(part)]
    reader = _Reader(sentence=sentence, shared=SharedWords(), subjects=context.subjects, named=set(context.named))
    claims: list[Claim | Unread] = []
    for run, clauses in zip(runs, clauses_of, strict=True):
        if clauses and (hedge := hearsay(run)):
            reason = f'"{hedge}" says what may be, or what somebody says; the record only knows what is'
            claims.append(Unread(quote=_quoted(sentence, run), reason=reason))
        elif clauses:
            reader.shared = shared(clauses, run, sources)
            claims += reader.run(clauses)
        else:
            claims += _no_claim(sentence, run, whole=len(runs) == 1)
            reader.subjects = tuple(piece.of(Mention) for piece in run if piece.kind is PieceKind.NAME)[:1] or reader.subjects
    names = frozenset(piece.of(Mention).name for piece in pieces if piece.kind is PieceKind.NAME)
    return claims, Context(subjects=reader.subjects, named=names)


def _quoted(sentence: str, pieces: Sequence[Piece]) -> str:
    start, end = min(piece.start for piece in pieces), max(piece.end for piece in pieces)
    return _DANGLING.sub("", sentence[start:end]).strip(" ,;:.")


def _runs(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """The parts of a sentence between semicolons; each is read by itself."""
    return [list(run) for ends, run in groupby(pieces, lambda piece: piece.text == ";") if not ends] or [[]]


def _no_claim(sentence: str, run: Sequence[Piece], *, whole: bool) -> list[Unread]:
    """Words without a verb of ours; they seem to claim something if they mention a model and a figure, a topic or a board."""
    names = [piece.of(Mention).name for piece in run if piece.kind is PieceKind.NAME]
    if not whole and not names:
        return []
    claims = not whole or any(piece.kind in (PieceKind.AMOUNT, PieceKind.TOPIC, PieceKind.BOARD) for piece in run)
    quote = sentence if whole else sentence[run[0].start : run[-1].end]
    reason = "no verb or comparison that the grammar knows"
    if len(names) > 1 and any(piece.reads("vs", "versus", "or") for piece in run):
        ask = f'"{names[0]} beats {names[1]}", with a topic or a board if one is meant'
        reason = f"it does not say who is ahead; ask {ask}"
    return [Unread(quote=quote, reason=reason, checkable=bool(names) and claims)]


class _Reader(Struct, kw_only=True):
    """Reads the clauses of a sentence one after the other; each leaves its subject and its rivals to the next."""

    sentence: str
    shared: SharedWords
    subjects: tuple[Mention, ...] = ()
    named: set[str] = set()
    rivals: tuple[Mention, ...] = ()
    sources: list[str] = []
    led_in: list[str] = []

    def run(self, clauses: Sequence[Clause]) -> Iterator[Claim | Unread]:
        """The claims of each clause, or why there are none; its words are quoted either way.

        Whatever precedes a verb may be said of all that follows: if it is not understood, nothing after it is.
        """
        if self.shared.unsure:
            yield from (Unread(quote=_quoted(self.sentence, clause.pieces), reason=self.shared.unsure) for clause in clauses)
            return
        for place, clause in enumerate(clauses):
            past = clause.sense.swap or clause.sense.relation is Relation.FIRST or self.shared.at is not None
            arguments = Arguments(past=past)
            following = clauses[place:]
            try:
                read_arguments(clause, arguments)
                following = [clause]
                yield from self._claims(clause, arguments)
            except NotUnderstoodError as error:
                pieces = [piece for each in following for piece in each.pieces]
                yield Unread(quote=_quoted(self.sentence, pieces), reason=str(error))
                self.subjects = self.rivals = ()
            self.named |= {mention.name for mention in (*arguments.subjects, *arguments.rivals)}
            if len(following) > 1:
                return

    def _claims(self, clause: Clause, arguments: Arguments) -> list[Claim]:
        self._place(clause, arguments)
        self._subject(clause, arguments)
        self._rivals(clause, arguments)
        self.subjects = tuple(replace(subject, figure=None) for subject in arguments.subjects)
        return self._product(clause, arguments, _quoted(self.sentence, clause.pieces))

    def _place(self, clause: Clause, arguments: Arguments) -> None:
        """`leads LiveBench, ahead of B` is about one board: a clause without a subject of its own stays on the board before."""
        if not arguments.subjects and not arguments.refers:
            arguments.sources = arguments.sources or self.sources
            arguments.topics = arguments.topics or self.led_in
        self.sources = arguments.sources
        self.led_in = arguments.topics if clause.sense.relation is Relation.LEAD else []

    # ── who ──────────────────────────────────────────────────────────────────────────────────────

    def _subject(self, clause: Clause, arguments: Arguments) -> None:
        """The models that the clause is about; if it does not say, those of the clause before.

        Gains and firsts are then said of the line if several of its sizes were named.
        """
        if not arguments.subjects:
            if not self.subjects:
                raise NotUnderstoodError("it does not say which model")
            models = [mention for mention in self.subjects if mention.kind is MentionKind.MODEL]
            if arguments.refers and (len(models) != 1 or self.named != {models[0].name}):
                raise NotUnderstoodError(f'"{arguments.refers}": it does not say which model that is; name it')
            if clause.figures and self.rivals:
                raise NotUnderstoodError(f'"{clause.anchor.text}": it does not say whose figure that is')
            of_line = clause.sense.relation in (Relation.GAIN, Relation.FIRST, Relation.RATIO) and not arguments.refers
            understood = dict.fromkeys(mention.whole if of_line else mention for mention in self.subjects)
            arguments.read_as += [f"said of {mention.name}" for mention in understood]
            arguments.subjects = list(understood)
        arguments.subjects = [self._in_full(mention, arguments) for mention in arguments.subjects]

    def _in_full(self, mention: Mention, arguments: Arguments) -> Mention:
        """An elliptic name in full: `the 14B` after `Qwen3.5's 72B model` is Qwen3.5 14B."""
        if mention.line or mention.kind is not MentionKind.MODEL or not is_elliptic(mention):
            return mention
        if not self.subjects:
            raise NotUnderstoodError(f'"{mention.text}": it does not say of which line')
        last = self.subjects[-1]
        line = last.line or without_size(last.name)
        full = replace(mention, name=f"{line} {mention.name}".strip(), line=line, lab=last.lab)
        arguments.read_as.append(f'"{mention.text}" is {full.name}')
        return full

    def _rivals(self, clause: Clause, arguments: Arguments) -> None:
        sense = clause.inner or clause.sense
        if sense.price_word and arguments.amount is None:
            raise NotUnderstoodError(f'"{clause.anchor.text}": it does not say how much')
        if arguments.rivals:
            if sense.rival == "no":
                raise NotUnderstoodError(f'"{clause.anchor.text}" and another model: it does not say how they compare')
            self.rivals = tuple(arguments.rivals)
            arguments.rivals = [self._in_full(mention, arguments) for mention in arguments.rivals]
            return
        if sense.rival == "no" or sense.relation is Relation.LEAD:
            return
        compares = sense.relation is not Relation.RATIO and clause.sense.relation is not Relation.FIRST
        if sense.rival == "may" and compares and self.rivals:
            arguments.rivals = list(self.rivals)
            arguments.read_as.append(f"compared with {' and '.join(mention.name for mention in self.rivals)}")
        elif sense.rival == "must" or sense.relation in (Relation.PRICE, Relation.ABOVE):
            raise NotUnderstoodError("it does not say with which model it is compared")

    # ── all of them ──────────────────────────────────────────────────────────────────────────────

    def _product(self, clause: Clause, arguments: Arguments, quote: str) -> list[Claim]:
        """A claim for each subject, rival and topic."""
        sense, pattern = clause.inner or clause.sense, self._pattern(clause, arguments, quote)
        rivals: Sequence[Mention | None] = arguments.rivals or [None]
        topics = _topics(sense, arguments.topics, self.shared.topics)
        claims = [
            _judged(_ordered(of_figure, sense))
            for subject, rival, topic in product(arguments.subjects, rivals, topics)
            for of_figure in _with_figures(replace(pattern, subject=subject, rival=rival, topic=topic), clause)
        ]
        if len(claims) > _MOST_CLAIMS:
            raise NotUnderstoodError(f"{len(claims)} comparisons at once; expected at most {_MOST_CLAIMS}")
        return claims

    def _pattern(self, clause: Clause, arguments: Arguments, quote: str) -> Claim:
        """What all claims of the clause have in common."""
        sense, relation = clause.inner or clause.sense, clause.sense.relation
        above = relation is Relation.LEAD and sense.rival == "may" and bool(arguments.rivals)
        second = Place(top=2, exact=True) if relation is Relation.RANK else Place(top=1)
        return Claim(
            quote=quote,
            relation=Relation.ABOVE if above else relation,
            subject=arguments.subjects[0],
            group=arguments.group,
            passing=sense.passing,
            sources=tuple(dict.fromkeys([*arguments.sources, *self.shared.sources])),
            negated=arguments.negated,
            lapsed=arguments.lapsed,
            degree=arguments.degree or sense.degree,
            inner=clause.inner.relation if clause.inner and relation is Relation.FIRST else None,
            amount=arguments.amount,
            place=clause.top or second,
            end="ratio" if sense.price_word else sense.end,
            since=arguments.since,
            at=self.shared.at,
            read_as=tuple(dict.fromkeys(arguments.read_as)),
        )


def _ordered(claim: Claim, sense: Sense) -> Claim:
    """A claim with the better one as its subject."""
    if not sense.swap or claim.rival is None:
        return claim
    amount = replace(claim.amount, base="subject") if claim.amount else None
    return replace(claim, subject=claim.rival, rival=claim.subject, amount=amount)


_ENDS: Mapping[str, str] = {"input tokens": "input price", "output tokens": "output price"}


def _topics(sense: Sense, own: Sequence[str], front: Sequence[str]) -> Sequence[str]:
    """What is compared. A verb that brings its own topic ("cheaper") accepts no other; one in front is of the other verbs."""
    named = tuple(dict.fromkeys(own or front))
    if end := next((topic for topic in named if topic in _ENDS), None):  # "cheaper on output"
        if sense.topic != "price" or len(named) > 1:
            raise NotUnderstoodError(f'"{end}": it does not say what is compared; ask for its price')
        return [_ENDS[end]]
    if not sense.topic:
        return named or [""]
    strange = [topic for topic in own if sense.topic not in canonical(topic).split()]
    if strange:
        raise NotUnderstoodError(f'a comparison in {sense.topic}, and "{strange[0]}" at once')
    return tuple(dict.fromkeys(own)) or [sense.topic]


def _with_figures(claim: Claim, clause: Clause) -> Iterator[Claim]:
    """A claim for every figure of a score; `$5/$25` are two."""
    if not clause.figures:
        yield claim
        return
    if claim.amount is not None:
        raise NotUnderstoodError(f'"{claim.amount.text}" beside a score')
    for score in clause.figures:
        if claim.topic and score.topic and canonical(claim.topic) != canonical(score.topic):
            raise NotUnderstoodError(f'a figure of {score.topic}, and "{claim.topic}" at once')
        yield replace(claim, amount=score.amount, topic=score.topic or claim.topic)


_PARTS: Mapping[Relation, str] = {
    Relation.ABOVE: "by how much; since when; how clearly; the figure; how it came about",
    Relation.LEVEL: "the figure",
    Relation.LEAD: "by how much; since when; how clearly; the figure; how it came about",
    Relation.RANK: "since when; the figure; how it came about",
    Relation.PRICE: "by how much; how clearly",
    Relation.GAIN: "how clearly",
}
"""What the judge of a relation looks at, besides what every claim has."""


def _judged(claim: Claim) -> Claim:
    """The claim, if every part of it will be judged: a part that no judge looks at would be taken for granted.

    Raises:
        NotUnderstoodError: it says something of its relation that is not judged.
    """
    mentions = [mention for mention in (claim.subject, claim.rival) if mention is not None]
    parts = {
        "by how much": claim.amount is not None and Relation.SCORE not in (claim.relation, claim.inner),
        "since when": claim.since is not None,
        "how clearly": bool(claim.degree),
        "that it held before": claim.lapsed and (claim.relation is not Relation.LEAD or bool(claim.group)),
        "the figure": any(mention.figure is not None for mention in mentions),
        "how it came about": (claim.passing and claim.relation is not Relation.FIRST) or bool(claim.place.moved),
    }
    judged = _PARTS.get(claim.relation, "")
    for part, said in parts.items():
        if said and (part not in judged or (claim.negated and part != "by how much")):
            raise NotUnderstoodError(f"{part} is not judged of this; ask for it by itself")
    places = (Relation.FIRST, Relation.LEAD, Relation.RANK)
    if claim.group and claim.rival is not None and claim.relation not in places:  # both are of the class
        sides = [replace(side, group=side.group | claim.group) for side in (claim.subject, claim.rival)]
        claim = replace(claim, group=ModelGroup(), subject=sides[0], rival=sides[1])
    _refuse_all(claim)
    return claim


def _refuse_all(claim: Claim) -> None:
    """A line, a lab or a class is judged by its best. That says something about all of it only on the side below."""
    subject, rival = claim.subject.quantifier.casefold(), claim.rival.quantifier.casefold() if claim.rival else ""
    below = claim.relation in (Relation.ABOVE, Relation.FIRST) and not claim.negated
    if subject in EVERY_ONE or (rival in EVERY_ONE and not below) or rival in SOME_ONE:
        word = claim.subject.quantifier if subject in EVERY_ONE else claim.rival.quantifier if claim.rival else ""
        raise NotUnderstoodError(f'"{word}": a line or a class is judged by its best; name its members, or say "the best"')
