"""A view in each of its formats, as bytes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from tracker import wording
from tracker.charts import Look, Theme
from tracker.errors import DeclarationError
from tracker.reports import Style, html, render
from tracker.reports.cleaning import cleaned, link
from tracker.web.site import citing
from tracker.web.site.views import BADGE, FORMATS, PICTURES, SiteView
from tracker.wording import clean
from tracker.workspace.picture import png


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What every page says of the site: the address of its root (for feeds), its time zone, and whether it is for strangers.

    `static`: nothing answers questions, so that no page links to a model, to another time or to a permanent address.
    """

    url: str = ""
    zone: tzinfo = UTC
    public: bool = False
    static: bool = False


def written(view: SiteView, form: str, site: Site, *, picture: str = "", look: Look | None = None) -> bytes:
    """The view in one of FORMATS; `picture` is the form of the chart (its first one by default).

    Raises:
        DeclarationError: it has no such format or chart, or there is nothing to draw.
    """
    if form not in view.formats and form not in PICTURES:
        raise DeclarationError(f"this page does not come as {form!r}; expected one of: {', '.join(view.formats)}")
    match form:
        case "html":
            return _page(view, site).encode()
        case "json":
            return _json(view).encode()
        case "csv":
            return _csv(view).encode()
        case "svg" | "png":
            return _picture(view, form, picture, replace(look or Look(), zone=site.zone))
        case "bib":
            return citing.bibtex(view, site.url).encode()
        case "csl":
            return citing.csl(view, site.url).encode()
    assert view.report is not None
    feed, page = f"{site.url}/{view.path or 'changes'}.{form}", f"{site.url}/{view.path}"
    style = Style(zone=site.zone, feed_url=feed, page_url=page) if site.url else Style(zone=site.zone)
    return render(view.report(), "markdown" if form == "md" else form, style).encode()


def _picture(view: SiteView, form: str, picture: str, look: Look) -> bytes:
    name = picture or next(iter(view.pictures), "")
    if name not in view.pictures:
        raise DeclarationError(f"this page has no chart {name!r}; expected one of: {', '.join(view.pictures) or 'none'}")
    if form == "svg":
        return view.pictures[name](look).encode()
    return png(view.pictures[name](replace(look, theme=Theme.LIGHT if look.theme is Theme.AUTO else look.theme)))


def styles() -> bytes:
    """The style sheet of all pages."""
    return (html.styles() + _source("site.css")).encode()


def script() -> bytes:
    """The one script of all pages, which work without it."""
    return _source("site.js").encode()


def message(title: str, text: str, site: Site) -> bytes:
    """A page that only says something: an unknown address, a wrong filter."""
    return _filled("message.html", {"title": title, "text": text, "root": "/", "site": site, "path": ""}).encode()


def _page(view: SiteView, site: Site) -> str:
    depth = len(view.path.split("/")) if view.path else 0
    here = f"{'../' * depth or './'}{view.path + '/' if view.path else ''}"
    values = {
        "title": view.title,
        "path": view.path,
        "root": "../" * depth or "./",
        "site": site,
        "as_of": view.as_of,
        "frozen": f"{here}?{view.frozen}" if view.frozen and not site.static else "",
        "living": here if view.is_frozen else "",
        "query": f"?{view.query}" if view.query and not site.static else "",
        "known_at": view.known_at if view.is_frozen else None,
        "formats": [name for name in view.formats if name != "html" and not (site.static and name == "png")],
        "citation": citing.text(view, site.url) if view.as_of else "",
        "embed": _embed(view, site) if BADGE in view.pictures and site.url and not site.static else "",
        "has_feed": view.report is not None,
        "dataset": _dataset(view),
        "pictures": lambda: [Markup(drawn) for form in view.pictures if form != BADGE for drawn in _pair(view, form, site)],  # noqa: S704  # charts escape every text
        "stories": lambda: html.body(view.report(), Style(zone=site.zone)) if view.report else "",
        **view.values(),
    }
    return _filled(view.template, values)


def _embed(view: SiteView, site: Site) -> str:
    """What another page shows: the badge as of now, linked to the page that keeps it."""
    there, query = f"{site.url}/{view.path}", escape(view.frozen)
    picture = f"{there}.svg?{query}&amp;chart={BADGE}"
    return f'<a href="{there}/?{query}"><img src="{picture}" alt="{escape(clean(view.title))}" height="28"></a>'


def _dataset(view: SiteView) -> Mapping[str, object] | None:
    """What a search engine reads of a board's page (schema.org/Dataset, as microdata, which no policy refuses)."""
    publisher, page = view.source
    if not page:
        return None
    kinds = {name: FORMATS[name].partition(";")[0] for name in ("json", "csv")}
    about = f"{clean(view.title)}, as read by a leaderboard tracker, with the time of each reading."
    return {"publisher": publisher, "page": link(page), "kinds": kinds, "description": about}


def _pair(view: SiteView, form: str, site: Site) -> list[str]:
    """A chart for a screen and one for a phone in a figure, or why there is none."""
    try:
        wide, narrow = (view.pictures[form](Look(width=width, zone=site.zone, styled=False)) for width in (720, 390))
    except DeclarationError as error:
        return [f'<p class="note">{Markup.escape(f"No {form} chart: {error}")}</p>']
    return [f'<figure class="order">{wide}{narrow}</figure>']


def _json(view: SiteView) -> str:
    about = {"title": view.title, "as_of": wording.machine_time(view.as_of) if view.as_of else None}
    text = json.dumps({**about, "rows": list(view.rows())}, ensure_ascii=False, default=_plain, indent=1)
    return wording.escaped(text.replace("\n", "\0")).replace("\\u0000", "\n") + "\n"


def _plain(value: object) -> str:
    return wording.machine_time(value) if isinstance(value, datetime) else str(value)


def _csv(view: SiteView) -> str:
    """The rows, with plain texts: a cell that a spreadsheet would run as a formula begins with an apostrophe."""
    found = list(view.rows())
    target = io.StringIO()
    header = list(dict.fromkeys(name for row in found for name in row))
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_cell(row.get(name)) for name in header] for row in found)
    return target.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return wording.machine_time(value)
    if isinstance(value, list | dict | tuple):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    return wording.inert(wording.clean(value)) if isinstance(value, str) else value


def _filled(template: str, values: Mapping[str, object]) -> str:
    return _environment().get_template(template).render(cleaned_values(values))


def cleaned_values(values: Mapping[str, object]) -> dict[str, object]:
    """The values of a template with every text in them clean."""
    return {name: cleaned(value) if isinstance(value, str | tuple) else value for name, value in values.items()}


def _source(name: str) -> str:
    return files("tracker.web.site").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_source), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.update(wording=wording, link=link, Theme=Theme)
    environment.filters["clean"] = wording.clean
    return environment
