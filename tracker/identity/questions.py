"""Asks a person what neither the grammar nor the lexicon can know about a name, and says where to write the answer."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

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
_LINE = 'write the line "{name}" = "…" under [aliases] in {place}'
_ANSWERS = {
    UNREADABLE: "declare another column as name in the board's file",
    UNBRANDED: "declare another column as name in the board's file, or " + _LINE,
    SEVERAL_SNAPSHOTS: "state the one that it means: bare under [[releases]], or an alias, in {place}",
    TWO_ROWS: "nothing to decide, unless the board splits the row",
    COPY: "if the weights are the same, " + _LINE,
}
_ELSE = "if it means the same model on every board, " + _LINE


class OpenQuestion(Struct, frozen=True, kw_only=True):
    """What is open about a name, and how a person decides it."""

    why: str
    answer: str


def question(who: Identity, lexicon: Lexicon) -> OpenQuestion | None:
    """The question that a name leaves to a person, the most important one first: its model, its lab, its generation."""
    place, families = _declared(who, lexicon)
    if who.model is None:
        return OpenQuestion(why=who.reason, answer=_ANSWERS.get(who.reason, _ELSE).format(name=who.name, place=place))
    if not who.lab or who.guessed_lab:
        why = f"{who.lab} may not be the maker" if who.lab else "no lab is known"
        family = f'"{who.family}" under [[families]]' if who.family else "its family"
        answer = f"declare creator under [columns] in the board's file, or {family} in the file of its lab in {_FOLDER}"
        return OpenQuestion(why=why, answer=answer)
    return _of_generation(who, families, place)


def _declared(who: Identity, lexicon: Lexicon) -> tuple[str, Sequence[Family]]:
    """The file of the name's lab, and the entries of its family there."""
    place = next((place for place, lab in lexicon.labs.items() if lab.lab == who.lab), None)
    if place is None:
        return f"a file of its lab in {_FOLDER}", ()
    return place, [family for family in lexicon.labs[place].families if family.name == who.family]


def _of_generation(who: Identity, families: Sequence[Family], place: str) -> OpenQuestion | None:
    """The question of a model that is separate only because nothing is declared about its generation."""
    if canonical(who.generation) in {canonical(listed) for family in families for listed in family.generations}:
        return None
    line = f"{who.family} {who.generation}".strip()
    words = {"*", *(who.model or "").partition("/")[2].split("-")}
    conditions = [set(map(canonical, condition.split())) for family in families for condition in family.thinking]
    if families and "thinking" in words and not any(condition <= words for condition in conditions):
        answer = f"declare {line} under hybrid or thinking of {who.family} in {place}"
        return OpenQuestion(why=f"whether thinking is a switch of {line} is not declared", answer=answer)
    if who.date and any(family.dates == "listed" for family in families):
        answer = f'if they are, add "{who.generation}" to generations of {who.family} in {place}'
        return OpenQuestion(why=f"whether the dates of {line} are mere stamps is not declared", answer=answer)
    return None
