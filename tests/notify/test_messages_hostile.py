"""Names are hostile and limits are short: no message lets a name call somebody, begin markup, or push the evidence out."""

import json
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from messages_world import boards, broken, declared, event, message

from tracker.model import Event
from tracker.notify.forms import calm
from tracker.wording import clean

CALLS = (
    "@everyone",
    "x@here",
    "<!channel>",
    "<@U123>",
    "<!subteam^S1|all>",
    "<#C1>",
    "<@&42>",
    "</do:1>",
    "<:e:1>",
    "@room",
    "@name",
    "@all",
)
HOSTILE = (
    *CALLS,
    "# a | b **c** _d_ `e` [f](javascript:alert(1)) ![g](https://evil.example) ~~h~~ ||i|| \\| &lt; https://evil.example",
    "<script>alert(1)</script><b>unclosed <img src=x onerror=alert(1)> &amp; ]]>",
    "</p></b></li></ul>",
    "\x1b[31mred\x1b[0m \x1b]8;;https://evil.example\x1b\\x\x9b2J\x08",
    "gpt\u202e4-txt.exe\u202c \u2066x\u2069 \u200b\ufeff",
    "=cmd()|' /C calc'!A0",
    "a\nb\r\nc\u2028d\u2029e\x85f",
    "a\ud800b\U000e0041",
    "$x^2$ $$y$$ {{ 7*7 }} :smile:",
)
SUMMONS = re.compile(r"@|<[!@#&/:]|<\w[^>]*\||://(?!aa\.example|b)")
DANGEROUS = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff\ud800-\udfff]"
)
ANY_TEXT = st.one_of(
    st.text(st.characters(exclude_categories=())),
    st.lists(st.sampled_from([*HOSTILE, " ", ". ", "Model 9"]), max_size=8).map("".join),
    st.text(st.sampled_from("@<>!&*_[]()`\\|~#:/$ .a\n"), max_size=80),
)
END = "tracker verify e10000000000"


def events_named(text: str) -> list[Event]:
    """A leader, a fold, another story and two troubles, with that text wherever a publisher's text can stand."""
    return [
        event("e100000000000000", text, subjects=(text,), weight=90),
        event("e2", text, kind="overtake", subjects=(text,), weight=40),
        event("e3", f"{text}!", kind="price_change", subjects=(f"{text}2",), weight=10),
        *(
            event(f"t{one}", text, kind="board_broken", grade="parse", of=f"arena/{one}", subjects=(), message=text, weight=5)
            for one in ("a", "b")
        ),
    ]


def composed_text(text: str, form: str, *, title: int = 0, body: int = 100_000, of_board: str = "") -> str:
    board = declared("artificial-analysis/llms", of_board or text, "https://aa.example/models", of_board or text)
    composed = message(events_named(text), form=form, title=title, body=body, of=boards(board))
    assert len(composed.body) <= body
    assert len(composed.title) <= title
    return f"{composed.title}\n{composed.body}"


def visible(form: str, text: str) -> str:
    """What a reader of that form would see."""
    if form == "html":
        return "".join(ET.fromstring(f"<x>{text}</x>").itertext())
    if form == "markdown":
        rendered = MarkdownIt("commonmark").render(text)
        return "".join(ET.fromstring(f"<x>{rendered}</x>").itertext())
    return text


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
@given(text=ANY_TEXT, title=st.sampled_from([0, 20, 250]), most=st.integers(150, 3000))
@example(text="@everyone <!channel> https://evil.example", title=0, most=400)
@example(text="&" * 400, title=250, most=160)
@example(text="a" * 5000, title=20, most=150)
def test_whatever_a_name_is_the_message_fits_and_ends_with_its_evidence(form: str, text: str, title: int, most: int):
    shown = composed_text(text, form, title=title, body=most)
    assert not DANGEROUS.search(shown)
    assert shown.rstrip().removesuffix("</code></p>").removesuffix("`").endswith(END)


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
@given(text=ANY_TEXT, most=st.integers(150, 3000))
def test_no_call_survives_in_what_a_reader_or_a_chat_sees(form: str, text: str, most: int):
    shown = composed_text(text, form, body=most)
    assert "@" not in shown
    assert not SUMMONS.search(visible(form, shown).replace("https://aa.example/models", ""))


