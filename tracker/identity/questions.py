"""Asks a person what neither the grammar nor the lexicon can know about a name, and says where to write the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.identity.known import canonical
from tracker.model import Identity
from tracker.model.names import Family, Lexicon

UNREADABLE = "no name that can be read"
UNBRANDED = "no brand in the name"
SEVERAL_SNAPSHOTS = "several snapshots have this name"
MOVING = "a moving alias"
TWO_ROWS = "one row for several models"
COPY = "another's copy, which may differ from the original"
TWO_KINDS = "a thinking and an instruct model have this name"

_FOLDER = "schedules/models/"
_LINE = 'if this board means one of them, the line "{name}" = "…" under [aliases] in {place}'
_ANSWERS = {
    UNREADABLE: "another column as name in the board's file",
    UNBRANDED: "another column as name in the board's file, or an alias in the file of its lab in " + _FOLDER,
    SEVERAL_SNAPSHOTS: "the snapshot that it means: bare under [[releases]], or an alias, in {place}",
    MOVING: 'the snapshot that it means: the line "{name}" = "…" under [aliases] in {place}',
    TWO_ROWS: "nothing, unless the board splits the row",
    COPY: 'if the weights are the same, the line "{name}" = "…" under [aliases] in {place}',
    TWO_KINDS: _LINE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is open about a name, and what would decide it."""

    why: str
    answer: str


def question(who: Identity, lexicon: Lexicon) -> Question | None:
    """The question that a name leaves to a person, the most important one first: its model, its lab, its generation."""
    place, families = _declared(who, lexicon)
    if who.model is None:
        return Question(why=who.reason, answer=_ANSWERS.get(who.reason, _LINE).format(name=who.name, place=place))
    if not who.lab or who.guessed_lab:
        why = f"{who.lab} may not be the maker" if who.lab else "no lab is known"
        family = f'"{who.family}" under [[families]]' if who.family else "its family"
        return Question(
            why=why, answer=f"creator under [columns] in the board's file, or {family} in the file of its lab in {_FOLDER}"
        )
    if families and _rests_on_generation(who, families):
        number = who.generation or "(none)"
        where = f'"{number}" in generations of {who.family}, or a condition in hybrid or thinking, in {place}'
        return Question(why=f"generation {number} of {who.family} is not listed, so it is kept apart", answer=where)
    return None


def _declared(who: Identity, lexicon: Lexicon) -> tuple[str, Sequence[Family]]:
    """The file of the name's lab, and the entries of its family there."""
    place = next((place for place, lab in lexicon.labs.items() if lab.lab == who.lab), None)
    if place is None:
        return f"a file of its lab in {_FOLDER}", ()
    return place, [family for family in lexicon.labs[place].families if family.name == who.family]


def _rests_on_generation(who: Identity, families: Sequence[Family]) -> bool:
    """Whether the model is a separate one only because its generation is not listed."""
    listed = {canonical(generation) for family in families for generation in family.generations}
    if canonical(who.generation) in listed:
        return False
    words = (who.model or "").partition("/")[2].split("-")
    thinking = "thinking" in words and not any(family.thinking for family in families if "*" in family.thinking)
    return thinking or (who.date != "" and any(family.dates == "listed" for family in families))
