"""Which events a route wants, and what its file must say."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import begins
from notify_world import START, at, event, route

from tracker.events import RECORDED
from tracker.model import Window
from tracker.notify import Route, Routes, deliveries, load, wants
from tracker.notify.channels import CHANNELS as OPENED
from tracker.notify.routes import CHANNELS, RouteTable

SCHEDULES = Path(__file__).resolve().parents[2] / "schedules"
WATCHES = ("close on coding", "somebody else leads")
PLAIN = '[[route]]\nname = "here"\nchannel = "stdout"\n'


def loaded(tmp_path: Path, text: str) -> Routes:
    folder = tmp_path / "schedules"
    folder.mkdir(exist_ok=True)
    (folder / "routes.toml").write_text(text, encoding="utf-8")
    return load(folder / "routes.toml", watches=WATCHES)


def one(tmp_path: Path, text: str) -> Route:
    found = loaded(tmp_path, f'[[route]]\nname = "here"\n{text}\n')
    assert found.errors == ()
    (it,) = found.routes
    return it


def error(tmp_path: Path, text: str) -> str:
    found = loaded(tmp_path, f'[[route]]\nname = "here"\n{text}\n')
    assert found.routes == ()
    (it,) = found.errors
    assert "\n" not in str(it)
    return str(it)


# ── which events ─────────────────────────────────────────────────────────────────────────────────


def test_a_route_without_filters_wants_all_news():
    assert wants(route(), event("a"))
    assert not wants(route(), event("a", is_news=False))
    assert wants(route(news_only=False), event("a", is_news=False))


def test_a_route_that_is_switched_off_wants_nothing():
    assert not wants(route(enabled=False), event("a"))


@pytest.mark.parametrize(
    ("asks", "wanted"),
    [
        ({"kinds": ("overtake", "debut")}, True),
        ({"kinds": ("debut",)}, False),
        ({"grades": ("supported",)}, True),
        ({"grades": ("decisive",)}, False),
        ({"boards": ("made/*",)}, True),
        ({"boards": ("other/*", "made/b?ard")}, True),
        ({"boards": ("other/*",)}, False),
        ({"min_weight": 50}, True),
        ({"min_weight": 51}, False),
        ({"kinds": ("overtake",), "boards": ("other/*",)}, False),
    ],
)
def test_every_filter_must_match(asks: dict[str, object], wanted: bool):
    assert wants(route(**asks), event("a")) is wanted


def test_a_route_with_watches_wants_only_events_that_one_of_them_fired_on():
    watching = route(watches=("mine", "ours"))
    assert not wants(watching, event("a"))
    assert not wants(watching, event("a"), {"theirs"})
    assert wants(watching, event("a"), {"theirs", "ours"})
    assert not wants(route(watches=("mine",), min_weight=60), event("a"), {"mine"})


def test_an_event_of_a_watch_goes_only_to_routes_that_name_the_watch():
    fired = event("a", kind="watch")
    assert not wants(route(), fired, {"mine"})
    assert wants(route(watches=("mine",)), fired, {"mine"})
    assert not wants(route(watches=("mine",), kinds=("overtake",)), fired, {"mine"})


def test_deliveries_are_of_events_recorded_since_the_route_was_first_asked_for():
    events = [event("old", recorded=-1), event("new", recorded=0), event("kept", is_news=False)]
    routes = [route(name="r"), route(name="late"), route(name="unknown")]
    found = deliveries(routes, events, {}, queued_at=at(5), since={"r": START, "late": at(1)})
    assert [(delivery.event.id, delivery.route, delivery.queued_at) for delivery in found] == [("new", "r", at(5))]


def test_an_event_that_a_watch_fired_on_is_delivered():
    found = deliveries(
        [route(watches=("mine",))], [event("a"), event("b")], {"b": frozenset({"mine"})}, queued_at=START, since={"r": START}
    )
    assert [delivery.event.id for delivery in found] == ["b"]


# ── the file ─────────────────────────────────────────────────────────────────────────────────────


def test_every_key_is_understood(tmp_path: Path):
    assert one(
        tmp_path,
        """
        channel = "webhook"
        address = "https://hooks.example/${HOOK}"
        secret = "${HOOK_SECRET}"
        format = "json"
        kind = ["new_leader", "board_broken"]
        grade = "supported"
        board = "openrouter/*"
        watch = ["somebody else leads"]
        min_weight = 40
        quiet = ["22:00-07:00", "12:00-13:00"]
        time_zone = "Europe/Berlin"
        cool_down = "6h"
        most_per_hour = 5
        gather = "90s"
        enabled = false
        """,
    ) == Route(
        name="here",
        channel="webhook",
        address="https://hooks.example/${HOOK}",
        secret="${HOOK_SECRET}",
        format="json",
        kinds=("new_leader", "board_broken"),
        grades=("supported",),
        boards=("openrouter/*",),
        watches=("somebody else leads",),
        min_weight=40,
        news_only=False,
        quiet=(Window(start=22 * 60, end=7 * 60), Window(start=12 * 60, end=13 * 60)),
        time_zone="Europe/Berlin",
        cool_down_s=6 * 3600,
        most_per_hour=5,
        gather_s=90,
        enabled=False,
    )


def test_a_route_with_watches_takes_what_is_news_from_them(tmp_path: Path):
    assert one(tmp_path, 'channel = "stdout"').news_only
    assert not one(tmp_path, 'channel = "stdout"\nwatch = "somebody else leads"').news_only
    assert one(tmp_path, 'channel = "stdout"\nwatch = "somebody else leads"\nnews_only = true').news_only


@pytest.mark.parametrize(
    ("text", "cadence", "zone"),
    [
        ("daily 08:00", "0 8 * * *", "UTC"),
        ("daily 08:05 Europe/Berlin", "5 8 * * *", "Europe/Berlin"),
        ("weekly mon 08:00", "0 8 * * 1", "UTC"),
        ("weekly sun 23:59 America/Argentina/Buenos_Aires", "59 23 * * 0", "America/Argentina/Buenos_Aires"),
        ("monthly 1 08:00 UTC", "0 8 1 * *", "UTC"),
        ("30 7 * * 1-5", "30 7 * * 1-5", "UTC"),
        ("30 7 * * 1-5 Asia/Tokyo", "30 7 * * 1-5", "Asia/Tokyo"),
        ("@daily", "0 0 * * *", "UTC"),
    ],
)
def test_a_digest_is_declared_in_words_or_as_cron(tmp_path: Path, text: str, cadence: str, zone: str):
    found = one(tmp_path, f'channel = "stdout"\ndigest = "{text}"')
    assert (found.digest, found.time_zone) == (cadence, zone)


def test_the_time_zone_of_a_digest_may_have_its_own_key(tmp_path: Path):
    found = one(tmp_path, 'channel = "stdout"\ndigest = "daily 08:00"\ntime_zone = "Asia/Tokyo"')
    assert (found.digest, found.time_zone) == ("0 8 * * *", "Asia/Tokyo")


def test_one_wrong_route_does_not_silence_the_others(tmp_path: Path):
    found = loaded(tmp_path, PLAIN + '[[route]]\nname = "wrong"\nchannel = "smoke"\n' + PLAIN.replace("here", "there") + PLAIN)
    assert [route.name for route in found.routes] == ["here", "there"]
    assert [str(error) for error in found.errors] == [
        'schedules/routes.toml: route "wrong": channel = "smoke" is unknown; known: apprise, file, stdout, webhook',
        'schedules/routes.toml: route "here": is declared twice; rename one of the routes',
    ]


def test_a_missing_file_declares_nothing(tmp_path: Path):
    assert load(tmp_path / "routes.toml", watches=()) == Routes()


def test_an_unknown_route_is_named_with_the_nearest_and_a_wrong_one_with_its_error(tmp_path: Path):
    found = loaded(tmp_path, PLAIN + '[[route]]\nname = "wrong"\nchannel = "smoke"\n')
    with pytest.raises(Exception, match=r'route "hree" is unknown; did you mean "here"[?] known: here'):
        found.route("hree")
    with pytest.raises(Exception, match='channel = "smoke" is unknown'):
        found.route("wrong")
    assert found.route("here").channel == "stdout"


@pytest.mark.parametrize(
    ("channel", "keys", "message"),
    [
        ("", 'chanel = "stdout"', 'chanel is unknown; did you mean "channel"? known: address, board, '),
        ("", "", "channel is missing (kind of destination)"),
        ("stdout", 'kind = "overtakes"', 'kind = "overtakes" is unknown; did you mean "overtake"? known: '),
        ("stdout", 'kind = "watch"', 'kind = "watch" without a watch; name the watches, as in watch = ["…"]'),
        ("stdout", 'watch = "close on codin"', 'watch = "close on codin" is unknown; did you mean "close on coding"? known: '),
        ("stdout", "min_weight = 101", "min_weight = 101: … whole number … 100"),
        ("stdout", "most_per_hour = 0", "most_per_hour = 0: … whole number … 1"),
        ("stdout", 'news_only = "no"', 'news_only = "no": … true or false … text'),
        ("stdout", 'format = "htlm"', 'format = "htlm" is unknown; did you mean "html"? known: html, json, markdown, text'),
        ("stdout", 'digest = "daily 8:00"', 'digest = "daily 8:00" is not a time; expected "daily 08:00", '),
        ("stdout", 'digest = "monthly 31 08:00"', 'digest = "monthly 31 08:00" is not a time; '),
        ("stdout", 'digest = "0 0 30 2 *"', 'digest = "0 0 30 2 *" is not a time; '),
        ("stdout", 'digest = "daily 08:00 Europe/Berln"', 'time_zone = "Europe/Berln" is unknown; did you mean "Europe/Berlin"?'),
        ("stdout", 'time_zone = "../etc/passwd"', 'time_zone = "../etc/passwd" is unknown; '),
        ("stdout", 'digest = "daily 08:00 Asia/Tokyo"\ntime_zone = "Europe/Berlin"', "digest says Asia/Tokyo and time_zone "),
        ("stdout", 'digest = "daily 08:00"\ncool_down = "6h"', "cool_down is for messages that are sent at once, "),
        ("stdout", 'quiet = "22-7"', 'quiet = "22-7" is not a window; expected hours as in "22:00-06:00"'),
        ("stdout", 'quiet = ["00:00-12:00", "12:00-24:00"]', "quiet covers the whole day; leave some time, "),
        ("stdout", 'cool_down = "soon"', 'cool_down = "soon" is not a span of time; '),
        ("stdout", 'address = "x"', "channel stdout has no address; "),
        ("file", "", "address is missing; expected the path of the file that is appended to"),
        ("file", 'address = "x"\nsecret = "${S}"', "secret is for channel webhook; remove it"),
        ("apprise", "", 'address is missing; expected a URL with its secrets as ${NAME}, or one "${NAME}"'),
        ("apprise", 'address = "slack"', 'address is not an apprise URL; expected "${NAME}", or kind://… with its secrets'),
        ("apprise", 'address = "ntfy://${A-B}"', "address has a malformed reference; expected ${NAME} of letters, digits and _"),
        ("webhook", 'address = "ftp://x"\nsecret = "${S}"', "address is not the URL of a webhook; "),
        ("webhook", 'address = "https://x.example/"', 'secret is missing; it signs the messages; expected secret = "${NAME}", '),
        ("webhook", 'address = "https://x.example/"\nsecret = "${S}"\nformat = "html"', 'format = "html"; a webhook '),
    ],
)  # fmt: skip
def test_a_wrong_key_is_reported_in_one_line(tmp_path: Path, channel: str, keys: str, message: str):
    text = f'channel = "{channel}"\n{keys}' if channel else keys
    assert re.search(begins(f'schedules/routes.toml: route "here": {message}'), error(tmp_path, text))


@pytest.mark.parametrize("name", ["", "a\nb", "-x", "x" * 61, "trail "])
def test_a_name_fits_in_a_line_and_in_a_label(tmp_path: Path, name: str):
    found = loaded(tmp_path, f'[[route]]\nname = {msgspec.json.encode(name).decode()}\nchannel = "stdout"\n')
    (problem,) = found.errors
    assert "name" in str(problem)
    assert "\n" not in str(problem)


@pytest.mark.parametrize(
    "text", ["route = 1", "[route]\nname = 'x'", "[[roote]]\nname = 'x'", "[[route]\n", "x" * 300_000, "\x00"]
)
def test_a_file_of_another_shape_is_one_error(tmp_path: Path, text: str):
    found = loaded(tmp_path, text)
    assert found.routes == ()
    assert len(found.errors) == 1
    assert str(found.errors[0]).startswith("schedules/routes.toml: ")


@given(st.text(max_size=40))
def test_any_file_yields_routes_and_errors(tmp_path_factory: pytest.TempPathFactory, text: str):
    folder = tmp_path_factory.mktemp("any")
    (folder / "routes.toml").write_text(PLAIN + text, encoding="utf-8", newline="")
    found = load(folder / "routes.toml", watches=WATCHES)
    assert found.errors or [route.name for route in found.routes] == ["here"]


# ── secrets ──────────────────────────────────────────────────────────────────────────────────────

SECRET = "xoxb17a9c3f04e5d6b7c8d9e"


@pytest.mark.parametrize(
    "address",
    [
        "${NTFY_URL}",
        "slack://${SLACK_A}/${SLACK_B}/${SLACK_C}/#models",
        "tgram://${TELEGRAM_TOKEN}/12345678",
        "mailtos://${SMTP_USER}:${SMTP_PASSWORD}@smtp.example.org?to=team@example.org&from=tracker@example.org",
        "mailto://localhost:2525?from=tracker@example.org&to=team@example.org",
        "ntfy://localhost:8080/models",
        "matrixs://${MATRIX_USER}:${MATRIX_PASSWORD}@matrix.example.org/%23models?token=${MATRIX_TOKEN}",
    ],
)
def test_an_address_names_its_secrets(tmp_path: Path, address: str):
    assert one(tmp_path, f'channel = "apprise"\naddress = "{address}"').address == address


@pytest.mark.parametrize(
    "address",
    [
        f"slack://{SECRET}/B/C",
        "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
        "tgram://123456789:abcdefg_hijklmnop/12315544",
        "mailtos://team:hunter2@smtp.example.org",
        "mailtos://${SMTP_USER}:hunter2@smtp.example.org",
        "mailtos://team:${SMTP_PASSWORD}@smtp.example.org",
        "ntfys://hunter2@ntfy.sh/models",
        "json://localhost/hook?token=hunter2",
        "json://localhost/hook?+X-Api-Key=hunter2",
        "gotify://localhost/hunter2",
        f"ntfys://ntfy.sh/{SECRET}",
        "pover://hunter2@hunter2",
    ],
)
def test_a_secret_in_plain_text_is_refused_and_not_repeated(tmp_path: Path, address: str):
    said = error(tmp_path, f'channel = "apprise"\naddress = "{address}"')
    assert "in plain text; set it in the environment and write ${NAME} in its place" in said
    assert not any(secret in said for secret in ("hunter2", SECRET, "JHMHI8", "hijklm"))


@pytest.mark.parametrize(
    "text",
    [
        f'channel = "webhook"\naddress = "https://x.example/"\nsecret = "{SECRET}"',
        f'channel = "webhook"\naddress = "https://x.example/{SECRET}"\nsecret = "${{S}}"',
        f'channel = "webhook"\naddress = "https://me:{SECRET}@x.example/"\nsecret = "${{S}}"',
        f'channel = "webhook"\naddress = "https://x.example/?key={SECRET}"\nsecret = "${{S}}"',
        f'channel = "webhook"\naddress = ["https://x.example/{SECRET}"]\nsecret = "${{S}}"',
        f'channel = "apprise"\naddress = "slack {SECRET}"',
        f'channel = "apprise"\naddress = "{SECRET}" "',
    ],
)
def test_no_error_repeats_a_secret(tmp_path: Path, text: str):
    found = loaded(tmp_path, f'[[route]]\nname = "here"\n{text}\n')
    assert found.routes == ()
    assert SECRET not in str(found.errors[0])


# ── what is written down ─────────────────────────────────────────────────────────────────────────


def test_the_channels_are_those_that_can_be_opened():
    assert set(CHANNELS) == set(OPENED)


def test_the_readme_explains_every_key_and_every_channel():
    readme = (SCHEDULES / "README.md").read_text(encoding="utf-8").partition("\n## Routes\n")[2].partition("\n## ")[0]
    keys = {struct.encode_name for struct in msgspec.structs.fields(RouteTable)}
    assert set(re.findall(r"^\| `(\w+)` \|", readme, re.MULTILINE)) == keys
    assert all(f"`{channel}`" in readme for channel in CHANNELS)
    for struct in msgspec.structs.fields(RouteTable):
        description = next(note.description for note in struct.type.__metadata__ if getattr(note, "description", None))
        assert f"| {description} |" in readme


def test_the_example_of_the_readme_loads(tmp_path: Path):
    readme = (SCHEDULES / "README.md").read_text(encoding="utf-8").partition("\n## Routes\n")[2]
    (text,) = re.findall(r"```toml\n(.*?)```", readme.partition("\n## ")[0], re.DOTALL)
    found = loaded(tmp_path, text)
    assert found.errors == ()
    assert len(found.routes) > 1


def test_the_shipped_file_has_only_examples_and_every_one_of_them_loads(tmp_path: Path):
    text = (SCHEDULES / "routes.toml").read_text(encoding="utf-8")
    assert load(SCHEDULES / "routes.toml", watches=()) == Routes()
    active = re.sub(r"^#(?=\[\[|\w+ *= )", "", text, flags=re.MULTILINE)
    folder = tmp_path / "schedules"
    folder.mkdir()
    (folder / "routes.toml").write_text(active, encoding="utf-8")
    named = re.findall(r'^name += "(.*)"$', (SCHEDULES / "watches.toml").read_text(encoding="utf-8"), re.MULTILINE)
    found = load(folder / "routes.toml", watches=named)
    assert found.errors == ()
    assert len(found.routes) == active.count("\n[[route]]\n") >= 5
    assert {kind for kind in RECORDED for route in found.routes if kind in route.kinds}
