"""The folder of openrouter: the answer of https://openrouter.ai/api/v1/models."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from _made import Entry, Folder, Plain, Row, lines, number, plain, without

PLAIN = 194
UNREAD = frozenset(
    {
        "description",
        "input_modalities",
        "output_modalities",
        "tokenizer",
        "instruct_type",
        "is_moderated",
        "per_request_limits",
        "supported_parameters",
    }
)
NEW_YEAR = 1735689600
"""2025-01-01T00:00:00Z"""


def _row(key: str, name: str, created: int, prices: dict[str, str], **more: object) -> Row:
    get = more.get
    modality = str(get("modality", "text->text"))
    return {
        "id": key,
        "canonical_slug": get("slug", key),
        "hugging_face_id": get("hugging_face"),
        "name": name,
        "created": created,
        "description": "",
        "context_length": get("context"),
        "architecture": {"modality": modality, "input_modalities": modality.partition("->")[0].split("+"), "output_modalities": ["text"], "tokenizer": "Other", "instruct_type": None},
        "pricing": prices,
        "top_provider": {"context_length": get("context"), "max_completion_tokens": get("max_output"), "is_moderated": False},
        "per_request_limits": None,
        "supported_parameters": ["tools"],
        **({"expiration_date": get("expires")} if "expires" in more else {}),
    }  # fmt: skip


def _entry(key: str, name: str, attributes: dict[str, object], measures: dict[str, object]) -> Entry:
    return {"entry": key, "name": name, "attributes": {"slug": key, "modality": "text->text", **attributes}, "measures": measures}


TRAPS: list[tuple[Row, Entry]] = [
    (  # dollars per token as text: 0.0000045 is 4.5 for a million
        _row("saltmarsh/kittiwake-5", "Saltmarsh: Kittiwake 5", 1783036800, {"prompt": "0.0000045", "completion": "0.0000225", "input_cache_read": "0.00000045", "input_cache_write": "0.0000056", "web_search": "0.01"},
             slug="saltmarsh/kittiwake-5-20260702", context=1048576, max_output=128000, modality="text+image+file->text", expires=None),
        _entry("saltmarsh/kittiwake-5", "Saltmarsh: Kittiwake 5",
               {"slug": "saltmarsh/kittiwake-5-20260702", "listed": "2026-07-03", "context": "1048576", "max_output": "128000", "modality": "text+image+file->text"},
               {"price_in": 4.5, "price_out": 22.5, "price_cached": 0.45}),
    ),
    (  # 0 is truly free here
        _row("mossgate/pochard-2:free", "Mossgate: Pochard 2 (free)", 1767225600, {"prompt": "0", "completion": "0"}, slug="mossgate/pochard-2-20260101", hugging_face="mossgate/Pochard-2", context=262144),
        _entry("mossgate/pochard-2:free", "Mossgate: Pochard 2 (free)",
               {"slug": "mossgate/pochard-2-20260101", "hugging_face": "mossgate/Pochard-2", "listed": "2026-01-01", "context": "262144"}, {"price_in": 0, "price_out": 0}),
    ),
    (  # the same slug, paid; a price with nine decimals
        _row("mossgate/pochard-2", "Mossgate: Pochard 2", 1767225600, {"prompt": "0.000000028", "completion": "0.00000021", "input_cache_read": "0.0000000028"}, slug="mossgate/pochard-2-20260101",
             hugging_face="mossgate/Pochard-2", context=262144),
        _entry("mossgate/pochard-2", "Mossgate: Pochard 2",
               {"slug": "mossgate/pochard-2-20260101", "hugging_face": "mossgate/Pochard-2", "listed": "2026-01-01", "context": "262144"},
               {"price_in": 0.028, "price_out": 0.21, "price_cached": 0.0028}),
    ),
    (  # a router: -1 is no price, and its context is unknown
        _row("openrouter/any", "Any Router", 1704153600, {"prompt": "-1", "completion": "-1"}, hugging_face="", context=None),
        _entry("openrouter/any", "Any Router", {"listed": "2024-01-02"}, {}),
    ),
    (  # it will go; a bare date
        _row("isla-nine/turnstone", "Isla Nine: Turnstone", 1750000000, {"prompt": "0.00015", "completion": "0.0006", "request": "0"}, context=8192, max_output=4096, expires="2026-11-30"),
        _entry("isla-nine/turnstone", "Isla Nine: Turnstone", {"listed": "2025-06-15", "expires": "2026-11-30", "context": "8192", "max_output": "4096"}, {"price_in": 150, "price_out": 600}),
    ),
    (  # thinking is a model of its own; cached input is free
        _row("isla-nine/turnstone:thinking", "Isla Nine: Turnstone (thinking)", 1750000001, {"prompt": "0.0000008", "completion": "0.000004", "input_cache_read": "0.0"}, context=8192, expires=None),
        _entry("isla-nine/turnstone:thinking", "Isla Nine: Turnstone (thinking)", {"listed": "2025-06-15", "context": "8192"}, {"price_in": 0.8, "price_out": 4, "price_cached": 0}),
    ),
]  # fmt: skip


def _plain(one: Plain) -> tuple[Row, Entry]:
    key, name, created = f"{one.lab.lower().split()[0]}/{one.slug}", f"{one.lab}: {one.name}", NEW_YEAR + 86_399 * one.number
    cents = Decimal(5 * (1 + one.number % 60))
    prices = {"prompt": f"{cents / 100_000_000:f}", "completion": f"{cents / 20_000_000:f}"}
    listed = datetime.fromtimestamp(created, UTC).date().isoformat()
    row = _row(key, name, created, prices, context=None)
    return without(row, UNREAD), _entry(
        key, name, {"listed": listed}, {"price_in": number(cents / 100), "price_out": number(cents / 20)}
    )


def models() -> Folder:
    """One answer with all models, the newest anywhere."""
    generated = list(map(_plain, plain(PLAIN)))
    table = [*generated[:7], *TRAPS, *generated[7:]]
    rows = [row for row, _ in table]
    return Folder(
        pages={"page.json": lines({"data": rows}, "data")},
        entries=[entry for _, entry in table],
        short=lines({"data": rows[6:10]}, "data"),
    )


FOLDERS = {"openrouter/models": models}
