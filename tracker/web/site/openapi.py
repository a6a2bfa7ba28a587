"""The description of the addresses for programs (https://spec.openapis.org/oas/v3.1.0)."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tracker.web.site.views import FORMATS, PICTURES, REPORTS

_TIME = {"type": "string", "examples": ["2026-04-18", "2026-04-18T06:00:00Z"]}
_TEXT = {"type": "string", "maxLength": 200}
_PARAMETERS: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "at": ("As of that time; a day means its end. The last reading by then is shown.", _TIME),
    "since": ("From that time on.", _TIME),
    "until": ("Before that time.", _TIME),
    "known_at": ("As the record was known at that time.", _TIME),
    "board": ("A board's id, its source, or a pattern.", _TEXT),
    "metric": ("A metric of the board; by default the one that ranks it.", _TEXT),
    "model": ("A name of a model, a family or a lab, in any spelling.", _TEXT),
    "against": ("What scores are compared with: price, size, or a metric.", _TEXT),
    "claim": ("A sentence about models, or an article.", {"type": "string", "maxLength": 2000}),
    "article": ("`yes`: only sentences that seem to compare models.", {"type": "string", "enum": ["yes"]}),
    "chart": ("Which chart of the view.", _TEXT),
    "width": ("Pixels of the chart.", {"type": "integer", "minimum": 280, "maximum": 1600}),
    "theme": ("Colours of the chart.", {"type": "string", "enum": ["auto", "light", "dark"]}),
}
_SEVERAL = {"type": "array", "items": _TEXT, "maxItems": 5}
_BOARD = "/boards/{source}/{board}"
_CHANGES = (
    "What changed. As JSON, `since` may also be a cursor (empty for the beginning): the rows are then what the record gained or"
    " lost after it, at most 1,000, each with its cursor."
)
VIEWS: Mapping[str, tuple[str, tuple[str, ...], frozenset[str]]] = {
    "/changes": (_CHANGES, ("board", "model", "since", "until"), PICTURES),
    "/boards": ("All boards with their state.", (), PICTURES),
    _BOARD: ("A board's ranking by a metric at a time.", ("metric", "at", "width", "theme"), frozenset()),
    f"{_BOARD}/history": ("A board over time.", ("metric", "since", "at", "chart", "width", "theme"), frozenset()),
    f"{_BOARD}/frontier": ("Scores against a cost.", ("metric", "against", "since", "at", "width", "theme"), REPORTS),
    f"{_BOARD}/capture": ("A stored page, or what differs from an earlier one.", ("since", "at"), PICTURES | REPORTS),
    "/models/{model}": ("A model on every board.", ("since", "at", "width", "theme"), frozenset()),
    "/compare": ("Two to five models on every board that lists both.", ("model", "metric", "at", "width", "theme"), frozenset()),
    "/check": ("What the record says to a claim. At most 30 questions a minute.", ("claim", "article", "at"), PICTURES | REPORTS),
    "/health": ("The state of the boards.", (), PICTURES | REPORTS),
    "/about": ("How much is on record.", (), PICTURES | REPORTS),
}
"""Path without its ending → what it answers, its parameters, and the formats that it does not have."""


def description(url: str) -> bytes:
    """The document, for a site at `url`."""
    paths = {
        f"{path}.{{format}}": {"get": _operation(path, summary, names, missing)}
        for path, (summary, names, missing) in VIEWS.items()
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Leaderboard tracker", "version": "1", "description": "Read-only. Each path is also an HTML page."},
        "servers": [{"url": url or "/"}],
        "paths": paths,
    }
    return f"{json.dumps(document, ensure_ascii=False, indent=1)}\n".encode()


def _operation(path: str, summary: str, names: tuple[str, ...], missing: frozenset[str]) -> Mapping[str, object]:
    formats = [name for name in FORMATS if name != "html" and name not in missing]
    in_path = [part.strip("{}") for part in path.split("/") if part.startswith("{")]
    return {
        "operationId": "_".join(part.strip("{}") for part in path.split("/") if part),
        "summary": summary,
        "parameters": [
            *(_parameter(name, "path", f"The {name} of the view.", _TEXT) for name in in_path),
            _parameter("format", "path", "The format of the answer.", {"type": "string", "enum": formats}),
            *(_parameter(name, "query", *_PARAMETERS[name], several=path == "/compare") for name in (*names, "known_at")),
        ],
        "responses": {
            "200": {
                "description": "The view.",
                "content": {FORMATS[name].partition(";")[0]: {"schema": _schema(name)} for name in formats},
            },
            "401": _refusal("A token is needed."),
            "404": _refusal("There is nothing to show; the page says why."),
            "429": _refusal("Too many questions; ask again later."),
            "503": _refusal("The store cannot be read."),
        },
    }


def _parameter(name: str, place: str, about: str, schema: Mapping[str, object], *, several: bool = False) -> Mapping[str, object]:
    chosen = _SEVERAL if several and name == "model" else schema
    return {"name": name, "in": place, "required": place == "path", "description": about, "schema": chosen}


def _schema(form: str) -> Mapping[str, object]:
    if form == "json":
        rows = {"type": "array", "items": {"type": "object"}}
        about = {"title": {"type": "string"}, "as_of": {"type": ["string", "null"]}, "rows": rows}
        return {"type": "object", "required": ["title", "as_of", "rows"], "properties": about}
    if form == "csl":
        return {"type": "array", "items": {"type": "object"}}
    return {"type": "object"} if form == "jsonfeed" else {"type": "string"}


def _refusal(what: str) -> Mapping[str, object]:
    return {"description": what, "content": {kind: {"schema": {"type": "string"}} for kind in ("text/html", "text/plain")}}
