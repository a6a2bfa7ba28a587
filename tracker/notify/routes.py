"""Reads `schedules/routes.toml`, and decides which events a route wants; `schedules/README.md` explains every key."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Annotated, Literal, get_args
from urllib.parse import parse_qsl, urlsplit

from msgspec import Meta, Struct

from tracker import cadence
from tracker.errors import DeclarationError
from tracker.events import RECORDED
from tracker.model import CADENCES, Delivery, Event, EventId, Window
from tracker.redaction import NAMED
from tracker.toml import Wrong, at, called, check_words, listed, meant, place_of, quoted, span_s, texts, time_zone, understood
from tracker.toml import table as in_shape

WATCH = "watch"
"""The kind of the events that watches over standings make (`tracker.watches.fire`)."""
WITHDRAWN, TROUBLE, RECOVERED = OURS = ("withdrawn", "tracker_trouble", "tracker_recovered")
"""Kinds outside any board's history: news that was taken back, and the tracker's own troubles."""
CORRECTED_FOR = timedelta(days=30)
"""News that was delivered longer ago is not taken back: nobody remembers it."""

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,58}[A-Za-z0-9])?")

_Text = Annotated[str, Meta(min_length=1, max_length=500)]
_Texts = _Text | Annotated[list[_Text], Meta(min_length=1)]
ChannelName = Literal["apprise", "webhook", "file", "stdout"]
_Form = Literal["text", "markdown", "html", "json"]


class RouteTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of one `[[route]]`."""

    name: Annotated[_Text, Meta(description="Name of the route, unique in the file")]
    channel: Annotated[ChannelName, Meta(description="Kind of destination")]
    address: Annotated[str, Meta(max_length=2000, description="Destination: an apprise URL, a webhook's URL or a file's path; "
        "secrets only as `${NAME}`, from the environment")] = ""  # fmt: skip
    secret: Annotated[str, Meta(max_length=200, description="Signing key of a webhook, as `${NAME}`")] = ""
    format: Annotated[_Form | Literal[""], Meta(description="Format of the message; by default the channel's own")] = ""
    kind: Annotated[_Texts, Meta(description="Kinds of event; all by default")] = []
    grade: Annotated[_Texts, Meta(description="Grades of event; all by default")] = []
    board: Annotated[_Texts, Meta(description="Boards by id; `*` stands for anything")] = []
    watch: Annotated[_Texts, Meta(description="Only news that one of these watches fires on")] = []
    min_weight: Annotated[Annotated[int, Meta(ge=0, le=100)], Meta(description="Minimum weight of an event")] = 0
    news_only: Annotated[bool | None, Meta(description="false: also events that are only recorded; "
        "a route that names watches takes this from them")] = None  # fmt: skip
    digest: Annotated[str, Meta(max_length=200, description='One message at these times: "daily 08:00", "weekly mon 08:00", '
        '"monthly 1 08:00" or five-field cron; by default one message per story, at once')] = ""  # fmt: skip
    time_zone: Annotated[str, Meta(max_length=100, description="IANA time zone of `digest`, `quiet` and times in messages")] = (
        "UTC"
    )
    quiet: Annotated[_Texts, Meta(description='Hours without messages: "22:00-07:00"')] = []
    cool_down: Annotated[str, Meta(max_length=20, description="Minimum time between two messages about the same model, "
        "or the same board's problem: \"6h\"")] = ""  # fmt: skip
    most_per_hour: Annotated[Annotated[int, Meta(ge=1)] | None, Meta(description="Maximum number of messages in any hour; "
        'the last one counts the rest, as in "and 14 more"')] = None  # fmt: skip
    gather: Annotated[str, Meta(max_length=20, description="How long to wait for further events after the first, "
        'to send related ones as one message: "10m"')] = ""  # fmt: skip
    enabled: Annotated[bool, Meta(description="false: kept, but nothing is queued or sent")] = True


