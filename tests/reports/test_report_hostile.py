"""Names are hostile: no format lets one act on a terminal, a browser, a feed reader or a line of JSON."""

import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html
from markdown_it import MarkdownIt
from report_world import AA, T0, checks, event, health, proof, report

from tracker.model import Evidence, Report, State
from tracker.reports import FORMATS, Style, render
from tracker.reports.cleaning import cleaned, link, markdown_escaped
from tracker.wording import clean

ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = {
    "rich markup": "[bold red]fake[/bold red] [link=https://evil.example]x[/link] :smile:",
    "terminal escapes": "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x1b]8;;https://evil.example\x1b\\x \x9b2J\x08\x08",
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)> {{ 7*7 }} {% raw %}",
    "formula": "=cmd()|' /C calc'!A0",
    "right to left": "gpt\u202e4-txt.exe\u202c \u2066x\u2069 \u200b\ufeff",
    "markdown": (
        "# a | b **c** _d_ `e` [f](javascript:alert(1)) ![g](https://evil.example)"
        " ~~h~~ \\| &lt; https://evil.example www.evil.example"
    ),
    "lines": "a\nb\r\nc\u2028d\u2029e\x85f\x1cg\x0bh",
    "xml": "]]> & ]]&gt; <!-- \ufffe\uffff\x00\x0b",
    "surrogates and tags": "a\ud800b\udfffc\U000e0041",
}
DANGEROUS = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff\ud800-\udfff]"
)
ANY_TEXT = st.text(st.characters(exclude_categories=()))


def report_of(text: str) -> Report:
    """A report with that text wherever a publisher's text can stand."""
    evidence = (proof(text, text, url=text), Evidence(sha256=text, url=f"https://a.example/{text}", observed_at=T0))
    lead = event("e1", "debut", text, headline=text, rivals=[text], weight=90, rank=1, evidence=evidence, note=text)
    second = event("e2", "overtake", text, headline=f"{text}!", rivals=[text, text])
    sibling = event("e3", "debut", f"{text} (x)", headline=text, rank=2, weight=20)
    third = event("e4", "price_change", text, headline=text, weight=10)
    board = health(AA, text, state=State.BROKEN, reason=text, page=f"https://a.example/{text}", attribution=text)
    return report([lead, second, sibling, third], board, seen=checks(0))


