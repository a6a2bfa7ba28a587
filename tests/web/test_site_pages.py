"""The pages over a store: each view in each format, what an address may say, and that nothing in it can run."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import feedparser
import pytest
import time_machine
from lxml import html as lxml_html
from site_world import ABOUT, HOSTILE, Opened, ask, body, filled, get
from svg import parsed

from tracker import web
from tracker.cli import main
from tracker.model import Board, BoardId
from tracker.web.site.files import build
from tracker.web.site.limits import IN_ALL, PER_CLIENT, Limiter
from tracker.web.site.views import FORMATS
from tracker.web.site.writing import Site
from tracker.workspace import Settings
from tracker.workspace.sharing import barred_boards

COMPARED, CLAIM = "model=Heron+A&model=Heron+B&model=Heron+C", "claim=Heron+B+leads+acme%2Ftext"
PAGES = (
    *("/", "/boards/", "/boards/acme/text/", "/boards/acme/text/history/", "/models/Heron%20B/", "/compare/", "/check/"),
    *("/boards/acme/text/frontier/", "/boards/acme/text/capture/", "/boards/acme/text/capture/?since=2026-03-01"),
    *("/health/", "/about/", f"/compare/?{COMPARED}", f"/check/?{CLAIM}"),
)
ROOTS = (
    "/changes",
    "/boards",
    "/boards/acme/text",
    "/boards/acme/text/history",
    "/models/Heron%20B",
    "/boards/acme/text/frontier",
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return filled(tmp_path_factory.mktemp("site"))


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_complete_without_scripts_and_asks_nothing_of_others(store: Settings, path: str):
    found = get(store, path)
    assert (found.status_code, found.headers["content-type"]) == (200, "text/html; charset=utf-8")
    page = lxml_html.fromstring(found.text)
    assert page.xpath("//*[@style] | //style | //iframe | //*[starts-with(name(@*), 'on')]") == []
    assert [(each.get("type"), each.get("src").lstrip("./"), each.text) for each in page.xpath("//script")] == [
        ("module", "site.js", None)
    ]
    assert [sheet.get("href").lstrip("./") for sheet in page.xpath("//link[@rel='stylesheet']")] == ["style.css"]
    assert page.xpath("//img/@src") == []
    policy = found.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert len(page.xpath("//h1")) == 1
    assert page.get("lang") == "en"


@pytest.mark.parametrize("path", PAGES)
def test_every_link_within_the_site_leads_to_a_page(store: Settings, path: str):
    for link in dict.fromkeys(lxml_html.fromstring(get(store, path).text).xpath("//a/@href | //link/@href")):
        if not link.startswith(("https://", "#")):
            address = str(get(store, path).request.url.join(link)).removeprefix("http://tracker.test")
            assert get(store, address).status_code == 200, (path, link)


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "html"])
@pytest.mark.parametrize("root", ROOTS)
def test_a_view_has_every_format_at_its_own_address(store: Settings, root: str, form: str):
    found = get(store, f"{root}.{form}")
    without = {"/boards/acme/text/frontier": ("atom", "jsonfeed", "md"), "/changes": ("svg", "png"), "/boards": ("svg", "png")}
    if form in without.get(root, ()):
        assert found.status_code == 404
        return
    assert (found.status_code, found.headers["content-type"]) == (200, FORMATS[form])
    if form == "json":
        assert {"title", "as_of", "rows"} == json.loads(found.text).keys()
    elif form == "csv":
        assert len({len(row) for row in csv.reader(io.StringIO(found.text))}) == 1
    elif form == "svg":
        assert parsed(found.text).get("class") == "tc"
    elif form == "atom":
        assert not feedparser.parse(found.text).bozo
        assert f"https://site.example{root}.atom" in found.text


def test_a_board_shows_the_state_of_any_time_and_snaps_to_readings(store: Settings):
    rows = json.loads(get(store, "/boards/acme/text.json?at=2026-03-01T20:00:00Z").text)
    assert rows["as_of"] == "2026-03-01T06:00:00Z"
    assert [(row["rank"], row["name"]) for row in rows["rows"][:2]] == [(1, "Heron A"), (2, "Heron B")]
    page = lxml_html.fromstring(get(store, "/boards/acme/text/?at=2026-03-02").text)
    assert page.xpath("//a[@rel='prev']/@href") == ["?at=2026-03-01T06%3A00%3A00Z&metric=score"]
    assert page.xpath("//a[@rel='next']/@href") == ["?at=2026-03-03T06%3A00%3A00Z&metric=score"]


def test_a_permanent_address_shows_the_same_when_the_board_has_changed(store: Settings, tmp_path: Path):
    page = lxml_html.fromstring(get(store, "/boards/acme/text/").text)
    (frozen,) = [link for link in page.xpath("//footer//a/@href") if "?at=" in link]
    assert frozen.startswith("../../../boards/acme/text/?at=2026-03-03T06%3A00%3A00Z&metric=score&known_at=")
    before = get(store, frozen.removeprefix("../../.."))
    folder, name = tmp_path / "more", "acme/text"
    folder.mkdir()
    (folder / "2026-03-04T060000Z.csv").write_text(body("a:99 b:95 c:71"), encoding="utf-8")
    moved = replace(store, store=shutil.copytree(store.store, tmp_path / "store"))
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1)), pytest.raises(SystemExit):
        main(["--store", str(moved.store), "--schedules", str(moved.schedules), "import", name, str(folder)])
    assert "99" in get(moved, "/boards/acme/text/").text
    assert get(moved, frozen.removeprefix("../../..")).text == before.text
    assert "See the page as it is now" in before.text
    for form in ("json", "csv", "svg", "bib"):
        (link,) = [link for link in lxml_html.fromstring(before.text).xpath("//footer//a/@href") if f".{form}?" in link][:1]
        assert get(moved, link.removeprefix("../../..")).content == get(store, link.removeprefix("../../..")).content


def test_a_client_gets_what_the_record_gained_after_a_cursor_and_nothing_twice(store: Settings):
    every = json.loads(get(store, "/changes.json?since=").text)["rows"]
    assert len(every) == len({row["id"] for row in every}) > 2
    later = json.loads(get(store, f"/changes.json?since={every[0]['cursor']}").text)["rows"]
    assert later == every[1:]
    assert json.loads(get(store, f"/changes.json?since={every[-1]['cursor']}").text)["rows"] == []
    barred = barred_of(store)
    assert {row["board"] for row in json.loads(get(store, "/changes.json?since=", barred=barred).text)["rows"]} == {"acme/text"}


def test_the_script_is_small_and_served_from_here(store: Settings):
    found = get(store, "/site.js")
    assert found.headers["content-type"] == "text/javascript; charset=utf-8"
    assert 500 < len(found.content) <= 12_000
    assert "script-src 'self';" in get(store, "/").headers["content-security-policy"]


def test_a_search_engine_finds_a_board_as_a_dataset(store: Settings):
    page = lxml_html.fromstring(get(store, "/boards/acme/text/").text)
    (dataset,) = page.xpath("//main[@itemtype='https://schema.org/Dataset']")
    told = {each.get("itemprop"): each.get("content") or each.get("href") for each in dataset.xpath("./*[@itemprop]")}
    assert (told["name"], told["dateModified"], told["isBasedOn"]) == (
        "acme/text",
        "2026-03-03T06:00:00Z",
        "https://acme.example/",
    )
    assert dataset.xpath(".//*[@itemprop='creator']/meta/@content") == ["Acme, CC-BY-4.0"]
    assert dataset.xpath(".//*[@itemprop='contentUrl']/@href") == [
        "../../../boards/acme/text.json?metric=score",
        "../../../boards/acme/text.csv?metric=score",
    ]


def test_a_citation_names_board_time_and_vintage_in_every_form(store: Settings):
    cited = json.loads(get(store, "/boards/acme/text.csl").text)
    assert [(each["title"], each["author"], each["issued"]) for each in cited] == [
        ("acme/text", [{"literal": "Acme, CC-BY-4.0"}], {"date-parts": [[2026, 3, 3]]})
    ]
    vintage = cited[0]["version"]
    assert f"known_at={quote(vintage, safe='')}" in cited[0]["URL"]
    entry = get(store, "/boards/acme/text.bib").text
    assert entry.startswith("@misc{boards-acme-text-2026-03-03,")
    assert f"record as known at {vintage}" in entry
    assert f"record as known at {vintage}" in lxml_html.fromstring(get(store, "/boards/acme/text/").text).findtext(
        ".//p[@class='citation']"
    )


def test_pages_are_compressed_for_clients_that_say_so_and_are_the_same(store: Settings):
    plain = get(store, "/boards/acme/text/", headers={"accept-encoding": "identity"})
    packed = get(store, "/boards/acme/text/", headers={"accept-encoding": "gzip"})
    assert (packed.headers["content-encoding"], "content-encoding" in plain.headers) == ("gzip", False)
    assert packed.text == plain.text
    assert packed.headers["etag"] == plain.headers["etag"]
    assert "Accept-Encoding" in packed.headers["vary"]


def test_filters_of_the_address_choose_the_news(store: Settings):
    every = json.loads(get(store, "/changes.json").text)["rows"]
    some = json.loads(get(store, "/changes.json?board=acme/text").text)["rows"]
    assert {row["board"] for row in every} == {"acme/text", "acme/secret"}
    assert {row["board"] for row in some} == {"acme/text"}
    about = json.loads(get(store, "/changes.json?model=Heron+B").text)["rows"]
    assert about
    assert all("Heron B" in json.dumps(row) for row in about)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/boards/acme/none/", "board &#34;acme/none&#34; is unknown"),
        ("/boards/acme/text/?metric=x", "metric &#34;x&#34; is unknown"),
        ("/boards/acme/text/?at=2020-01-01", "nothing was accepted by 2020-01-01T23:59:59Z"),
        ("/boards/acme/text/?at=soon", "at is not a time"),
        ("/boards/acme/text/?at=99999999999-01-01", "at is not a time"),
        ("/boards/acme/text/?drop=table", "the filter &#39;drop&#39; is unknown"),
        ("/boards/acme/text.svg?width=9", "width is not one; expected 280 to 1600 pixels"),
        ("/boards/acme/text.svg?width=²", "width is not one"),
        ("/boards/acme/text.svg?theme=pink", "theme is not one"),
        ("/boards/acme/text.svg?chart=pie", "has no chart &#39;pie&#39;"),
        ("/models/Nightingale%207/", "no board lists that model"),
        ("/boards/../../etc/passwd/", "There is no such page."),
        ("/boards/..%2f..%2fetc/passwd/", "There is no such page."),
        ("/" + "a" * 300 + "/", "There is no such page."),
        ("/?model=" + "a" * 300, "model has 300 characters; expected at most 200"),
        ("/?model=" + "a" * 9000, "There is no such page."),
        ("/boards/acme/text/?metric=score" + "&metric=score" * 50, "metric is given 51 times; expected at most 1"),
        ("/boards/acme/text/?at=2999-12-31", "at is in the year 2999; expected one from 1970 to 2199"),
        ("/boards/acme/text/?at=0001-01-01T00:00:00%2B14:00", "at is not a time"),
        ("/boards/acme/text/?known_at=yesterday%00", "known_at is not a time"),
        ("/boards/acme/text/?known_at=1999-01-01", "nothing was on record then"),
        ("/boards/acme/text/?metric=%00", "metric &#34;"),
        ("/models/%00/", "no board lists that model"),
        ("/models/../../../etc/passwd/", "There is no such page."),
        ("/changes.json?since=zzz", "is not one; expected what an earlier answer gave"),
        ("/boards/acme/text/'; DROP TABLE events;--/", "There is no such page."),
        ("/nothing/", "There is no such page."),
    ],
)
def test_an_address_that_means_nothing_is_refused_with_its_reason(store: Settings, path: str, words: str):
    found = get(store, path)
    assert found.status_code == 404
    assert words in found.text
    assert "Traceback" not in found.text


@pytest.mark.parametrize("path", [path for path in PAGES if path != "/about/"])
def test_a_hostile_name_is_text(store: Settings, path: str):
    found = get(store, path).text
    assert "<script>" not in found
    assert "\u202e" not in found
    assert not [link for link in lxml_html.fromstring(found).xpath("//@href") if link.lower().startswith("javascript:")]


def test_a_formula_does_not_run_in_a_spreadsheet(store: Settings):
    names = {row["name"] for row in csv.DictReader(io.StringIO(get(store, "/boards/acme/text.csv").text))}
    assert f"'{HOSTILE['f']}" in names
    assert not [name for name in names if name.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("path", ["//evil.example", "/javascript:alert(1)", "/boards"])
def test_a_redirect_stays_on_this_host(store: Settings, path: str):
    found = get(store, f"http://tracker.test{path}")
    assert found.status_code == 308
    assert found.headers["location"].startswith("./")


def test_an_unchanged_page_is_not_sent_again(store: Settings):
    tag = get(store, "/boards/acme/text/").headers["etag"]
    again = get(store, "/boards/acme/text/", headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert get(store, "/boards/acme/text/", headers={"if-none-match": '"other"'}).status_code == 200


def test_a_token_is_needed_unless_the_site_is_public(store: Settings):
    assert get(store, "/", token="0123456789abcdef").status_code == 401
    assert get(store, "/", token="0123456789abcdef", headers={"authorization": "Bearer 0123456789abcdef"}).status_code == 200
    assert get(store, "/", token="0123456789abcdef", about=Site(public=True)).status_code == 200
    assert get(store, "/", method="POST").status_code == 405


def test_boards_that_may_not_be_passed_on_are_left_out_with_a_note(store: Settings):
    barred = barred_of(store)
    assert set(barred) == {"acme/secret"}
    for path in ("/", "/boards/acme/text/", "/models/Heron%20B/", "/changes.json", "/changes.atom"):
        assert "acme/secret" not in get(store, path, barred=barred).text
    assert get(store, "/boards/acme/secret/", barred=barred).status_code == 404
    assert get(store, "/boards/acme/secret/history.svg", barred=barred).status_code == 404
    assert get(store, "/?board=acme/secret", barred=barred).status_code == 404
    boards = get(store, "/boards/", barred=barred).text
    assert "do not allow passing their content on" in boards
    assert 'href="../boards/acme/secret/"' not in boards


def test_the_static_site_has_the_same_pages_and_only_what_may_be_passed_on(store: Settings, tmp_path: Path):
    with Opened(store)() as workspace:
        assert list(build(workspace, tmp_path, Site(url="https://site.example", public=True), barred_boards(workspace))) == []
    files = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert {
        "index.html",
        "changes.json",
        "changes.atom",
        "style.css",
        "site.js",
        "boards/index.html",
        "boards/acme/text/index.html",
    } <= files
    assert {f"boards/acme/text/history.{form}" for form in FORMATS if form not in ("html", "png")} <= files
    assert not [name for name in files if "secret" in name]
    page = (tmp_path / "boards/acme/text/index.html").read_text(encoding="utf-8")
    assert page == get(store, "/boards/acme/text/", about=Site(url="https://site.example", public=True, static=True)).text
    for path in tmp_path.rglob("*.html"):
        for link in lxml_html.fromstring(path.read_text(encoding="utf-8")).xpath("//a/@href | //link/@href"):
            if not link.startswith(("https://", "#")):
                target = path.parent / link
                assert (target / "index.html" if link.endswith("/") else target).is_file(), (path, link)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    with Opened(store)() as workspace:
        list(build(workspace, tmp_path, Site(url="https://site.example", public=True), barred_boards(workspace)))
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_models_are_compared_on_every_board_that_lists_both(store: Settings):
    rows = json.loads(get(store, f"/compare.json?{COMPARED}").text)["rows"]
    told = {(row["board"], row["metric"], row["b"]["name"]): (row["above"], row["difference"]) for row in rows}
    assert told["acme/text", "score", "Heron B"] == ("b", -5)
    assert told["acme/text", "price", "Heron C"] == ("b", 4.5)
    page = lxml_html.fromstring(get(store, f"/compare/?{COMPARED}").text)
    assert [heading.text for heading in page.xpath("//section/h2")] == ["Heron A and Heron B", "Heron A and Heron C"]
    words = " ".join(page.text_content().split())
    assert "Heron A is cheaper on 0 and Heron B on 2 of 2 listed prices" in words
    assert "acme/secret" not in get(store, f"/compare/?{COMPARED}", barred=barred_of(store)).text


def test_the_frontier_says_what_moved_between_two_dates(store: Settings):
    page = get(store, "/boards/acme/text/frontier/?since=2026-03-01").text
    assert [row["entry"] for row in json.loads(get(store, "/boards/acme/text/frontier.json").text)["rows"] if row["best"]] == [
        "Heron B",
        "Heron C",
    ]
    assert "No longer on it: <strong>Heron A</strong>." in page
    assert "On the frontier now:" not in page
    early = get(store, "/boards/acme/text/frontier/?at=2026-03-01").text
    assert "The board has no earlier reading to compare with." in early


def test_a_claim_is_answered_with_links_to_its_evidence_and_keeps_its_address(store: Settings):
    page = lxml_html.fromstring(get(store, f"/check/?{CLAIM}").text)
    assert page.xpath("string(//*[contains(@class, 'verdict')])") == "supported"
    assert page.xpath("//ul[@class='grounds']//a/@href")[0].startswith("../boards/acme/text/?at=2026-03-03T06%3A00%3A00Z")
    (kept,) = [link for link in page.xpath("//footer//a/@href") if link.startswith("../check/?")]
    assert "claim=Heron%20B%20leads" in kept
    early = lxml_html.fromstring(get(store, f"/check/?{CLAIM}&at=2026-03-01").text)
    assert early.xpath("string(//*[contains(@class, 'verdict')])") == "contradicted"
    answers = get(store, "/check.json?claim=Heron+B+leads+acme%2Fsecret", barred=barred_of(store)).text
    assert json.loads(answers)["rows"][0]["verdict"] != "supported"
    assert "95" not in answers


def test_a_capture_is_shown_as_a_table_and_as_text_and_beside_an_earlier_one(store: Settings):
    rows = json.loads(get(store, "/boards/acme/text/capture.json?at=2026-03-01").text)["rows"]
    assert rows[0] == {"entry": "a", "name": "Heron A", "score": "90", "price": "5"}
    page = lxml_html.fromstring(get(store, "/boards/acme/text/capture/").text)
    assert "e,<script>alert(1)</script>,62," in page.xpath("string(//pre)")
    assert "evil\\u202egpj" in page.xpath("string(//pre)")
    assert page.xpath("//pre//*") == []
    changed = json.loads(get(store, "/boards/acme/text/capture.json?since=2026-03-02").text)["rows"]
    assert [(row["name"], row["column"], row["before"], row["after"]) for row in changed] == [
        ("Heron C", "score", "70", "71"),
        (HOSTILE["e"], "score", "60", "62"),
    ]
    same = get(store, "/boards/acme/text/capture/?since=2026-03-03")
    assert (same.status_code, "both times mean the capture of 2026-03-03" in same.text) == (404, True)


def test_the_state_of_the_boards_says_what_is_late_and_public_pages_hide_notices(store: Settings):
    rows = json.loads(get(store, "/health.json").text)["rows"]
    assert [(row["board"], row["state"], row["last_accepted"]) for row in rows] == [
        ("acme/secret", "stale", "2026-03-03T06:00:00Z"),
        ("acme/text", "stale", "2026-03-03T06:00:00Z"),
    ]
    assert "acme/secret" not in get(store, "/health/", barred=barred_of(store)).text


def barred_of(store: Settings) -> Mapping[BoardId, Board]:
    with Opened(store)() as workspace:
        return barred_boards(workspace)


@pytest.mark.parametrize("form", ["", ".json", ".csv", ".atom", ".jsonfeed", ".md", ".svg", ".bib", ".csl"])
@pytest.mark.parametrize("more", ["", "/history", "/frontier", "/capture"])
def test_a_board_that_may_not_be_passed_on_has_no_page_in_any_form(store: Settings, more: str, form: str):
    address = f"/boards/acme/secret{more}{form or '/'}"
    found = get(store, address, barred=barred_of(store))
    assert found.status_code == 404
    assert "Heron" not in found.text


@pytest.mark.parametrize("address", ["/changes.json?board=acme/*", "/changes.atom?board=acme/*", "/changes.json?model=Heron+B"])
def test_no_pattern_or_name_reaches_a_board_that_may_not_be_passed_on(store: Settings, address: str):
    found = get(store, address, barred=barred_of(store))
    assert found.status_code == 200
    assert "acme/text" in found.text
    assert "acme/secret" not in found.text


@pytest.mark.parametrize("form", ["atom", "jsonfeed", "md", "json", "csv"])
def test_no_feed_of_all_boards_has_one_that_may_not_be_passed_on(store: Settings, form: str):
    assert "acme/secret" in get(store, f"/boards.{form}").text
    assert "acme/secret" not in get(store, f"/boards.{form}", barred=barred_of(store)).text


@pytest.mark.parametrize("path", ["/", "/changes.json?since=", "/models/Heron%20B/", f"/compare/?{COMPARED}", f"/check/?{CLAIM}"])
def test_nothing_is_shown_if_no_board_may_be_passed_on(store: Settings, path: str):
    with Opened(store)() as workspace:
        every = {board.id: board for board in workspace.boards()}
    found = get(store, path, barred=every)
    assert (found.status_code, "Heron A" in found.text) == (404, False)
    assert get(store, "/boards/", barred=every).status_code == 200


@pytest.mark.parametrize("public", [False, True])
def test_a_crawler_that_follows_every_link_finds_only_pages(store: Settings, *, public: bool):
    barred = barred_of(store) if public else {}
    waiting, seen = ["/"], {"/"}
    while waiting:
        address = waiting.pop()
        found = get(store, address, barred=barred)
        assert found.status_code == 200, address
        assert not public or "acme/secret/" not in found.text, address
        if not found.headers["content-type"].startswith("text/html") or address.count("known_at") or len(seen) > 250:
            continue
        for link in lxml_html.fromstring(found.text).xpath("//a/@href | //link/@href"):
            target = str(found.request.url.join(link)).removeprefix("http://tracker.test").partition("#")[0]
            if not link.startswith("https://") and target not in seen:
                seen.add(target)
                waiting.append(target)
    assert len(seen) > 100


def test_a_client_that_checks_too_many_claims_has_to_wait_and_others_do_not(store: Settings):
    now = 30.0
    limiter = Limiter(lambda: now)
    app = web.site_app(Opened(store), ABOUT, {}, None, limiter)
    assert [ask(app, f"/check.json?claim=Heron+{number}").status_code for number in (1, 2)] == [200, 200]
    for _ in range(PER_CLIENT - 2):
        limiter.wait_s("127.0.0.1")
    refused = ask(app, "/check/?claim=Heron+B+leads")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")
    assert ask(app, "/boards/").status_code == ask(app, "/check/").status_code == 200
    assert limiter.wait_s("192.0.2.7") == 0
    now = 60.0
    assert ask(app, "/check/?claim=Heron+B+leads").status_code == 200


def test_all_clients_together_cannot_ask_more_than_the_machine_can_answer():
    limiter = Limiter(lambda: 0.0)
    waits = [limiter.wait_s(f"192.0.2.{number}") for number in range(IN_ALL + 1)]
    assert (set(waits[:-1]), waits[-1]) == ({0}, 60)


def test_the_description_for_programs_names_only_addresses_that_answer(store: Settings):
    document = json.loads(get(store, "/openapi.json").text)
    filled_in = {"{source}": "acme", "{board}": "text", "{model}": "Heron%20B"}
    asked = {"/compare": f"?{COMPARED}", "/check": f"?{CLAIM}"}
    assert len(document["paths"]) == 11
    for path, operation in document["paths"].items():
        address = path.removesuffix(".{format}")
        query = asked.get(address, "")
        for name, value in filled_in.items():
            address = address.replace(name, value)
        (formats,) = [each["schema"]["enum"] for each in operation["get"]["parameters"] if each["name"] == "format"]
        for form in FORMATS:
            if form != "html":
                found = get(store, f"{address}.{form}{query}")
                assert (found.status_code == 200) == (form in formats), (address, form)
                kinds = operation["get"]["responses"]["200"]["content"]
                assert form not in formats or FORMATS[form].partition(";")[0] in kinds


def test_a_badge_names_board_leader_and_date_and_links_to_the_page_that_keeps_it(store: Settings):
    badge = parsed(get(store, "/boards/acme/text.svg?chart=badge").text)
    assert badge.findtext("{http://www.w3.org/2000/svg}title") == "Heron B leads acme/text, 2026-03-03"
    page = lxml_html.fromstring(get(store, "/boards/acme/text/").text)
    (code,) = page.xpath("//footer//code/text()")
    embedded = lxml_html.fromstring(code)
    for address in (embedded.get("href"), *embedded.xpath("./img/@src")):
        assert "known_at=" in address
        assert get(store, address.removeprefix("https://site.example")).status_code == 200
    assert len(page.xpath("//figure")) == 1