CHANNELS: tuple[str, ...] = get_args(ChannelName)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Which news goes to which channel, and when.

    An empty tuple does not filter. `address` and `secret` name secrets as `${NAME}`. `news_only` excludes events that are only
    recorded. `digest` is a cadence; None sends at once. A route with `watches` wants only events that one of them fired on.
    """

    name: str
    channel: str
    address: str = ""
    secret: str = ""
    format: str = ""
    kinds: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    boards: tuple[str, ...] = ()
    watches: tuple[str, ...] = ()
    min_weight: int = 0
    news_only: bool = True
    digest: str | None = None
    time_zone: str = "UTC"
    quiet: tuple[Window, ...] = ()
    cool_down_s: float = 0.0
    most_per_hour: int | None = None
    gather_s: float = 0.0
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """The valid routes of a file, and the errors of the others: one wrong route does not silence the rest.

    `errors` are in the order of the file; `wrong` has those of named routes, by name.
    """

    routes: tuple[Route, ...] = ()
    errors: tuple[DeclarationError, ...] = ()
    wrong: Mapping[str, DeclarationError] = field(default_factory=dict)

    def route(self, name: str) -> Route:
        """The route with that name. Raises DeclarationError with its error, or with the known names."""
        for route in self.routes:
            if route.name == name:
                return route
        if name in self.wrong:
            raise self.wrong[name]
        raise DeclarationError(f"route {quoted(name)} is unknown{meant(name, (route.name for route in self.routes))}")


def wants(route: Route, event: Event, fired: Collection[str] = ()) -> bool:
    """Whether a route wants an event; `fired` are the watches that fired on it."""
    if not route.enabled or (event.kind == WATCH and not route.watches):
        return False
    if route.watches and not set(route.watches) & set(fired):
        return False
    if event.weight < route.min_weight or (route.news_only and not event.is_news):
        return False
    of_kind = not route.kinds or event.kind in route.kinds
    of_grade = not route.grades or event.grade in route.grades
    return of_kind and of_grade and (not route.boards or any(fnmatchcase(event.board, glob) for glob in route.boards))


def deliveries(
    routes: Iterable[Route],
    events: Iterable[Event],
    fired: Mapping[EventId, frozenset[str]],
    *,
    queued_at: datetime,
    since: Mapping[str, datetime],
) -> tuple[Delivery, ...]:
    """The deliveries of some events, route by route.

    `fired` names the watches that fired on each event. A route gets events recorded at or after its time in `since`, and none
    without one.
    """
    events = tuple(events)
    return tuple(
        Delivery(event=event, route=route.name, queued_at=queued_at)
        for route in routes
        if (start := since.get(route.name)) is not None
        for event in events
        if event.recorded_at >= start and wants(route, event, fired.get(event.id, frozenset()))
    )


def corrections(sent: Iterable[tuple[Event, str]], at: datetime) -> tuple[Delivery, ...]:
    """A delivery that takes back each (withdrawn event, route) that was sent; `at` is the newest state of its board.

    The correction of an event always has the same id, so each route gets it once.

    Source: docs/decisions/0015-outbox.md
    """
    return tuple(Delivery(event=_withdrawal(event, at), route=route, queued_at=at) for event, route in sent)


def _withdrawal(event: Event, at: datetime) -> Event:
    """Names no subjects: it must not wait for a model's cool-down, nor be folded below other news of the model."""
    return replace(
        event,
        id=EventId(hashlib.sha256(json.dumps([WITHDRAWN, event.id]).encode()).hexdigest()[:16]),
        kind=WITHDRAWN,
        grade=WITHDRAWN,
        is_news=True,
        subjects=(),
        rivals=(),
        headline=f"Withdrawn: {event.headline}",
        facts={"event": event.id},
        evidence=(),
        rule=f"{WITHDRAWN}/1",
        recorded_at=at,
    )


def load(path: Path, *, watches: Collection[str]) -> Routes:
    """The routes of a file, in its order, and the errors of the wrong ones; nothing without a file.

    `watches` are the names of the declared watches. An error names file, route, key, the value found and what is expected; it
    never repeats an address or a secret.
    """
    place = place_of(path, path.parent)
    try:
        with at(place):
            tables = listed(path, "route", secret=True)
    except DeclarationError as error:
        return Routes(errors=(error,))
    routes: dict[str, Route] = {}
    errors: list[DeclarationError] = []
    wrong: dict[str, DeclarationError] = {}
    for number, table in enumerate(tables, start=1):
        try:
            with at(f"{place}: {called('route', table, number)}"):
                route = _route(table, watches, taken=routes)
        except DeclarationError as error:
            errors.append(error)
            if isinstance(name := table.get("name"), str):
                wrong.setdefault(name, error)
        else:
            routes[route.name] = route
    return Routes(routes=tuple(routes.values()), errors=tuple(errors), wrong=wrong)


