"""Checks what people write about models against the record: a sentence or an article goes in, a finding per claim comes out.

Deterministic: a grammar of sentences, no language model, no network. Words and verdicts: docs/reference/claims.md;
reasons: docs/decisions/0012-claims.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tracker.claims import grammar, names, pieces, sentences
from tracker.claims._records import Claim, ClaimVerdict, Figure, Finding, Ground, Mention, Relation, Since, Unread
from tracker.claims.judge import judge
from tracker.claims.record import Record
from tracker.claims.rendering import finding_json, finding_line, finding_text
from tracker.identity import resolve
from tracker.model import BoardId
from tracker.model.names import Lexicon
from tracker.ports import Store
from tracker.query.find import states

__all__ = [
    "Claim", "ClaimVerdict", "Figure", "Finding", "Ground", "Mention", "Relation", "Since", "Unread",
    "check", "finding_json", "finding_line", "finding_text", "read",
]  # fmt: skip


def check(
    text: str,
    store: Store,
    *,
    at: datetime | None = None,
    lexicon: Lexicon,
    boards: Iterable[BoardId] = (),
    article: bool = False,
) -> tuple[Finding, ...]:
    """What the record says, or said at a time, to each claim of a text, in the order of the text; on all `boards` by default.

    Words that could not be read are `not understood`; of an `article`, only in sentences that seem to compare models.
    """
    chosen = tuple(boards)
    present = states(store, at=at, lexicon=lexicon, boards=chosen)
    record = Record(store=store, states=present, lexicon=lexicon, at=at, chosen=bool(chosen))
    findings: list[Finding] = []
    for claim in read(text, record):
        if isinstance(claim, Claim):
            findings.append(judge(claim, record))
        elif claim.checkable or not article:
            findings.append(Finding(quote=claim.quote, verdict=ClaimVerdict.NOT_UNDERSTOOD, reason=claim.reason))
    return tuple(findings)


def read(text: str, record: Record) -> list[Claim | Unread]:
    """The claims of a text and what could not be read of it, in order; boards and names are those of the record."""
    listed = (entry for state in record.states for entry in state.snapshot.entries.values())
    known = names.vocabulary((*listed, *record.once_listed()), lambda name: resolve(name, lexicon=record.lexicon))
    titles = pieces.titles((state.board for state in record.states), record.now)
    context = grammar.Context()
    claims: list[Claim | Unread] = []
    for sentence in sentences.split(text):
        of_sentence, context = grammar.read(sentence, pieces.cut(sentence, known, titles), context)
        claims += of_sentence
    return claims