@pytest.fixture(params=HOSTILE.values(), ids=HOSTILE.keys())
def hostile(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_lets_control_characters_or_overrides_through(name: str, hostile: str):
    text = render(report_of(hostile), name)
    assert not DANGEROUS.search(text)
    assert text.encode()


def test_in_text_a_name_is_printed_as_written(hostile: str):
    text = render(report_of(hostile), "text", Style(width=4_000))
    assert f"● {clean(hostile)[:80]}" in text


def test_in_coloured_text_there_are_only_our_colours(hostile: str):
    plain, coloured = (render(report_of(hostile), "text", Style(width=4_000, colour=colour)) for colour in (False, True))
    assert [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", coloured).split("\n")] == plain.split("\n")
    assert not DANGEROUS.search(re.sub(r"\x1b\[[0-9;]*m", "", coloured))


def test_in_markdown_a_name_is_only_text(hostile: str):
    page = lxml_html.document_fromstring(
        MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(render(report_of(hostile), "markdown"))
    )
    allowed = {"html", "body", "h1", "h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "strong", "a"}
    assert {element.tag for element in page.iter()} <= allowed
    assert all(anchor.get("href").startswith("https://a.example/") for anchor in page.iter("a"))
    assert clean(hostile) in " ".join(page.text_content().split())
    assert len(page.xpath("//tbody/tr[1]/td")) == 4


def test_in_html_a_name_is_only_text(hostile: str):
    page = etree.fromstring(render(report_of(hostile), "html").encode())
    assert page.xpath("//li[@id='event-e1']/details/p")[0].text == clean(hostile)
    assert page.xpath("//li[@id='event-e1']/h4")[0].text[:60] == clean(hostile)[:60]
    assert not list(page.iter("script", "img"))
    assert not page.xpath("//@*[starts-with(name(), 'on')]")
    assert all(anchor.get("href").startswith("https://a.example/") for anchor in page.iter("a"))


def test_in_json_lines_a_name_is_kept_exactly_on_one_line(hostile: str):
    lines = render(report_of(hostile), "jsonl").splitlines()
    assert len(lines) == 4
    assert json.loads(lines[0])["headline"] == hostile
    assert json.loads(lines[0])["subjects"][0]["name"] == hostile
    assert json.loads(lines[0])["facts"]["note"] == hostile


def test_in_a_feed_a_name_is_only_text(hostile: str):
    feed = etree.fromstring(render(report_of(hostile), "atom").encode())
    entry = feed.find(f"{ATOM}entry")
    assert " ".join(entry.findtext(f"{ATOM}title").split()) == clean(hostile)
    content = lxml_html.fragment_fromstring(entry.findtext(f"{ATOM}content"), create_parent="div")
    assert content.find("p").text == clean(hostile)
    assert not list(content.iter("script", "img"))


@pytest.mark.parametrize("name", FORMATS)
@given(text=ANY_TEXT)
def test_any_text_at_all_can_be_reported(name: str, text: str):
    made = render(report_of(text), name)
    assert not DANGEROUS.search(made)
    if name in ("html", "atom"):
        etree.fromstring(made.encode())


def test_an_escape_sequence_is_removed_completely():
    assert clean("\x1b[1;31mred\x1b[0m \x1b]0;title\x07a\x9b2Jb\x1bMc\t\u202ed\u2028e") == "red abc d e"


@given(ANY_TEXT)
@example("\x1b\u200b[31m \x1b\x1b[[31m")
def test_cleaning_twice_changes_nothing(text: str):
    assert clean(clean(text)) == clean(text)


@given(ANY_TEXT.map(clean))
@example("1) a")
@example("--- ===")
@example("a\\")
@example("\\|")
def test_escaped_text_is_markdown_of_itself(text: str):
    markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    entry = lxml_html.document_fromstring(markdown.render(f"- x {markdown_escaped(text)}\n"))
    cell = lxml_html.document_fromstring(markdown.render(f"| a |\n|---|\n| {markdown_escaped(text)} |\n"))
    start = lxml_html.document_fromstring(markdown.render(f"{markdown_escaped(text)}\n") or "<p></p>")
    assert entry.xpath("string(//li)") == f"x {text}".strip()
    assert [element.text or "" for element in cell.iter("td")] == [text]
    assert "".join(start.itertext()).strip("\n") == text


def test_addresses_in_names_do_not_become_links_where_markdown_links_bare_ones():
    assert markdown_escaped("see https://evil.example or WWW.evil.example") == r"see https\://evil.example or WWW\.evil.example"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "https:",
        "http://[",
        "ftp://x.example",
        "",
        "x",
    ],
)
def test_other_addresses_than_web_addresses_do_not_become_links(url: str):
    assert link(url) == ""


def test_a_link_cannot_break_out_of_its_place():
    assert link("https://a.example/x?a=b&c=${KEY}#d\"'<>() `|\\é") == (
        "https://a.example/x?a=b&c=$%7BKEY%7D#d%22%27%3C%3E%28%29%20%60%7C%5C%C3%A9"
    )


def test_cleaning_reaches_every_text_of_a_report_that_is_shown():
    dirty = "a\x1b[31mb\u202ec"
    shown = cleaned(report_of(dirty)).boards[0]
    texts = [shown.health.title, shown.health.reason, shown.health.attribution]
    for folded_event in (shown.stories[0].lead, *shown.stories[0].folded):
        texts += [
            folded_event.headline,
            *(party.name for party in (*folded_event.subjects, *folded_event.rivals)),
            *(proof.url for proof in folded_event.evidence),
        ]
        texts += [proof.raw or "" for proof in folded_event.evidence]
    assert not [text for text in texts if DANGEROUS.search(text)]
    assert shown.health.state is State.BROKEN
