"""The formats: which there are, that they are the same every time, and how they look."""

import importlib
import json
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html
from report_world import AA, ARENA, DAY, INDEX, T0, checks, event, health, proof, report, top
from rich.cells import cell_len

import tracker.reports
from tracker.errors import DeclarationError
from tracker.model import BoardId, Event, Report, State
from tracker.reports import FORMATS, Style, build, event_json, render

ATOM = "{http://www.w3.org/2005/Atom}"
ENDINGS = {"text": "txt", "markdown": "md", "atom": "atom.xml", "jsonfeed": "feed.json"}
"""Of golden files; that of any other format is its name."""
LIVEBENCH = BoardId("livebench/livebench")
AIDER = BoardId("aider/polyglot")


def arrival() -> list[Event]:
    release = {"creator": "OpenAI", "released": "2026-04-17"}
    shown = (proof("GPT-6 (max)", "61.44"), proof("Opus 5", "60.2", days=-1))
    return [
        event(
            "e1", "new_leader", "GPT-6 (max)", grade="debut", weight=95, rivals=["Opus 5"], evidence=shown, after=T0 - DAY,
            headline="GPT-6 (max) leads Artificial Analysis (Intelligence Index) with 61.44, ahead of Opus 5.", value=61.44,
        ),
        event(
            "e2", "debut", "GPT-6 (max)", weight=90, evidence=shown[:1], after=T0 - DAY, rank=1, **release,
            headline="GPT-6 (max) enters Artificial Analysis at rank 1 of 300 with 61.44 (Intelligence Index).",
        ),
        event(
            "e3", "overtake", "GPT-6 (max)", grade="debut", weight=65, rivals=["Opus 5", "Gemini 4"], evidence=shown,
            after=T0 - DAY, headline="GPT-6 (max) (61.44) enters Artificial Analysis (Intelligence Index)"
            " at rank 1, above Opus 5 and Gemini 4 (60.2).",
        ),
        event("e4", "debut", "GPT-6 (high)", weight=80, rank=2, headline="GPT-6 (high) enters Artificial Analysis.", **release),
        event("e5", "debut", "GPT-6 mini", weight=60, rank=17, headline="GPT-6 mini enters Artificial Analysis.", **release),
    ]  # fmt: skip


def prices() -> list[Event]:
    return [
        event(
            f"p{n}", "price_change", f"Model {n}", grade="cut", weight=40 - n, metric=None, at=T0 + 5 * DAY, after=T0,
            headline=f"Model {n}: Output price on Artificial Analysis drops from $10 to $5 (−50 %).",
            evidence=(proof(f"Model {n}", "10"), proof(f"Model {n}", None, days=5, url="ftp://aa.example/")),
        )
        for n in range(7)
    ]  # fmt: skip


@cache
def week() -> Report:
    """One board with news, a gap and recorded changes; one broken, one quiet, one that was not looked at."""
    page = proof("x", None)
    broken = event(
        "b1", "board_broken", grade="contract", weight=85, board=ARENA, metric=None,
        headline="Arena text shows a table that is not credible;"
        " the last accepted state remains in use until the page is readable again.",
        evidence=(type(page)(sha256="cd" * 32, url="https://arena.example/", observed_at=T0),),
    )  # fmt: skip
    boards = (
        health(),
        health(ARENA, "Arena text", state=State.BROKEN, reason="14 entries, expected at least 50", last_accepted=T0 - 2 * DAY),
        health(LIVEBENCH, "LiveBench"),
        health(AIDER, "Aider polyglot", page="javascript:alert(1)"),
    )
    noise = [event(f"n{n}", "overtake", "A", grade="nominal", is_news=False) for n in range(3)]
    seen = {"a": checks(-4, -3, -2, -1, 0, 5), "b": checks(0, 1, 2, board=LIVEBENCH)}
    return report(
        [*arrival(), *prices(), broken, *noise], *boards, tops={AA: top("GPT-6 (max)", "Opus 5", "GPT-6 (high)")}, **seen
    )


