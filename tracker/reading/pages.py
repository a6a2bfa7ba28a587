"""Recognises pages that are not boards: challenges, login walls, empty shells, disguised errors, HTML instead of data.

Only the head of a page is examined, so that 3 MB cost no more than 64 KB. Real boards load captcha and challenge scripts too
(arena.ai names `captcha` twelve times), so such a script counts only on a page without anything else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tracker.errors import Refused

HEAD = 65_536
"""Bytes examined. The largest challenge page met has 8 KB; the error digest of a 200 KB page is at 20 KB."""
FEW_WORDS = 200
"""Characters of visible text below which a page without a table or data is empty."""
SHORT_NOTICE = 800
"""Characters of visible text that a captcha's explanation may have."""

DATA_FORMATS = {
    "json_records": "JSON",
    "csv_table": "CSV",
    "yaml_records": "YAML",
    "markdown_table": "Markdown",
    "json_lines": "JSON Lines",
}
"""Formats for which a page of HTML is the wrong answer."""
MARKUP_FORMATS = {
    "html_table": "a page with a table",
    "flight": "a page with Next.js data",
    "json_ld": "a page with JSON-LD",
    "js_literal": "a script, or a page with one",
}

TITLES = {
    "just a moment": "Cloudflare challenge page",
    "attention required! | cloudflare": "Cloudflare block page",
    "vercel security checkpoint": "Vercel Security Checkpoint",
    "access denied": "Access Denied page (Akamai)",
    "access to this page has been denied": "PerimeterX block page",
    "pardon our interruption": "Imperva challenge page",
    "human verification": "AWS WAF challenge page",
    "making sure you're not a bot": "Anubis challenge page",
}
"""Beginnings of the titles by which challenge pages introduce themselves, in lower case."""
CHALLENGES = {
    b"_cf_chl_opt": "Cloudflare challenge page",
    b"/cdn-cgi/challenge-platform/h/": "Cloudflare challenge page",
    b'id="cf-chl-': "Cloudflare challenge page",
    b"captcha-delivery.com": "DataDome captcha page",
    b"px-captcha": "PerimeterX captcha page",
    b"_incapsula_resource": "Imperva challenge page",
    b"awswafcookiedomainlist": "AWS WAF challenge page",
    b"errors.edgesuite.net": "Access Denied page (Akamai)",
}
"""Marks of challenge pages that their boards lack, in lower case."""
CAPTCHAS = {
    b"h-captcha": "hCaptcha page",
    b"hcaptcha.com": "hCaptcha page",
    b"g-recaptcha": "reCAPTCHA page",
    b"/recaptcha/": "reCAPTCHA page",
    b"cf-turnstile": "Turnstile captcha page",
    b"challenges.cloudflare.com": "Turnstile captcha page",
}
"""Marks that boards have too; they mean a wall only on a page without anything else."""
PAYLOADS = (
    *(b"__next_f", b"__next_data__", b"application/json", b"application/ld+json"),
    *(b"__nuxt", b"__remixcontext", b"__sveltekit", b"gradio_config"),
)
"""Marks of data inside scripts."""

TABLES = (b"<table", b"<TABLE", b'role="row"')
"""Marks of tables, in the usual spellings."""

