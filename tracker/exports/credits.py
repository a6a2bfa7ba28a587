"""The texts that travel with an export for people: README, TERMS and CITATION.cff."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import yaml

from tracker.exports.contents import FIELDS, Contents
from tracker.wording import clean

PROJECT = "https://github.com/leaderboard-tracker/leaderboard-tracker"


def readme(contents: Contents, title: str = "Leaderboards over time") -> str:
    """What the tables hold, column by column, and whose content it is, as Markdown."""
    columns = "\n".join(f"| `{field.name}` | {field.type} | {field.about} |" for field in FIELDS)
    return (
        f"# {title}\n\n"
        f"Values of {len(contents.boards)} public leaderboards of AI models, as observed up to {contents.as_of}.\n"
        "A row is a period in which a publisher showed one value of one metric for one entry. Publishers change scales, so\n"
        f"values of different times do not always compare. Names mean models by the names of version `{contents.names}`.\n\n"
        f"| column | type | meaning |\n|---|---|---|\n{columns}\n\n"
        f"## Boards\n\n{boards(contents)}\n"
        "Written by [leaderboard-tracker](" + PROJECT + ").\n"
    )


def boards(contents: Contents) -> str:
    """Each board with its page, credit line, terms and as-of time, as Markdown."""
    return "".join(
        f"- **{clean(board.title)}** (`{board.id}`, {board.page}), as of {contents.as_of_board(board.id)}. "
        f"Data: {clean(board.attribution) or 'no attribution stated'}. Terms: {clean(board.terms) or 'not stated'}\n"
        for board in contents.boards
    )


def terms(contents: Contents) -> str:
    """What each publisher demands, as Markdown."""
    return f"# Terms\n\nEach board has its publisher's terms; passing the tables on passes these on.\n\n{boards(contents)}"


def citation(contents: Contents) -> str:
    """A CITATION.cff of the data. https://citation-file-format.github.io ."""
    references = [
        {"type": "data", "title": board.title, "authors": [{"name": board.attribution or board.title}], "url": board.page}
        for board in contents.boards
    ]
    values = {
        "cff-version": "1.2.0",
        "message": "If you use these tables, cite the publishers of the boards.",
        "type": "dataset",
        "title": "Leaderboards over time",
        "authors": [{"name": "The publishers of the boards"}],
        "version": contents.names,
        "references": references,
    }
    if contents.as_of:
        values["date-released"] = contents.as_of[:10]
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=True)


def sources(contents: Contents) -> Iterator[dict[str, str]]:
    """The boards as sources of a Data Package."""
    return ({"title": f"{board.title} ({board.attribution})", "path": board.page} for board in contents.boards)


def as_yaml(values: Mapping[str, object]) -> str:
    """YAML with a JSON value per key, so that no text is read as a date or a truth value."""
    return "\n".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in values.items())
