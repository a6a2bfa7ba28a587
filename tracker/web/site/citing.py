"""How to cite a view: as text, for BibTeX and as CSL JSON, with the time it shows and the vintage of the record."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC
from typing import TYPE_CHECKING

from tracker.reports.cleaning import link
from tracker.wording import clean, day, escaped, machine_time

if TYPE_CHECKING:
    from tracker.web.site.views import SiteView

_TRACKER = "Leaderboard tracker"
_TEX = {sign: f"\\{sign}" for sign in "{}%&$#_"} | {
    "\\": "\\textbackslash{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
}


def address(view: SiteView, url: str) -> str:
    """The permanent address of a view on a site at `url`, or the publisher's page if the site has no address."""
    return f"{url}/{view.path}/?{view.frozen}" if url else link(view.source[1])


def text(view: SiteView, url: str) -> str:
    """A sentence for a footnote."""
    parts = (view.source[0] or _TRACKER, view.title, _note(view), address(view, url))
    return " ".join(
        f"{clean(part).removesuffix('.')}." if part and not part.startswith("http") else part for part in parts
    ).strip()


def bibtex(view: SiteView, url: str) -> str:
    """An entry for BibTeX."""
    fields = {
        "author": f"{{{_tex(view.source[0] or _TRACKER)}}}",
        "title": f"{{{_tex(view.title)}}}",
        "year": day(view.as_of, UTC)[:4] if view.as_of else "",
        "note": _tex(_note(view)),
        "howpublished": f"\\url{{{address(view, url)}}}" if address(view, url) else "",
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{_key(view)},\n{lines}}}\n"


def csl(view: SiteView, url: str) -> str:
    """The same as CSL JSON (https://citationstyles.org)."""
    cited: Mapping[str, object] = {
        "id": _key(view),
        "type": "dataset",
        "title": clean(view.title),
        "author": [{"literal": clean(view.source[0]) or _TRACKER}],
        "issued": {"date-parts": [[int(part) for part in day(view.as_of, UTC).split("-")]]} if view.as_of else None,
        "version": machine_time(view.known_at) if view.known_at else None,
        "note": _note(view),
        "URL": address(view, url) or None,
    }
    return escaped(json.dumps([{name: value for name, value in cited.items() if value is not None}], ensure_ascii=False)) + "\n"


def _note(view: SiteView) -> str:
    known = f", record as known at {machine_time(view.known_at)}" if view.known_at else ""
    return f"As of {machine_time(view.as_of)}{known} ({_TRACKER})" if view.as_of else ""


def _key(view: SiteView) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", (view.path or "changes").lower()).strip("-")[:60]
    return f"{words}-{day(view.as_of, UTC)}" if view.as_of else words


def _tex(words: str) -> str:
    return "".join(_TEX.get(sign, sign) for sign in clean(words))
