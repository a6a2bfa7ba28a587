"""Reads the claims of a sentence from its pieces: one verb or comparative at a time, with what stands left and right of it.

Nothing is dropped in silence. What is not understood and could change the meaning makes the whole clause `Unread`; what is
merely not judged ("easily", "from Paris") is quoted in the claim. Source: docs/decisions/0012-claims.md
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from tracker.claims._records import Claim, Mention, MentionKind, ModelGroup, PieceKind, Relation, Unread
from tracker.claims.arguments import NotUnderstoodError, Said, read_left, read_right
from tracker.claims.clauses import Clause, SharedWords, attributions, divide, shared
from tracker.claims.elliptic import compared, is_elliptic, joined, without_size
from tracker.claims.pieces import Piece, canonical
from tracker.claims.words import EVERY, EVERY_ONE, SOME_ONE, Sense

_DANGLING = re.compile(r"^[\s,;:.]*(?:(?:and|but|while|with)\s+)*|[\s,;:.]+(?:and|but|at|with|while)?[\s,;:.]*$", re.IGNORECASE)
_MOST_CLAIMS = 24
"""So many claims one verb makes, and so many verbs a sentence has; more is no sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the sentences before leave to be understood: who was spoken of last."""

    subjects: tuple[Mention, ...] = ()


def read(sentence: str, pieces: Sequence[Piece], context: Context) -> tuple[tuple[Claim | Unread, ...], Context]:
    """The claims of one sentence in order, what could not be read, and who is spoken of after it."""
    if sum(piece.kind in (PieceKind.SENSE, PieceKind.TOP, PieceKind.FIRST, PieceKind.SCORE) for piece in pieces) > _MOST_CLAIMS:
        reason = f"more than {_MOST_CLAIMS} comparisons in one sentence"
        return (Unread(quote=sentence, reason=reason),), context
    runs = _runs(joined(compared(pieces)))
    every = [divide(run) for run in runs]
    sources = tuple(
        dict.fromkeys(
            source for run in every for clause in run for part in (clause.left, clause.right) for source in attributions(part)
        )
    )
    reader = _Reader(sentence=sentence, shared=SharedWords(), subjects=context.subjects)
    found: list[Claim | Unread] = []
    for run, clauses in zip(runs, every, strict=True):
        if not clauses:
            found += _no_claim(sentence, run, whole=len(runs) == 1)
            named = [piece.mention for piece in run if piece.kind is PieceKind.NAME]
            reader.subjects = tuple(named[:1]) or reader.subjects
            continue
        reader.shared = shared(clauses, run, sources)
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
    named = any(piece.kind is PieceKind.NAME for piece in run)
    if not whole and not named:
        return []
    speaks = named and (not whole or any(piece.kind in (PieceKind.AMOUNT, PieceKind.TOPIC, PieceKind.BOARD) for piece in run))
    quote = sentence if whole else sentence[run[0].start : run[-1].end]
    return [Unread(quote=quote, reason=_without_a_verb(run), checkable=speaks)]


def _without_a_verb(run: Sequence[Piece]) -> str:
    if any(piece.text.casefold() in ("vs", "versus", "or") for piece in run):
        names = [piece.mention.name for piece in run if piece.kind is PieceKind.NAME]
        if len(names) > 1:
            return f'it does not say who is ahead; ask "{names[0]} beats {names[1]}", with a topic or a board if one is meant'
    return "no verb or comparison that the grammar knows"


@dataclass(slots=True, kw_only=True)
class _Reader:
    """Reads the clauses of a sentence one after the other; each leaves its subject and its rivals to the next."""

    sentence: str
    shared: SharedWords
    subjects: tuple[Mention, ...] = ()
    rivals: tuple[Mention, ...] = ()
    before: Said | None = None

    def claims(self, clause: Clause) -> list[Claim | Unread]:
        """The claims of a clause, or why there are none; its words are quoted either way."""
        quote = self._quote(clause)
        try:
            return list(self._claims(clause, quote))
        except NotUnderstoodError as error:
            return [Unread(quote=quote, reason=str(error))]

    def _quote(self, clause: Clause) -> str:
        pieces = [*clause.left, clause.anchor, *clause.right]
        start, end = min(piece.start for piece in pieces), max(piece.end for piece in pieces)
        return _DANGLING.sub("", self.sentence[start:end]).strip(" ,;:.")

    def _claims(self, clause: Clause, quote: str) -> Iterator[Claim]:
        if self.shared.unsure:
            raise NotUnderstoodError(self.shared.unsure)
        said = Said(leads=clause.sense.relation is Relation.LEAD)
        read_left(clause, said)
        read_right(clause, said)
        self._place(said)
        self._subject(clause, said)
        sense = clause.inner or clause.sense
        self._rivals(clause, sense, said)
        relation = clause.sense.relation
        self.subjects = tuple(said.subjects)
        yield from self._product(clause, sense, relation, said, quote)

    def _place(self, said: Said) -> None:
        """`leads LiveBench, ahead of B` says both of one board; a clause without a subject of its own stays on the board before."""
        before, self.before = self.before, said
        if before is None or said.subjects or said.refers:
            return
        if not said.sources and not any(bundle.sources for bundle in said.bundles):
            said.sources = [*before.sources, *(source for bundle in before.bundles for source in bundle.sources)]
        if before.leads and not said.topics and not any(bundle.topics for bundle in said.bundles):
            said.topics = [*before.topics, *(topic for bundle in before.bundles for topic in bundle.topics)]

    # ── who ──────────────────────────────────────────────────────────────────────────────────────

    def _subject(self, clause: Clause, said: Said) -> None:
        """Who is spoken of; left unsaid it is whom the clause before spoke of."""
        if not said.subjects:
            if not self.subjects:
                raise NotUnderstoodError("it does not say which model")
            said.subjects = list(self._understood(clause, said))
        said.subjects = [self._whole(mention, said) for mention in said.subjects]

    def _understood(self, clause: Clause, said: Said) -> Iterator[Mention]:
        """Whom the sentence spoke of last. Gains and firsts are said of the line where several of its sizes were named."""
        line = clause.sense.relation in (Relation.GAIN, Relation.FIRST, Relation.RATIO) and not said.refers
        subjects = [mention.whole if line else mention for mention in self.subjects]
        for mention in dict.fromkeys(subjects):
            said.read_as.append(f"said of {mention.name}")
            yield mention

    def _whole(self, mention: Mention, said: Said) -> Mention:
        """An elliptic name in full: `the 14B` after `Qwen3.5's 72B model` is Qwen3.5 14B."""
        if mention.line or mention.kind not in (MentionKind.MODEL, MentionKind.VAGUE) or not is_elliptic(mention):
            return mention
        if not self.subjects:
            raise NotUnderstoodError(f'"{mention.text}": it does not say of which line')
        line = self.subjects[-1].line or without_size(self.subjects[-1].name)
        full = replace(mention, name=f"{line} {mention.name}".strip(), line=line, lab=self.subjects[-1].lab)
        said.read_as.append(f'"{mention.text}" is {full.name}' if mention.name else f'"{mention.text}" is one of {line}')
        return full

    def _rivals(self, clause: Clause, sense: Sense, said: Said) -> None:
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

    def _product(self, clause: Clause, sense: Sense, relation: Relation, said: Said, quote: str) -> Iterator[Claim]:
        found: list[Claim] = []
        for bundle in said.bundles:
            topics = _topics(sense, [*bundle.topics, *([] if bundle.topics else said.topics)], self.shared.topics)
            sources = tuple(dict.fromkeys([*bundle.sources, *said.sources, *self.shared.sources]))
            if not bundle.rivals and any(other.rivals for other in said.bundles):
                raise NotUnderstoodError("it does not say than which model")
            rivals: Sequence[Mention | None] = bundle.rivals or [None]
            for subject, rival, topic in product(said.subjects, rivals, topics):
                claim = self._claim(clause, sense, relation, said, quote)
                claim = replace(
                    claim, subject=subject, rival=rival, topic=topic, sources=sources, negated=said.negated != bundle.negated
                )
                found += [_judged(_ordered(one, sense)) for one in _with_figures(claim, clause)]
        if len(found) > _MOST_CLAIMS:
            raise NotUnderstoodError(f"{len(found)} comparisons at once; expected at most {_MOST_CLAIMS}")
        return iter(found)

    def _claim(self, clause: Clause, sense: Sense, relation: Relation, said: Said, quote: str) -> Claim:
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
            within=clause.within,
            per=sense.per,
            end="ratio" if sense.price_word else sense.end,
            since=said.since,
            at=self.shared.at,
            read_as=tuple(dict.fromkeys(said.read_as)),
            unread=tuple(said.unread),
        )


def _inner(clause: Clause) -> Relation | None:
    if clause.sense.relation is not Relation.FIRST or clause.inner is None:
        return None
    return clause.inner.relation


def _ordered(claim: Claim, sense: Sense) -> Claim:
    """A claim with the better one as its subject."""
    if not sense.swap or claim.rival is None:
        return claim
    amount = replace(claim.amount, base="subject") if claim.amount else None
    return replace(claim, subject=claim.rival, rival=claim.subject, amount=amount)


def _topics(sense: Sense, own: Sequence[str], front: Sequence[str]) -> Sequence[str]:
    """What is compared. A verb that brings its own topic ("cheaper") takes no other; one said in front is of the other verbs."""
    if not sense.topic:
        return tuple(dict.fromkeys(own or front)) or [""]
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


# ── what is read but cannot be judged ────────────────────────────────────────────────────────────

_DATED = (Relation.ABOVE, Relation.LEAD, Relation.RANK)
_COUNTED = (Relation.ABOVE, Relation.LEAD, Relation.PRICE, Relation.SCORE)


def _judged(claim: Claim) -> Claim:
    """The claim, if every part of it will be judged: a part that no judge looks at would be taken for granted.

    Raises:
        NotUnderstoodError: it says something of its relation that is not judged.
    """
    if claim.near and claim.amount is not None and claim.relation in (Relation.ABOVE, Relation.PRICE):
        claim = replace(claim, near=False, amount=replace(claim.amount, bound="about"))  # "almost twice as fast"
    if claim.near and claim.relation not in (Relation.ABOVE, Relation.LEVEL):
        raise NotUnderstoodError("how near it is to that is not judged")
    if claim.amount is not None and Relation.SCORE not in (claim.relation, claim.inner) and claim.relation not in _COUNTED:
        raise NotUnderstoodError(f'"{claim.amount.text}": by how much is not judged of this')
    if claim.topic == EVERY and claim.negated:
        raise NotUnderstoodError("not everywhere may be anywhere; ask for one metric at a time")
    if claim.since is not None and (claim.relation not in _DATED or claim.negated):
        raise NotUnderstoodError(f'"{claim.since.text}": since when is not judged of this')
    if claim.group and claim.rival is not None and claim.relation is not Relation.FIRST:
        claim = replace(claim, group=ModelGroup(), unread=(*claim.unread, str(claim.group)))
    _refuse_all(claim)
    return claim


def _refuse_all(claim: Claim) -> None:
    """A line, a lab or a class is judged by its best. That says something of all of it only where all of it stands below."""
    subject, rival = claim.subject.quantifier.casefold(), claim.rival.quantifier.casefold() if claim.rival else ""
    below = claim.relation in (Relation.ABOVE, Relation.FIRST) and not claim.negated
    if subject in EVERY_ONE or (rival in EVERY_ONE and not below) or rival in SOME_ONE:
        word = claim.subject.quantifier if subject in EVERY_ONE else claim.rival.quantifier if claim.rival else ""
        raise NotUnderstoodError(f'"{word}": a line or a class is judged by its best; name its members, or say "the best"')