@cache
def nothing() -> Report:
    boards = (health(), health(LIVEBENCH, "LiveBench"))
    return report([], *boards, a=checks(0, 1), b=checks(0, board=LIVEBENCH))


# ── all formats ──────────────────────────────────────────────────────────────────────────────────


HELPERS = {"brief", "cleaning", "folding", "gaps", "style", "words"}
"""What all formats say and fold alike."""


def test_every_file_is_a_format_and_every_format_has_its_file():
    files = {path.stem for path in Path(tracker.reports.__file__).parent.glob("*.py") if not path.stem.startswith("_")}
    assert files - HELPERS == set(FORMATS)
    for name in FORMATS:
        assert callable(importlib.import_module(f"tracker.reports.{name}").render)


def test_an_unknown_format_is_refused_with_the_known_ones():
    with pytest.raises(
        DeclarationError, match=r"format = 'markdwon' is unknown; did you mean 'markdown'\? known: text, markdown, html"
    ):
        render(week(), "markdwon")


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("which", [week, nothing])
def test_reports_look_as_accepted(name: str, which: Callable[[], Report], golden: Callable[[str, str], None]):
    golden(f"{which.__name__}.{ENDINGS.get(name, name)}", render(which(), name))


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("which", [week, nothing])
def test_the_same_report_is_the_same_text_on_any_day_and_terminal(
    name: str, which: Callable[[], Report], monkeypatch: pytest.MonkeyPatch
):
    with time_machine.travel(T0 + 400 * DAY, tick=False):
        first = [render(which(), name, Style(width=110, colour=colour)) for colour in (False, True)]
    for variable, value in {"COLUMNS": "20", "FORCE_COLOR": "1", "TERM": "dumb", "NO_COLOR": "1"}.items():
        monkeypatch.setenv(variable, value)
    with time_machine.travel(T0 + 800 * DAY, tick=False):
        assert [render(which(), name, Style(width=110, colour=colour)) for colour in (False, True)] == first


# ── text ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_text_names_a_dozen_of_the_boards_without_news_and_counts_the_others():
    built = build([health(BoardId(f"lab/{n}"), f"Board {n}") for n in range(10, 40)], [], {}, since=T0, until=T0 + DAY)
    shown = " ".join(render(built, "text", Style(width=110)).split())
    assert "Not seen in this time: 30 boards. Board 10, Board 11," in shown
    assert shown.endswith("Board 21 and 18 more")


@given(st.integers(-5, 250))
def test_no_line_of_a_text_is_wider_than_asked_for(width: int):
    assert max(cell_len(line) for line in render(week(), "text", Style(width=width)).split("\n")) <= max(width, 40)


def test_colour_is_added_only_when_asked_for():
    plain, coloured = render(week(), "text"), render(week(), "text", Style(colour=True))
    assert "\x1b" not in plain
    assert "\x1b[1;31mbroken" in coloured


def test_troubles_come_before_stories():
    text = render(week(), "text")
    assert text.index("Boards in trouble") < text.index("● GPT-6 (max) leads")


# ── html ─────────────────────────────────────────────────────────────────────────────────────────


def parsed_strictly(text: str) -> etree._Element:
    """The page is XML too, so a strict parser can tell whether every element is closed where it should be."""
    return etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, no_network=True))


@pytest.mark.parametrize("which", [week, nothing])
def test_the_page_is_well_formed_and_an_html_parser_moves_nothing(which: Callable[[], Report]):
    text = render(which(), "html")
    strict, lenient = parsed_strictly(text), lxml_html.document_fromstring(text)
    assert [element.tag for element in strict.iter()] == [parsed.tag for parsed in lenient.iter()]
    assert text.startswith("<!DOCTYPE html>")


