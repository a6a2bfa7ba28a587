"""Whatever an address says, the answer is a page or one line that says why there is none; and it names nothing of the machine."""

from __future__ import annotations

from urllib.parse import quote

import kit
import pytest
from hypothesis import given
from hypothesis import strategies as st
from site_world import ABOUT, Opened, ask, filled
from starlette.applications import Starlette

from tracker import web
from tracker.web.site.limits import Limiter
from tracker.web.site.views import FORMATS

MINUTES = iter(range(1_000_000))
VALUES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ("", "\0", "'; DROP TABLE events;--", "../../../etc/passwd", "%s", "{{7*7}}", "<script>", "a" * 199, "=cmd|")
    ),
    st.sampled_from(
        ("1e999", "-1", "999999999999999999999", "NaN", "9999-12-31", "2026-13-01", "2026-W01", "1970-01-01T00:00+14:00")
    ),
    st.sampled_from(("acme/text", "acme/*", "[", "Heron A", "Heron B", "score", "size", "dots", "yes", "2026-03-02", "a:90")),
    st.just("Heron B beats Heron A by 1e400 % since April 0"),
)
PATHS = st.one_of(
    st.sampled_from(("", "changes", "boards", "boards/acme/text", "boards/acme/text/history", "boards/acme/text/frontier")),
    st.sampled_from(
        ("boards/acme/text/capture", "models/Heron B", "compare", "check", "health", "about", "boards/acme", "models")
    ),
    st.lists(VALUES, max_size=4).map(lambda parts: "/".join(quote(part, safe="") for part in parts)),
)
NAMES = st.sampled_from(
    (
        "board",
        "metric",
        "model",
        "since",
        "until",
        "at",
        "known_at",
        "width",
        "theme",
        "chart",
        "against",
        "claim",
        "article",
        "x",
    )
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> tuple[Starlette, str]:
    settings = filled(tmp_path_factory.mktemp("hostile"))
    unlimited = Limiter(lambda: 60.0 * next(MINUTES))
    return web.site_app(Opened(settings), ABOUT, {}, None, unlimited), str(settings.store.parent)


@kit.examples(400)
@given(
    path=PATHS,
    ending=st.sampled_from(("/", "", ".exe", *(f".{form}" for form in FORMATS))),
    query=st.lists(st.tuples(NAMES, VALUES), max_size=4),
)
def test_no_address_breaks_a_page(site: tuple[Starlette, str], path: str, ending: str, query: list[tuple[str, str]]):
    app, folder = site
    named = "&".join(f"{name}={quote(value, safe='')}" for name, value in query)
    found = ask(app, f"/{quote(path, safe='/%')}{ending}?{named}")
    assert found.status_code in (200, 308, 404)
    if found.headers.get("content-type", "").startswith(("text/", "application/json")):
        assert folder not in found.text
        assert "Traceback" not in found.text
        assert "<script>" not in found.text or ending != "/"
