"""Pages that must be refused, per board: each is a good page with one thing wrong, or what stands there instead of the board."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

Spoil = Callable[[bytes], bytes]
Spoils = Mapping[str, Spoil]

CHALLENGE = b"""<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title><meta name="robots" content="noindex,nofollow"></head>
<body><noscript>Enable JavaScript and cookies to continue</noscript>
<script>(function(){window._cf_chl_opt={cType:'managed',cZone:'boards.example.org'};var s=document.createElement('script');s.src='/cdn-cgi/challenge-platform/h/g/orchestrate/chl_page/v1';document.head.appendChild(s)}());</script></body></html>
"""
CHECKPOINT = b"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Vercel Security Checkpoint</title></head>
<body><main><p>We are making sure that you are a person.</p><p id="code">Code 21</p></main></body></html>
"""
LOGIN = b"""<!DOCTYPE html><html lang="en"><head><title>Sign in</title></head><body><h1>Sign in to go on</h1>
<form action="/session" method="post"><input name="login"><input type="password" name="password"><button>Sign in</button></form></body></html>
"""
SHELL = b"""<!doctype html><html lang="en"><head><meta charset="utf-8"/><title>Boards</title><script defer="defer" src="/static/js/main.5e77.js"></script></head>
<body><noscript>This app needs JavaScript.</noscript><div id="root"></div></body></html>
"""
ARTICLE = b"""<!DOCTYPE html><html lang="en"><head><title>Page not found</title></head><body><h1>Page not found</h1>
<p>What you look for is not here. It may have moved to another address, or it has never been here at all.</p><p><a href="/">Home</a></p></body></html>
"""
NEXT_ERROR = b"""<!DOCTYPE html><html id="__next_error__"><head><meta charSet="utf-8"/><meta name="robots" content="noindex"/></head><body>
<template data-dgst="NEXT_HTTP_ERROR_FALLBACK;404"></template><script>(self.__next_f=self.__next_f||[]).push([0])</script></body></html>
"""


def _always(body: bytes) -> Spoil:
    return lambda _: body


def _cut(share: float, page: bytes) -> bytes:
    return page[: int(len(page) * share)]


def _cut_behind(text: str, page: bytes) -> bytes:
    """The page up to the last occurrence of a text, and with it."""
    return page[: page.rindex(text.encode()) + len(text.encode())]


def _every(old: str, new: str, page: bytes) -> bytes:
    assert old.encode() in page, old
    return page.replace(old.encode(), new.encode())


def _first(old: str, new: str, page: bytes) -> bytes:
    assert old.encode() in page, old
    return page.replace(old.encode(), new.encode(), 1)


def _last(old: str, new: str, page: bytes) -> bytes:
    head, found, tail = page.rpartition(old.encode())
    assert found, old
    return head + new.encode() + tail


EMPTY: Spoils = {"empty.ParseError": _always(b"")}
CHALLENGED: Spoils = {"challenge.Refused": _always(CHALLENGE)}
WALLED: Spoils = {"login-wall.Refused": _always(LOGIN)}
RAW_GITHUB: Spoils = {  # what raw.githubusercontent.com and github.com answer instead of a file
    **EMPTY,
    **WALLED,
    "not-found.ParseError": _always(b"404: Not Found"),
    "html.Refused": _always(ARTICLE),
}
API: Spoils = {**EMPTY, **CHALLENGED, **WALLED, "html.Refused": _always(ARTICLE), "truncated.ParseError": partial(_cut, 0.6)}
SITE: Spoils = {
    **EMPTY,
    **CHALLENGED,
    **WALLED,
    "next-error.Refused": _always(NEXT_ERROR),
    "truncated.ParseError": partial(_cut, 0.6),
}


def _artificial_analysis(spelt_id: str = '"id":"') -> Spoils:
    index = '"artificial_analysis_intelligence_index":'
    return {
        **API,
        "bad-key.ParseError": _always(b'{"error":"Invalid API key."}'),
        "no-models.ParseError": _always(b'{"tier":"free","data":[]}'),
        "renamed-key-column.ContractBroken": partial(_every, spelt_id, '"uuid":"'),
        "renamed-primary-column.ContractBroken": partial(_every, index, '"artificial_analysis_index":'),
        "score-out-of-range.ContractBroken": lambda page: _first(f"{index}5", f"{index}105", page),
        "unreadable-cell.ContractBroken": lambda page: _first(
            '"price_1m_output_tokens":', '"price_1m_output_tokens":"on request","was":', page
        ),
    }


