"""The folder of livebench: `table_2026_06_25.csv`, and the averages that the site computes from it.

Categories: https://livebench.ai/categories_2026_06_25.json
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from _made import Entry, Folder, plain

PLAIN = 18
CATEGORIES = {
    "reasoning": ("theory_of_mind", "zebra_puzzle", "spatial", "logic_with_navigation"),
    "coding": ("code_generation", "code_completion"),
    "agentic_coding": ("javascript", "typescript", "python"),
    "mathematics": ("AMPS_Hard", "integrals_with_game", "math_comp", "olympiad"),
    "data_analysis": ("consecutive_events", "tablejoin", "tablereformat"),
    "language": ("connections", "plot_unscrambling", "typos"),
    "instruction_following": ("paraphrase", "simplify", "story_generation", "summarize"),
}
TASKS = sorted(task for tasks in CATEGORIES.values() for task in tasks)
"""The header after `model`: capitals before small letters."""

Cells = dict[str, str]

EVEN = dict.fromkeys(TASKS, "60.0")
"""A row that can be checked by head: every average is 60 but for what a trap changes."""
TRAPS: list[tuple[str, Cells, dict[str, float | None]]] = [
    # coding = (81.5 + 40.25) / 2 = 60.875; global = (6 · 60 + 60.875) / 7 = 60.125
    ("kittiwake-5-20260702-thinking-64k-high-effort", EVEN | {"code_generation": "81.5", "code_completion": "40.25"}, {"coding": 60.875, "global_average": 60.125}),
    # an empty cell: nothing is known of the category and of the whole
    ("pochard-2-400b-a32b", EVEN | {"olympiad": ""}, {"olympiad": None, "mathematics": None, "global_average": None}),
    # a dash says the same
    ("eider-2-preview", EVEN | {"typescript": "-", "python": "-"}, {"typescript": None, "python": None, "agentic_coding": None, "global_average": None}),
    # 0 and 100 are scores: reasoning = (0 + 100 + 60 + 60) / 4 = 55; global = (6 · 60 + 55) / 7
    ("smew-7b", EVEN | {"spatial": "0", "zebra_puzzle": "100.0"}, {"spatial": 0, "zebra_puzzle": 100, "reasoning": 55, "global_average": 415 / 7}),
    # a comma within a name, in quotes; if = (61.1 + 61.1 + 61.1 + 56.7) / 4 = 60
    ("gable-1,5-turbo", EVEN | {"paraphrase": "61.1", "simplify": "61.1", "story_generation": "61.1", "summarize": "56.7"}, {"paraphrase": 61.1, "simplify": 61.1, "story_generation": 61.1, "summarize": 56.7}),
]  # fmt: skip


def _plain_cells(at: int) -> Cells:
    return {task: f"{(9_137 * (at + 1) * (place + 3)) % 100_001 / 1000}" for place, task in enumerate(TASKS)}


def _averages(values: dict[str, Fraction]) -> dict[str, Fraction]:
    means = {name: sum((values[task] for task in tasks), Fraction()) / len(tasks) for name, tasks in CATEGORIES.items()}
    return {**means, "global_average": sum(means.values(), Fraction()) / len(means)}


def _entry(name: str, measures: Mapping[str, float | None]) -> Entry:
    return {
        "entry": name,
        "name": name,
        "attributes": {},
        "measures": {metric: value for metric, value in measures.items() if value is not None},
    }


def _plain_entry(name: str, cells: Cells) -> Entry:
    values = {task: Fraction(text) for task, text in cells.items()}
    means = {name: float(mean) for name, mean in _averages(values).items()}
    return _entry(name, {task.lower(): float(value) for task, value in values.items()} | means)


def _trap_entry(name: str, changes: dict[str, float | None], cells: Cells) -> Entry:
    """Everything is 60 but for what is said; a task that changes is said too, as a second look at its cell shows."""
    even = dict.fromkeys([task.lower() for task in TASKS] + [*CATEGORIES, "global_average"], 60.0)
    tasks = {task.lower(): float(text) for task, text in cells.items() if text not in {"", "-"}}
    return _entry(name, {**even, **tasks, **changes})


def _line(name: str, cells: Cells) -> str:
    first = f'"{name}"' if "," in name else name
    return ",".join([first, *(cells[task] for task in TASKS)])


def table() -> Folder:
    """The table in no order."""
    rows = [(one.slug, _plain_cells(one.number)) for one in plain(PLAIN)]
    traps = [(name, cells) for name, cells, _ in TRAPS]
    text = [_line(name, cells) for name, cells in [*rows[:3], *traps, *rows[3:]]]
    made = [_plain_entry(name, cells) for name, cells in rows]
    entries = [*made[:3], *(_trap_entry(name, changes, cells) for name, cells, changes in TRAPS), *made[3:]]
    head = ",".join(["model", *TASKS])
    page = "\n".join([head, *text, ""]).encode()
    short = "\n".join([head, *text[3:8], ""]).encode()
    return Folder(pages={"page.csv": page}, entries=entries, short=short)


FOLDERS = {"livebench/livebench": table}
