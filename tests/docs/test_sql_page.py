"""docs/reference/sql.md explains each column of each view (`--accept` rewrites that part)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracker.stores.views import VIEWS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "sql.md"
_START, _END = "<!-- views -->\n", "<!-- end of views -->\n"


def explained() -> str:
    """The part of the page about the views."""
    parts = []
    for name, view in VIEWS.items():
        rows = "\n".join(f"| `{column}` | {meaning} |" for column, meaning in view.columns.items())
        parts.append(f"### `{name}`\n\n{view.about}\n\n| column | meaning |\n|---|---|\n{rows}\n\n")
    return "\n" + "".join(parts)


def test_the_page_explains_each_column(request: pytest.FixtureRequest):
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(_START)
    _, _, after = rest.partition(_END)
    true = before + _START + explained() + _END + after
    if request.config.getoption("--accept"):
        PAGE.write_text(true, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == true