def test_the_page_is_one_document_without_script_and_with_its_headings_in_order():
    page = parsed_strictly(render(week(), "html"))
    assert page.get("lang") == "en"
    assert page.findtext("head/title") == "Leaderboard changes, 2026-04-14 06:18 to 2026-04-28 06:18 UTC"
    headings = [int(element.tag[1]) for element in page.iter("h1", "h2", "h3", "h4")]
    assert headings.count(1) == 1
    assert all(deeper - level <= 1 for level, deeper in pairwise(headings))
    assert not list(page.iter("script", "link", "img", "iframe"))
    anchors = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(anchors) == len(set(anchors)) == 3


def test_every_story_shows_its_evidence_with_the_full_hash_at_hand():
    page = parsed_strictly(render(week(), "html"))
    (story,) = page.xpath("//li[@id='event-e1']")
    (details,) = story.iter("details")
    first = details.xpath(".//ul[@class='proofs']/li")[0]
    assert first.find("p/time").get("datetime") == "2026-04-18T06:18:33Z"
    assert first.find("p/a").get("href") == "https://aa.example/api?page=1"
    assert (first.findtext("p/abbr"), first.find("p/abbr").get("title")) == ("ab" * 6, "sha256 " + "ab" * 32)
    assert first.findtext(".//code") == "61.44"


def test_only_web_addresses_become_links():
    page = parsed_strictly(render(week(), "html"))
    assert {element.get("href").partition(":")[0] for element in page.iter("a")} == {"https"}
    assert "ftp://aa.example/" in "".join(page.itertext())


# ── json lines ───────────────────────────────────────────────────────────────────────────────────


def test_json_lines_list_every_event_in_the_order_of_the_stories():
    lines = render(week(), "jsonl").splitlines()
    assert [json.loads(line)["id"] for line in lines] == [
        *("e1", "e2", "e3", "e4", "e5"), *(f"p{n}" for n in range(7)), "b1",
    ]  # fmt: skip


def test_an_event_as_json_has_exactly_the_documented_keys():
    shown = json.loads(json.dumps(event_json(event("1", "overtake", "A", rivals=["B"], evidence=(proof("A", "7"),), rank=2))))
    assert list(shown) == [
        "id", "kind", "grade", "weight", "is_news", "board", "metric", "subjects", "rivals", "after", "until", "recorded_at",
        "headline", "facts", "evidence", "rule",
    ]  # fmt: skip
    assert shown["subjects"] == [{"entry": "a", "name": "A", "model": ""}]
    assert shown["evidence"] == [
        {
            "sha256": "ab" * 32,
            "url": "https://aa.example/api?page=1",
            "observed_at": "2026-04-18T06:18:33Z",
            "entry": "a",
            "metric": INDEX,
            "raw": "7",
            "show": "tracker capture show artificial-analysis/llms --at 2026-04-18T06:18:33Z",
        }
    ]
    assert (shown["after"], shown["until"], shown["facts"]) == (None, "2026-04-18T06:18:33Z", {"rank": 2})


def test_a_number_that_json_does_not_have_is_refused():
    with pytest.raises(ValueError, match="not JSON compliant"):
        render(report([event("1", value=float("nan"))]), "jsonl")


# ── atom ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("which", [week, nothing])
def test_the_feed_has_what_rfc_4287_requires(which: Callable[[], Report]):
    feed = etree.fromstring(render(which(), "atom").encode())
    assert feed.tag == f"{ATOM}feed"
    stories = [story for board in which().boards for story in board.stories]
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == len(stories)
    for element in (feed, *entries):
        for tag in ("id", "title", "updated"):
            assert [bool(child.text) for child in element.findall(f"{ATOM}{tag}")] == [True], (element.tag, tag)
        assert [text.get("rel") for text in element.findall(f"{ATOM}link")] == ["alternate"]
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    assert all(entry.find(f"{ATOM}content").get("type") == "html" for entry in entries)
    ids = [element.findtext(f"{ATOM}id") for element in (feed, *entries)]
    assert len(set(ids)) == len(ids)