_DOCUMENT = re.compile(
    rb"\s*(?:<\?xml[^<>]*>\s*|<!--(?:(?!-->).)*-->\s*)*<(?:!doctype\s+html|html|head|body|title|meta|script)\b", re.DOTALL
)
_MARKUP = re.compile(rb"\s*<[a-z!?]")
_TITLE = re.compile(rb"<title[^<>]*>([^<]*)", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-z][a-z0-9-]*)[^<>]*?(/?)>")
_ROOT = re.compile(rb"""\bid\s*=\s*["']?(?:root|app|__next|__nuxt|___gatsby|svelte|main-app)\b|<app-root\b""")
_PASSWORD = re.compile(rb"""<input\b[^<>]*\btype\s*=\s*["']?password\b""")
_LOGIN_TITLE = re.compile(r"\b(?:log[ -]?in|sign[ -]?in|anmelden|einloggen|connexion)\b")
_NEXT_DIGEST = re.compile(rb"next_http_error_fallback;([0-9]{3})")
_MEMBERS = re.compile(rb"""[}\]]\s*,\s*([{\[])?\s*\\?["']""")
"""Between two members of a page's state, in which names are quoted; the group: of two records in a list."""
MIN_RECORDS, MIN_MEMBERS = 4, 6
"""Such places, and one more, by which a page's state has a list; the settings of a page that is empty have fewer."""
_HIDDEN = frozenset({"script", "style", "noscript", "svg", "template", "title"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """A body, with its head in lower case."""

    body: bytes
    head: bytes

    @property
    def title(self) -> str:
        """The title on one line, as written; empty without one."""
        match = _TITLE.search(self.body, 0, HEAD)
        return " ".join(match[1].decode("utf-8", "replace").split()) if match else ""

    @property
    def has_table(self) -> bool:
        """Whether a table is anywhere on the page."""
        return any(mark in self.head or mark in self.body for mark in TABLES)

    @property
    def has_payload(self) -> bool:
        """Whether the head carries data in scripts."""
        return any(mark in self.head for mark in PAYLOADS)

    @property
    def is_whole(self) -> bool:
        """Whether the head is the whole page."""
        return len(self.body) <= HEAD


def recognise(board: str, body: bytes, parser: str) -> None:
    """Return if the body may be what the format named `parser` reads; the parser decides whether it is.

    Raises:
        Refused: it is a challenge, a captcha, a login wall, an error page, an empty shell, or HTML instead of data.
    """
    head = body[:HEAD].removeprefix(b"\xef\xbb\xbf").lower()
    if not _MARKUP.match(head):
        return
    page = _Page(body=body, head=head)
    if what := _wall(page) if _DOCUMENT.match(head) else None:
        raise Refused(f"{board}: {what}; expected {_due(parser)}; paused, look at the board's page in a browser")
    if _is_wrong_kind(page, parser):
        raise Refused(f"{board}: {_titled('HTML page', page)}; expected {_due(parser)}; check request.url and parse.format")


def _due(parser: str) -> str:
    return DATA_FORMATS.get(parser) or MARKUP_FORMATS.get(parser) or "a leaderboard"


def _wall(page: _Page) -> str | None:
    """The kind of page, if it is not a board."""
    for recognised in (_challenge, _next_error, _login, _captcha, _shell):
        if what := recognised(page):
            return _titled(what, page)
    return None


def _titled(what: str, page: _Page) -> str:
    title = page.title
    return what if not title.isprintable() or title in {"", what} else f'{what} "{title[:80]}"'


def _challenge(page: _Page) -> str | None:
    title = page.title.casefold()
    for beginning, what in TITLES.items():
        if title.startswith(beginning) and not page.has_table:
            return what
    challenge = next((what for mark, what in CHALLENGES.items() if mark in page.head), None)
    return challenge if challenge and not page.has_payload and not page.has_table else None


def _next_error(page: _Page) -> str | None:
    digest = _NEXT_DIGEST.search(page.head)
    if (digest is None and b'id="__next_error__"' not in page.head) or page.has_table:
        return None
    return f"Next.js error page {digest[1].decode() if digest else ''}".rstrip()


def _login(page: _Page) -> str | None:
    if b"password" not in page.head or not _PASSWORD.search(page.head) or page.has_table:
        return None
    return "login page" if not page.has_payload or _LOGIN_TITLE.search(page.title.casefold()) else None


def _captcha(page: _Page) -> str | None:
    what = next((what for mark, what in CAPTCHAS.items() if mark in page.head), None)
    return what if what and _shows_less_than(SHORT_NOTICE, page) else None


def _shell(page: _Page) -> str | None:
    empty = page.is_whole and b"<script" in page.head and _ROOT.search(page.head) and _shows_less_than(FEW_WORDS, page)
    between = _MEMBERS.findall(page.head) if empty else []
    has_state = len(between) >= MIN_MEMBERS - 1 or sum(map(bool, between)) >= MIN_RECORDS - 1
    return "page that is empty until its script runs" if empty and not has_state else None


def _shows_less_than(limit: int, page: _Page) -> bool:
    if not page.is_whole or page.has_payload or page.has_table:
        return False
    return len(_visible(page.head.decode("utf-8", "replace"))) < limit


def _visible(html: str) -> str:
    """The visible text, in one pass over the tags."""
    shown, hidden, after = [], "", 0
    for tag in _TAG.finditer(html):
        if not hidden:
            shown.append(html[after : tag.start()])
        if tag[2] in _HIDDEN and (not hidden or tag[2] == hidden):
            hidden = "" if tag[1] or tag[3] else tag[2]
        after = tag.end()
    if not hidden:
        shown.append(html[after:])
    return " ".join(" ".join(shown).split())


def _is_wrong_kind(page: _Page, parser: str) -> bool:
    """Whether it is HTML instead of data. A README may begin with a tag, and JSON may be inside a page's script."""
    if parser not in DATA_FORMATS:
        return False
    if parser == "markdown_table":
        return bool(_DOCUMENT.match(page.head))
    return not (parser == "json_records" and b"application/json" in page.body)