def _swebench(name: str, score: str, *, key: str = "folder") -> Spoils:
    return {
        **RAW_GITHUB,
        "truncated.ParseError": partial(_cut, 0.6),
        "no-such-board.ParseError": partial(_first, f'"name":"{name}"', f'"name":"{name} 2"'),
        "renamed-key-column.ContractBroken": partial(_every, f',"{key}":"', ',"entry":"'),
        "score-out-of-range.ContractBroken": partial(_every, f'"resolved":{score},', '"resolved":7680,'),
        "unreadable-cell.ContractBroken": partial(_every, f'"resolved":{score},', '"resolved":"withdrawn",'),
        "no-score.ContractBroken": partial(_every, f'"resolved":{score},', '"resolved":null,'),
    }


PAGES: Mapping[str, Spoils] = {
    "aider/polyglot": {
        **RAW_GITHUB,
        "truncated.ParseError": lambda page: _cut_behind("\n  pass_ra", page),
        "truncated-between-fields.ContractBroken": lambda page: _cut_behind("model: Wren 9B", page),
        "alias.ParseError": partial(_first, "model: Turnstone", "model: &name Turnstone"),
        "renamed-key-column.ContractBroken": partial(_every, "- dirname:", "- folder:"),
        "score-out-of-range.ContractBroken": partial(_first, "pass_rate_2: 84.9", "pass_rate_2: 849"),
        "unreadable-cell.ContractBroken": partial(_first, "seconds_per_case: 181.0", "seconds_per_case: 3m 14s"),
        "duplicate-key.ContractBroken": partial(
            _first, "2026-07-11-10-00-01--kittiwake-5-whole", "2026-07-10-09-21-36--kittiwake-5"
        ),
    },
    "artificial-analysis/llms": {
        **_artificial_analysis(),
        "duplicate-key.ContractBroken": lambda page: _first(_id_of(page, 2), _id_of(page, 1), page),
    },
    "artificial-analysis/llms-legacy": _artificial_analysis(),
    "artificial-analysis/llms-page": {
        **SITE,
        "json.ParseError": _always(b'{"models":[]}'),
        "row-missing.ParseError": partial(_first, "spotlight", "spotlit"),
        "renamed-key-column.ContractBroken": partial(_every, '\\"id\\":', '\\"modelId\\":'),
        "score-out-of-range.ContractBroken": partial(_first, '\\"intelligenceIndex\\":48', '\\"intelligenceIndex\\":-48'),
        "unreadable-cell.ContractBroken": partial(
            _first, '\\"contextWindowTokens\\":1048576', '\\"contextWindowTokens\\":\\"large\\"'
        ),
    },
    "lmarena/text-page": {
        **SITE,
        "json.ParseError": _always(b'{"entries":[]}'),
        "no-entries.ParseError": partial(_every, '\\"rating', '\\"elo'),
        "renamed-name-column.ContractBroken": lambda page: _every('\\"modelDisplayName\\":', '\\"publicName\\":', page),
        "score-out-of-range.ContractBroken": partial(_every, "1498.0390625", "98.0390625"),
        "unreadable-cell.ContractBroken": partial(_first, '\\"votes\\":9001', '\\"votes\\":\\"many\\"'),
    },
    "openrouter/models": {
        **API,
        "no-models.ParseError": _always(b'{"data":[]}'),
        "error.ParseError": _always(b'{"error":{"code":500,"message":"Internal Server Error"}}'),
        "renamed-key-column.ContractBroken": partial(_every, '"id":"', '"slug":"'),
        "price-out-of-range.ContractBroken": partial(_first, '"prompt":"0.0000045"', '"prompt":"-5"'),
        "unreadable-cell.ContractBroken": partial(_first, '"completion":"0.0000225"', '"completion":"0.0000225 or more"'),
        "prices-vanish.ContractBroken": partial(_every, '"completion":', '"output":'),
    },
    "swebench/bash-only": _swebench("bash-only", "76.4"),
    "swebench/test": _swebench("Test", "43.77", key="name"),
    "swebench/verified": _swebench("Verified", "79.2"),
    "swebench/lite": _swebench("Lite", "60.67", key="name"),
    "swebench/multimodal": _swebench("Multimodal", "36.02"),
    "vectara/hallucination": {
        **RAW_GITHUB,
        "truncated.ParseError": partial(_cut, 0.3),
        "truncated-in-a-row.ContractBroken": lambda page: _cut_behind("|calder/whimbrel-1.5|100.0 %|0.0", page),
        "renamed-key-column.ParseError": partial(_every, "|Model|Hall", "|LLM|Hall"),
        "score-out-of-range.ContractBroken": partial(_every, "|5.8 %|", "|580 %|"),
        "unreadable-cell.ContractBroken": partial(_every, "|5.8 %|", "|5,8 %|"),
        "duplicate-key.ContractBroken": partial(_first, "rook/eider-2-thinking", "rook/eider-2"),
    },
}


def _id_of(page: bytes, row: int) -> str:
    """The id of a row of a page with one record to a line."""
    line = [one for one in page.decode().splitlines() if one.startswith('{"id"')][row - 1]
    return line.split('"')[3]