def _route(found: Mapping[str, object], watches: Collection[str], *, taken: Collection[str]) -> Route:
    table = in_shape(found, RouteTable, secret=("address", "secret"))
    if not _NAME.fullmatch(table.name):
        raise Wrong(
            f"name = {quoted(table.name)}; expected at most 60 letters, digits, blanks, '.', '_' and '-',"
            " the first and last a letter or digit"
        )
    if table.name in taken:
        raise Wrong("is declared twice; rename one of the routes")
    check_words("kind", texts(table.kind), (*RECORDED, WATCH, *OURS))
    check_words("watch", texts(table.watch), watches)
    if WATCH in texts(table.kind) and not table.watch:
        raise Wrong('kind = "watch" without a watch; name the watches, as in watch = ["…"]')
    for key in ("cool_down", "gather"):  # a digest waits for its time and shows everything
        if table.digest and getattr(table, key):
            raise Wrong(f"{key} is for messages that are sent at once, but digest is set; remove one of them")
    _ADDRESSES[table.channel](table)
    if table.secret and table.channel != "webhook":
        raise Wrong("secret is for channel webhook; remove it")
    digest, zone = _digest(table)
    return Route(
        name=table.name,
        channel=table.channel,
        address=table.address,
        secret=table.secret,
        format=table.format,
        kinds=texts(table.kind),
        grades=texts(table.grade),
        boards=texts(table.board),
        watches=texts(table.watch),
        min_weight=table.min_weight,
        news_only=not table.watch if table.news_only is None else table.news_only,
        digest=digest,
        time_zone=zone,
        quiet=_quiet(table),
        cool_down_s=_seconds("cool_down", table.cool_down),
        most_per_hour=table.most_per_hour,
        gather_s=_seconds("gather", table.gather),
        enabled=table.enabled,
    )


def _quiet(table: RouteTable) -> tuple[Window, ...]:
    windows = tuple(understood("quiet", text, cadence.window) for text in texts(table.quiet))
    if windows and cadence.covers_the_day(windows):
        raise Wrong("quiet covers the whole day; leave some time, or write enabled = false")
    return windows


def _seconds(key: str, span: str) -> float:
    return understood(key, span, partial(span_s, least=1)) if span else 0.0


_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_PLAIN = re.compile(
    rf"(?:daily|weekly (?P<weekday>{'|'.join(_DAYS)})|monthly (?P<day>[1-9]|1\d|2[0-8]))"
    r" (?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)"
)
_CRON = re.compile(r"@[a-z]+|[^\s@]+(?: [^\s@]+){4}")


def _digest(table: RouteTable) -> tuple[str | None, str]:
    """The cadence of a digest and its time zone, which may also follow the cadence ("daily 08:00 Europe/Berlin")."""
    text, _, zone = table.digest.rpartition(" ")
    if not _ZONE.fullmatch(zone) or not text or not _cadence(text):
        text, zone = table.digest, table.time_zone
    understood("time_zone", zone, time_zone)
    if zone != table.time_zone != "UTC":
        raise Wrong(f"digest says {zone} and time_zone {table.time_zone}; remove one of them")
    if not text:
        return None, zone
    digest = _cadence(text)
    if digest is None:
        raise Wrong(
            f'digest = {quoted(text)} is not a time; expected "daily 08:00", "weekly mon 08:00", "monthly 1 08:00" (day 1 to 28),'
            " or five-field cron"
        )
    return digest, zone


_ZONE = re.compile(r"UTC|[A-Z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)+")


def _cadence(text: str) -> str | None:
    """The five-field cron expression of a digest; None if it is not a time."""
    if found := _PLAIN.fullmatch(text):
        weekday = str(_DAYS.index(found["weekday"])) if found["weekday"] else "*"
        return f"{int(found['minute'])} {int(found['hour'])} {found['day'] or '*'} * {weekday}"
    expression = CADENCES.get(text, text)
    return expression if _CRON.fullmatch(expression) and _comes(expression) else None


def _comes(expression: str) -> bool:
    """Whether the text is a cron expression that ever fires."""
    from cronsim import CronSim, CronSimError  # noqa: PLC0415  # only digests need it

    try:
        return next(CronSim(expression, datetime(2024, 1, 1)), None) is not None  # noqa: DTZ001  # any date will do
    except CronSimError:
        return False


