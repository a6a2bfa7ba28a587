"""What boards show: states that follow each other, and pages that are wrong in known ways."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simulation.machine import Row, Rows

HOUR, DAY = 3600.0, 86400.0
POISON = "poison"
OUTAGES = ("down", "slow", "error", "busy", "busy for years", "login", "gone", "layout", "empty")
WRONG = ("shifted", "swapped", "reversed", "equal", "times 100", "cut")
"""Pages that are served once."""
ODD = ("bad row", "flicker", "error row", "absurd")
"""Pages that lack a row, or have one that cannot be read or believed; the others are true."""
FLICKER_AGAIN = "flicker again"
BRANDS = ("Qwen", "Llama", "Gemma", "Phi", "Yi")


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a board truly shows from a time on."""

    number: int
    since_s: float
    rows: Rows


def states(rng: random.Random, until_s: float) -> tuple[State, ...]:
    """A board that changes every few hours: a score moves, a model arrives or leaves. The price of m0 numbers the states."""
    rows = {f"m{n}": (_name(n), round(88.0 - 4.5 * n + rng.uniform(-2, 2), 1), float(1 + n)) for n in range(13)}
    found: list[State] = []
    since_s, born = 0.0, 13
    while since_s <= until_s:
        name, score, _ = rows["m0"]
        rows["m0"] = (name, score, round(1 + len(found) / 100, 2))
        found.append(State(number=len(found), since_s=since_s, rows=dict(rows)))
        since_s += rng.choice((7, 11, 19, 31)) * HOUR
        key = rng.choice(sorted(rows.keys() - {"m0"}))
        name, score, price = rows[key]
        rows[key] = (name, round(min(96.0, max(10.0, score + rng.choice((-7, -4, 5, 8)) + rng.uniform(-1, 1))), 1), price)
        if rng.random() < 0.25 and len(rows) < 20:
            rows[f"m{born}"] = (_name(born), round(rng.uniform(35, 93), 1), 2.0)
            born += 1
        if rng.random() < 0.2 and len(rows) > 10:
            del rows[rng.choice(sorted(rows.keys() - {"m0", key}))]
    return tuple(found)


def _name(number: int) -> str:
    return f"{BRANDS[number % len(BRANDS)]} {number + 1}"


def page(kind: str, state: State, written: Callable[[Mapping[str, Row]], bytes]) -> bytes:
    """The page of a state, wrong in that way; the true one for any other kind."""
    rows: dict[str, Row] = dict(state.rows)
    if kind in _SCORES:
        scores = _SCORES[kind](state.rows)
        rows = {key: (name, scores[key], price) for key, (name, _, price) in state.rows.items()}
    elif kind == "shifted":
        rows = {key: (name, price, score) for key, (name, score, price) in state.rows.items()}
    elif kind in {"flicker", FLICKER_AGAIN}:
        del rows[sorted(rows)[1]]
    elif kind == "empty":
        rows = {}
    rows |= _MORE.get(kind, {})
    body = written(rows)
    if kind == "layout":
        return body.replace(b"score", b"points")
    if kind == "cut":
        return body[: -len(body) // 3]
    return body + b"poison,poison,1.0,1.0\n" if kind == POISON else body


def _middle(rows: Rows) -> str:
    return sorted(rows)[len(rows) // 2]


def _swapped(rows: Rows) -> dict[str, object]:
    keys = sorted(rows)
    return {key: rows[other][1] for key, other in zip(keys, keys[1:] + keys[:1], strict=True)}


_SCORES: dict[str, Callable[[Rows], dict[str, object]]] = {
    "swapped": _swapped,
    "reversed": lambda rows: {key: round(100 - score, 1) for key, (_, score, _) in rows.items()},
    "equal": lambda rows: dict.fromkeys(rows, 50.0),
    "times 100": lambda rows: {key: round(score * 100, 1) for key, (_, score, _) in rows.items()},
    "absurd": lambda rows: {key: 99999.0 if key == _middle(rows) else score for key, (_, score, _) in rows.items()},
}
_MORE: dict[str, dict[str, Row]] = {
    "error row": {"oops": ("An error occurred, please reload", 9999.0, 1.0)},
    "bad row": {"odd": ("Odd 1", "one and a half", 1.0)},
}