def test_an_entry_is_its_story_with_the_boards_page_and_attribution():
    feed = etree.fromstring(render(week(), "atom").encode())
    (entry,) = [text for text in feed.findall(f"{ATOM}entry") if text.findtext(f"{ATOM}id") == "urn:leaderboard-tracker:event:e1"]
    assert entry.findtext(f"{ATOM}title") == week().boards[0].stories[0].lead.headline
    assert entry.findtext(f"{ATOM}updated") == "2026-04-18T06:18:33+00:00"
    assert entry.find(f"{ATOM}link").get("href") == "https://artificial-analysis.example/models"
    assert entry.findtext(f"{ATOM}rights") == "Data: Artificial Analysis, example"
    content = lxml_html.fragment_fromstring(entry.findtext(f"{ATOM}content"), create_parent="div")
    assert "And 2 more variants: GPT-6 (high) and GPT-6 mini." in content.text_content()


def test_the_feed_is_as_new_as_its_newest_event_or_the_windows_end():
    newest, none = (etree.fromstring(render(which(), "atom").encode()).findtext(f"{ATOM}updated") for which in (week, nothing))
    assert newest == "2026-04-23T06:18:33+00:00"
    assert none == "2026-04-28T06:18:33+00:00"


def test_the_newest_entry_of_a_feed_comes_first():
    feed = etree.fromstring(render(week(), "atom").encode())
    times = [text.findtext(f"{ATOM}updated") for text in feed.findall(f"{ATOM}entry")]
    assert times == sorted(times, reverse=True)


def test_a_feed_of_one_board_has_its_own_id():
    single = build([health()], [], {}, since=T0, until=T0 + timedelta(days=1))
    assert (
        etree.fromstring(render(single, "atom").encode()).findtext(f"{ATOM}id")
        == "urn:leaderboard-tracker:report:artificial-analysis/llms"
    )


def test_feeds_state_their_own_address_and_their_entries_link_to_their_stories():
    own, page = "https://news.example/feed.atom", "https://news.example/report.html"
    style = Style(feed_url=own, page_url=page)
    atom = etree.fromstring(render(week(), "atom", style).encode())
    links = {element.get("rel"): element.get("href") for element in atom.findall(f"{ATOM}link")}
    assert links == {"alternate": page, "self": own}
    stories = [entry.find(f"{ATOM}link").get("href") for entry in atom.findall(f"{ATOM}entry")]
    anchors = {element.get("id") for element in parsed_strictly(render(week(), "html")).iter("li")}
    assert all(story.startswith(f"{page}#") and story.partition("#")[2] in anchors for story in stories)
    feed = json.loads(render(week(), "jsonfeed", style))
    assert (feed["feed_url"], feed["home_page_url"]) == (own, page)
    assert [item["url"] for item in feed["items"]] == stories


def test_two_installations_have_feeds_with_different_ids():
    ids = {
        etree.fromstring(render(week(), "atom", Style(feed_url=url)).encode()).findtext(f"{ATOM}id")
        for url in ("", "https://one.example/feed", "https://other.example/feed")
    }
    assert len(ids) == 3


# ── json feed ────────────────────────────────────────────────────────────────────────────────────


def test_a_json_feed_has_the_stories_of_the_atom_feed():
    atom = etree.fromstring(render(week(), "atom").encode())
    feed = json.loads(render(week(), "jsonfeed"))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [(item["id"], item["title"]) for item in feed["items"]] == [
        (entry.findtext(f"{ATOM}id"), entry.findtext(f"{ATOM}title")) for entry in atom.findall(f"{ATOM}entry")
    ]
    assert all(item["content_html"] and item["date_published"].endswith("Z") for item in feed["items"])


def test_a_json_feed_without_stories_has_an_empty_list():
    assert json.loads(render(nothing(), "jsonfeed"))["items"] == []