_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(.+)", re.DOTALL)
_WITHOUT_TOKEN = frozenset(
    f"{kind}{secure}" for kind in ("mailto", "ntfy", "json", "xml", "form", "mqtt", "apprise") for secure in ("", "s")
)
"""Kinds of apprise address that are complete without a token; all others must name their token as ${NAME}."""
_SECRET_NAMES = re.compile(r"(?i).*(?:token|secret|passw|pwd|key|auth|credential|signature).*|pass|sid|sig")
_LOOKS_SECRET = re.compile(r"(?=[A-Za-z0-9_-]*\d)(?=[A-Za-z0-9_-]*[A-Za-z])[A-Za-z0-9_-]{20,}")
_REMEDY = "set it in the environment and write ${NAME} in its place"


def _check_apprise(table: RouteTable) -> None:
    """Accept one `${NAME}`, or an address whose user, password and tokens are `${NAME}`."""
    address = _address(table)
    if NAMED.fullmatch(address):
        return
    found = _SCHEME.fullmatch(address)
    if not found:
        raise Wrong('address is not an apprise URL; expected "${NAME}", or kind://… with its secrets as ${NAME}')
    _check_secrets(address)
    if found[1].lower() not in _WITHOUT_TOKEN and not NAMED.search(found[2]):
        raise Wrong(f"address of kind {quoted(found[1])} holds its token in plain text; {_REMEDY}")


def _check_webhook(table: RouteTable) -> None:
    address = _address(table)
    if not NAMED.fullmatch(address):
        _check_secrets(address)
        if not re.fullmatch(r"https?://[^/\s?#]+(?:[/?#]\S*)?", address):
            raise Wrong('address is not the URL of a webhook; expected http:// or https:// and a host, or "${NAME}"')
    if not NAMED.fullmatch(table.secret):
        problem = "is in plain text" if table.secret else "is missing; it signs the messages"
        raise Wrong(f'secret {problem}; expected secret = "${{NAME}}", with the secret in the environment')
    if table.format not in ("", "json"):
        raise Wrong(f"format = {quoted(table.format)}; a webhook is sent json, remove the key")


def _check_file(table: RouteTable) -> None:
    if not table.address:
        raise Wrong("address is missing; expected the path of the file that is appended to")
    if not table.address.isprintable():
        raise Wrong("address contains control characters; expected the path of a file")


def _check_stdout(table: RouteTable) -> None:
    if table.address:
        raise Wrong('channel stdout has no address; remove it, or write channel = "file"')


_ADDRESSES = {"apprise": _check_apprise, "webhook": _check_webhook, "file": _check_file, "stdout": _check_stdout}


def _address(table: RouteTable) -> str:
    if not table.address:
        raise Wrong('address is missing; expected a URL with its secrets as ${NAME}, or one "${NAME}"')
    if not table.address.isprintable() or " " in table.address:
        raise Wrong("address contains blanks or control characters; percent-encode them")
    if "$" in NAMED.sub("", table.address):
        raise Wrong("address has a malformed reference; expected ${NAME} of letters, digits and _")
    return table.address


def _check_secrets(address: str) -> None:
    """Refuse an address that contains a secret; the message does not repeat it."""
    for part, text in _secret_parts(address):
        if NAMED.sub("", text).strip(":"):
            raise Wrong(f"{part} of the address is in plain text; {_REMEDY}")
    if _LOOKS_SECRET.search(NAMED.sub("/", address)):
        raise Wrong(f"a part of the address looks like a token in plain text; {_REMEDY}")


def _secret_parts(address: str) -> Iterator[tuple[str, str]]:
    """The parts of an address that must not be in plain text: user, password, and parameters with the name of a secret."""
    rest = NAMED.sub(lambda found: found[0].replace("/", ""), address).partition("://")[2]
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" in authority:
        user, _, password = authority.rpartition("@")[0].partition(":")
        yield "the password" if password else "the user", password or user
        if password:
            yield "the user", user
    for name, value in parse_qsl(urlsplit(f"x://h/?{rest.partition('?')[2]}").query, keep_blank_values=True):
        if _SECRET_NAMES.fullmatch(name.lstrip("+-:")):
            yield f"parameter {quoted(name)}", value


assert set(_ADDRESSES) == set(CHANNELS), "every channel has its rule for addresses"