@given(text=ANY_TEXT, most=st.integers(150, 3000), title=st.sampled_from([0, 250]))
def test_html_is_well_formed_wherever_it_is_cut(text: str, most: int, title: int):
    composed = composed_text(text, "html", title=title, body=most).partition("\n")[2]
    tree = ET.fromstring(f"<x>{composed}</x>")
    assert {node.tag for node in tree.iter()} <= {"x", "p", "b", "ul", "li", "a", "code"}
    assert {node.get("href") for node in tree.iter("a")} <= {"https://aa.example/models"}


@given(text=ANY_TEXT, most=st.integers(150, 3000))
def test_markdown_has_no_link_but_ours_and_no_markup_of_a_name(text: str, most: int):
    shown = composed_text(text, "markdown", body=most)
    tree = ET.fromstring(f"<x>{MarkdownIt('commonmark').render(shown)}</x>")
    assert {node.tag for node in tree.iter()} <= {"x", "p", "strong", "ul", "li", "a", "code", "br"}
    assert {node.get("href") for node in tree.iter("a")} <= {"https://aa.example/models"}
    assert all((code.text or "").startswith("tracker ") for code in tree.iter("code"))


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
@given(text=st.text(st.sampled_from("Qwen 3.5-*_[]()<>&`~#|é日. "), min_size=1, max_size=300), most=st.integers(150, 900))
def test_the_message_starts_with_the_beginning_of_the_headline(form: str, text: str, most: int):
    headline = calm(text)
    first = " ".join(visible(form, composed_text(text, form, body=most)).split())
    whole = " ".join(headline.split())
    cut = first.partition("…")[0]  # a headline that does not fit ends with a word
    assert first.startswith(whole[:20].rstrip(" .…")) or (cut and whole.startswith(cut))


@given(text=ANY_TEXT)
def test_json_is_one_line_of_ascii_with_the_names_as_published(text: str):
    shown = message(events_named(text), form="json").body
    assert shown.isascii()
    assert "\n" not in shown
    assert json.loads(shown)["events"][0]["headline"] == text


@pytest.mark.parametrize("text", CALLS)
def test_calm_text_reads_the_same_and_calls_nobody(text: str):
    assert not SUMMONS.search(calm(text))
    assert calm(text).replace("＠", "@").replace("‹", "<") == clean(text)


@pytest.mark.parametrize(
    "text",
    [
        "open weights <15B",
        "a < b",
        "p<0.05",
        "Qwen3-235B-A22B (reasoning)",
        "$0.20 per 1M tokens",
        "GPT-4.5 and Qwen2.5-72B-v1.0.1, e.g. both. U.S. … 3.5x",
        "第一。第二",
        "correct parse.select or request.max_bytes",
    ],
)
def test_calm_leaves_ordinary_text_alone(text: str):
    assert calm(text) == text


DOMAINS = {
    "evil.example/x": "evil․example/x",
    "Model.ai": "Model․ai",
    "o1.pro": "o1․pro",
    "www.evil.co.uk:80?q": "www․evil․co․uk:80?q",
    "bücher.example": "bücher․example",
    "a.xn--p1ai": "a․xn--p1ai",
    "💩.la": "💩․la",
    "evil。com": "evil․com",
    "evil．com/x": "evil․com/x",
    "https://evil.example": "https: //evil․example",
    "x@evil.example": "x＠evil․example",
    "10.0.0.1/x": "10․0.0.1/x",
    "[evil.example](x)": "[evil․example] (x)",
}


@pytest.mark.parametrize(("text", "shown"), DOMAINS.items())
def test_a_domain_in_a_name_looks_the_same_and_is_not_linked(text: str, shown: str):
    assert calm(text) == shown


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
@given(
    text=st.text(st.sampled_from("evil.comx/:-_9 \n"), max_size=60).map(lambda text: f"{text}9"), title=st.sampled_from([0, 250])
)
@example(text=".cc9", title=0)
@example(text="evil.example/x Model.ai o1.pro www.evil.co.uk 10.0.0.1", title=250)
def test_no_domain_survives_in_a_message_but_that_of_its_board(form: str, text: str, title: int):
    shown = visible(form, composed_text(text, form, title=title, of_board="A board")).replace("aa.example", "")
    assert not re.search(r"\w\.[a-z]{2}|\d\.\d+\.\d+\.\d", shown)


@given(text=ANY_TEXT)
def test_what_is_calm_stays_as_it_is(text: str):
    assert calm(calm(text)) == calm(text)


def test_a_reason_of_a_broken_board_is_as_harmless_as_a_name():
    sent = message(
        [
            broken("text"),
            event("x", "y", kind="board_broken", grade="parse", of="arena/vision", subjects=(), message="@everyone <!here>"),
        ]
    )
    assert "@" not in sent.body
    assert "<!" not in sent.body
