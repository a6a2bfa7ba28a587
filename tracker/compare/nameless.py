"""Rows whose names name nobody: a word for "unknown", an error message, markup; or a listed entry in another spelling.

A board that has such names, or states them in its ids, may well have another one.

Source: docs/decisions/0055-odd-rows.md
"""

from __future__ import annotations

import re

from tracker.model import Board, BoardState, Entry, EntryId, Snapshot, name_tokens

_UNKNOWN = frozenset(
    (
        *("anonymous", "deleted", "false", "loading", "n", "a", "na", "nan", "nil", "none", "null", "object", "removed", "tba"),
        *("tbd", "true", "undefined", "unknown", "unbekannt", "inconnu", "non", "disponible", "desconocido", "sconosciuto"),
        *("неизвестно", "不明", "未知", "読み込み中", "加载中", "로딩"),
    )
)
"""A name of nothing but these: what a template writes without a value, in the usual languages."""
_PLACEHOLDERS = frozenset(("demo", "example", "here", "model", "name", "placeholder", "sample", "template", "your"))
"""A name of at least two of these and nothing else is that of a template."""
_BADGES = frozenset(("hot", "neu", "new", "nouveau", "novo", "nuevo", "nuovo", "updated"))
_SUMS = frozenset(("average", "avg", "mean", "median", "overall", "sum", "total"))
_ERRORS = frozenset(
    (
        *(
            "advertisement",
            "denied",
            "error",
            "errors",
            "exceeded",
            "exception",
            "failed",
            "failure",
            "forbidden",
            "http",
            "oops",
        ),
        *("sponsored", "timeout", "traceback", "unavailable"),
    )
)
_MARKUP = re.compile(r"</?[a-zA-Z!][^<>]*>|^[a-z]{2,10}://|\{\{|\$\{|%[sd]|^=[A-Z]+\(")
_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_MESSAGE = "is a message"
_LONG = 200
"""Characters. The longest name on a real board has 97."""
_WORDS = 8
"""Words from which a name that is twice as long as all others is a sentence."""
_SHOWN = 40
"""Characters of such a name in a message."""


def nameless(board: Board, before: Snapshot, after: Snapshot, past: BoardState) -> dict[EntryId, str]:
    """The entries whose names are new and are hardly names, and why."""
    renamed = {key: entry for key, entry in after.entries.items() if _is_renamed(key, entry, before, past)}
    if not renamed:
        return {}
    names = {name for known in past.known.values() for name in known.names}
    header = [name_tokens(source) for source in board.name.sources]
    longest, kinds = max((len(name.split()) for name in names), default=0), dict[str, bool]()
    doubted = {}
    for key, entry in renamed.items():
        kind = "is the name of the column" if name_tokens(entry.name) in header else _kind(entry.name, max(_WORDS, 2 * longest))
        if kind and kind not in kinds:
            kinds[kind] = any(_kind(name) == kind for name in names)
        if kind and not kinds[kind] and not _is_stated(board, key, entry, kind):
            doubted[key] = f"{entry.name[:_SHOWN]!r} {kind}"
    return doubted


def respelt(board: Board, before: Snapshot, after: Snapshot, past: BoardState) -> dict[EntryId, str]:
    """The new keys that are listed ones but for capitals, spaces and punctuation, where names are keys; and why."""
    new = sorted(after.entries.keys() - before.entries.keys() - past.known.keys())
    if not new or board.key[0].sources != board.name.sources:
        return {}
    listed = {name_tokens(key): key for key in sorted(after.entries.keys() - {*new})}
    others = {key: listed[name_tokens(key)] for key in new if name_tokens(key) in listed}
    return {key: f"{key!r} is {other!r} in another spelling" for key, other in others.items()}


def namesakes(before: Snapshot, after: Snapshot) -> dict[EntryId, str]:
    """The entries that take the name that another listed entry has and had, and why: the row may be that entry's."""
    common = after.entries.keys() & before.entries.keys()
    renamed = [entry for entry in common if before.entries[entry].name != after.entries[entry].name]
    if not renamed:
        return {}
    kept = {after.entries[entry].name: entry for entry in sorted(common.difference(renamed))}
    others = {entry: after.entries[entry].name for entry in sorted(renamed) if after.entries[entry].name in kept}
    return {entry: f"{before.entries[entry].name} has the name of {kept[name]!r}, {name}" for entry, name in others.items()}


def repeated(board: Board, before: Snapshot, after: Snapshot) -> dict[EntryId, str]:
    """The new entries with the name, perhaps with a badge in words, and the score of one that is listed as well; and why."""
    new = after.entries.keys() - before.entries.keys()
    if board.primary is None or not new:
        return {}
    values = after.values(board.primary.id)
    listed = {name_tokens(entry.name): key for key, entry in after.entries.items() if key not in new}
    others = {key: listed.get(without_badges(after.entries[key].name)) for key in sorted(new)}
    found = {key: other for key, other in others.items() if other and key in values and values[key] == values.get(other)}
    return {key: f"{after.entries[key].name} has the score of {after.entries[other].name}" for key, other in found.items()}


def without_badges(name: str) -> tuple[str, ...]:
    """The words of a name without those that only say that it is new."""
    return tuple(token for token in name_tokens(name) if token not in _BADGES)


def _is_renamed(key: EntryId, entry: Entry, before: Snapshot, past: BoardState) -> bool:
    if key in before.entries:
        return before.entries[key].name != entry.name
    return key not in past.known or entry.name not in past.known[key].names


def _kind(name: str, sentence: int = 0) -> str:
    """Why a name is hardly one; "" for an ordinary name. `sentence` is the number of words of a sentence."""
    tokens = name_tokens(name)
    if len(name) > _LONG:
        return f"has more than {_LONG} characters"
    if _MARKUP.search(name):
        return "is markup or an address"
    if _ID.fullmatch(name):
        return "is an id"
    if tokens and _UNKNOWN.issuperset(tokens):
        return "means that the name is unknown"
    if len(tokens) > 1 and _PLACEHOLDERS.issuperset(tokens):
        return "is a template's"
    if tokens and _SUMS.issuperset(tokens):
        return "sums up other rows"
    if _ERRORS.intersection(tokens) or (sentence and len(name.split()) >= sentence):
        return _MESSAGE
    return "" if any(map(str.isalpha, name)) else "has no letters"


def _is_stated(board: Board, key: EntryId, entry: Entry, kind: str) -> bool:
    """Whether an id of the publisher's, which is more than the name, says the same, or a message names the model of a lab."""
    if kind == _MESSAGE and entry.who.lab and not entry.who.guessed_lab:
        return True
    return board.key[0].sources != board.name.sources and {*name_tokens(entry.name)} < {*name_tokens(key)}
