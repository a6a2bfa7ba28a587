"""The pages in a real browser: light, dark and on a phone, for axe-core, the keyboard and the content security policy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from kit import lacks
from site_world import ABOUT, Opened, filled

from tracker import web

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow
SHELL = shutil.which("chromium-headless-shell")
PAGES = (
    *("/", "/boards/", "/boards/acme/text/", "/boards/acme/text/history/", "/models/Heron%20B/", "/nothing/", "/health/"),
    *("/boards/acme/text/frontier/", "/boards/acme/text/capture/?since=2026-03-01", "/boards/acme/text/capture/", "/about/"),
    *("/compare/?model=Heron+A&model=Heron+B", "/check/?claim=Heron+B+leads+acme%2Ftext", "/boards/acme/text/?at=2026-03-02"),
)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
NOT_FOUND = "Failed to load resource: the server responded with a status of 404 (Not Found)"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = web.serve(web.site_app(Opened(filled(tmp_path_factory.mktemp("site"))), ABOUT, {}, None), "127.0.0.1:0")
    yield f"http://{server.address}"
    server.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if SHELL is None:
        lacks("chromium-headless-shell", "chromium-headless-shell")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=SHELL, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(
    params=[("light", 1000), ("dark", 1000), ("light", 390), ("dark", 390)], ids=lambda looks: f"{looks[0]}-{looks[1]}"
)
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    scheme, width = request.param
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def axe() -> str:
    package = pytest.importorskip("axe_playwright_python")
    return next(Path(package.__file__).parent.rglob("axe*.js")).read_text(encoding="utf-8")


def test_axe_finds_nothing_and_nothing_is_refused_or_too_wide(page: Page, address: str, axe: str):
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in PAGES:
        page.goto(address + path)
        page.evaluate(axe)
        found: list[Any] = page.evaluate(
            "rules => axe.run({runOnly: rules}).then(all => all.violations.map(one => [one.id, one.nodes[0].html]))", RULES
        )
        assert (path, found) == (path, [])
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
    assert [text for text in said if text != NOT_FOUND] == []


def test_what_is_touched_is_44_pixels_high(page: Page, address: str):
    touched = "[...document.querySelectorAll('nav a, button, input, select, .steps a')]"
    for path in PAGES:
        page.goto(address + path)
        assert page.evaluate(f"{touched}.filter(one => one.getBoundingClientRect().height < 44).map(one => one.outerHTML)") == []


def test_the_keyboard_reaches_the_content_first_and_then_every_link(page: Page, address: str):
    page.goto(f"{address}/boards/acme/text/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.getAttribute('href')"))
    assert {"../../../models/Heron%20A/", "?at=2026-03-02T06%3A00%3A00Z&metric=score"} <= reached


def test_one_chart_is_shown_and_fits(page: Page, address: str):
    page.goto(f"{address}/boards/acme/text/history/")
    shown = page.evaluate(
        "[...document.querySelectorAll('figure.order')].map(one => [...one.children].filter(svg => svg.clientWidth).length)"
    )
    assert set(shown) == {1}
    text = "[...document.querySelectorAll('figure.order > svg')].filter(svg => svg.clientWidth)"
    beyond = f"{text}.flatMap(svg => [...svg.querySelectorAll('text')].filter(t => t.getBoundingClientRect().right >"
    assert page.evaluate(f"{beyond} svg.getBoundingClientRect().right + 1).map(t => t.textContent))") == []


GROUND = "getComputedStyle(document.body).backgroundColor"


def test_the_theme_is_switched_in_page_and_charts_and_kept(browser: Browser, address: str):
    page = browser.new_context(color_scheme="light").new_page()
    page.goto(f"{address}/boards/acme/text/")
    ink = "getComputedStyle(document.querySelector('svg.tc text')).fill"
    light, light_ink = page.evaluate(GROUND), page.evaluate(ink)
    for named in ("light", "dark"):
        page.click("button.theme")
        assert page.inner_text("button.theme") == f"Theme: {named}"
    dark = page.evaluate(GROUND)
    assert dark != light
    assert page.evaluate(ink) != light_ink
    page.goto(f"{address}/about/")
    assert (page.evaluate(GROUND), page.inner_text("button.theme")) == (dark, "Theme: dark")
    page.click("button.theme")
    assert page.evaluate(GROUND) == light
    page.context.close()


def test_arrow_keys_go_from_reading_to_reading(browser: Browser, address: str):
    page = browser.new_context().new_page()
    page.goto(f"{address}/boards/acme/text/?at=2026-03-02")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**at=2026-03-01**")
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**at=2026-03-02**")
    page.context.close()


def test_a_page_is_complete_without_javascript(browser: Browser, address: str):
    texts = []
    for enabled in (True, False):
        context = browser.new_context(java_script_enabled=enabled)
        page = context.new_page()
        for path in PAGES:
            page.goto(address + path)
            texts.append(page.inner_text("main"))
        context.close()
    assert texts[: len(PAGES)] == texts[len(PAGES) :]
