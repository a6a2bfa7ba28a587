"""Reads `schedules/routes.toml` (https://toml.io/en/v1.0.0), and says which events a route wants; `schedules/README.md` explains every key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Literal, get_args
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct, field
from msgspec.structs import FieldInfo

from tracker import cadence
from tracker.errors import DeclarationError
from tracker.events import KINDS, TROUBLES
from tracker.model import CADENCES, Event, EventId, Letter, Window

WATCH = "watch"
"""The kind of the events that watches over standings make (`tracker.watches.fire`)."""
WITHDRAWN, TROUBLE, RECOVERED = OURS = ("withdrawn", "tracker_trouble", "tracker_recovered")
"""Kinds that no board's history has: what was told and does not hold any more, and the tracker's own troubles."""

_MOST_BYTES = 256 * 1024
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,58}[A-Za-z0-9])?")
_SPAN = re.compile(r"([1-9][0-9]{0,4})([smhd])")
_SPAN_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_REFERENCE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")

_Text = Annotated[str, Meta(min_length=1, max_length=500)]
_Texts = _Text | Annotated[list[_Text], Meta(min_length=1)]
ChannelName = Literal["apprise", "webhook", "file", "stdout"]
_Form = Literal["text", "markdown", "html", "json"]


class RouteTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of one `[[route]]`."""

    name: Annotated[_Text, Meta(description="What the route is called; no two bear one name")]
    channel: Annotated[ChannelName, Meta(description="How it is delivered")]
    address: Annotated[str, Meta(max_length=2000, description="Where to: an apprise URL, a webhook's URL, a file's path; secrets only as `${NAME}`, from the environment")] = ""  # fmt: skip
    secret: Annotated[str, Meta(max_length=200, description="Of a webhook: `${NAME}`, what its messages are signed with")] = ""
    format: Annotated[_Form | Literal[""], Meta(description="How the message is written; by default as the channel likes it")] = (
        ""
    )
    kind: Annotated[_Texts, Meta(description="Kinds of event; all by default")] = field(default_factory=list)
    grade: Annotated[_Texts, Meta(description="Grades of event; all by default")] = field(default_factory=list)
    board: Annotated[_Texts, Meta(description="Boards by id; `*` stands for anything")] = field(default_factory=list)
    watch: Annotated[_Texts, Meta(description="Only what one of these watches fires with")] = field(default_factory=list)
    min_weight: Annotated[Annotated[int, Meta(ge=0, le=100)], Meta(description="Least weight of an event")] = 0
    told: Annotated[bool | None, Meta(description="false: also events that are only kept in the record; a route that names watches leaves that to them")] = None  # fmt: skip
    digest: Annotated[str, Meta(max_length=200, description='Everything at once, at these times: "daily 08:00", "weekly mon 08:00", "monthly 1 08:00" or five-field cron; by default each thing as it happens')] = ""  # fmt: skip
    time_zone: Annotated[str, Meta(max_length=100, description="IANA time zone of `digest` and `quiet`")] = "UTC"
    quiet: Annotated[_Texts, Meta(description='Hours in which nothing is sent, as "22:00-07:00"')] = field(default_factory=list)
    cool_down: Annotated[str, Meta(max_length=20, description='For so long after a message about a model (or a board\'s trouble) the next one about it waits: "6h"')] = ""  # fmt: skip
    most_per_hour: Annotated[Annotated[int, Meta(ge=1)] | None, Meta(description='At most so many messages in any hour; the last one says how much more there is, as in "and 14 more"')] = None  # fmt: skip
    gather: Annotated[str, Meta(max_length=20, description='For so long after the first event others are waited for, so that what belongs together is one message: "10m"')] = ""  # fmt: skip
    enabled: Annotated[bool, Meta(description="false: kept, but nothing is queued or sent")] = True


CHANNELS: tuple[str, ...] = get_args(ChannelName)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where news goes: to which channel, which news, and when.

    Empty tuples ask for nothing. `address` and `secret` name secrets as `${NAME}`. `told`: only news. `digest` is a cadence, None: at once.
    A route with `watches` wants only what one of them fired with. `gather_s`: how long the first event waits for others.
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
    told: bool = True
    digest: str | None = None
    time_zone: str = "UTC"
    quiet: tuple[Window, ...] = ()
    cool_down_s: float = 0.0
    most_per_hour: int | None = None
    gather_s: float = 0.0
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """The routes of a file that are right, and what is wrong with the others: one wrong route does not silence the rest."""

    routes: tuple[Route, ...] = ()
    errors: tuple[DeclarationError, ...] = ()

    def route(self, name: str) -> Route:
        """The route of that name. Raises DeclarationError naming those there are, or what is wrong with the file."""
        for one in self.routes:
            if one.name == name:
                return one
        for error in self.errors:
            if f": route {_quoted(name)}: " in str(error):
                raise error
        raise DeclarationError(f"route {_quoted(name)} is unknown{_meant(name, (one.name for one in self.routes))}")


# ── which events ─────────────────────────────────────────────────────────────────────────────────


def wants(route: Route, event: Event, fired: Collection[str] = ()) -> bool:
    """Whether an event goes to a route; `fired` are the watches that fired with it."""
    if not route.enabled or (event.kind == WATCH and not route.watches):
        return False
    if route.watches and not set(route.watches) & set(fired):
        return False
    if event.weight < route.min_weight or (route.told and not event.told):
        return False
    of_kind = not route.kinds or event.kind in route.kinds
    of_grade = not route.grades or event.grade in route.grades
    return of_kind and of_grade and (not route.boards or any(fnmatchcase(event.board, glob) for glob in route.boards))


def letters(
    routes: Iterable[Route],
    events: Iterable[Event],
    fired: Mapping[EventId, frozenset[str]],
    *,
    queued_at: datetime,
    since: Mapping[str, datetime],
) -> tuple[Letter, ...]:
    """What is to be told of some events, route by route.

    `fired` names the watches that fired with each event, `since` says of each route from when on it is told:
    what was recorded before is no news to it. A route that `since` does not know is told nothing.
    """
    every = tuple(events)
    return tuple(
        Letter(event=event, route=route.name, queued_at=queued_at)
        for route in routes
        if (start := since.get(route.name)) is not None
        for event in every
        if event.recorded_at >= start and wants(route, event, fired.get(event.id, frozenset()))
    )


# ── the file ─────────────────────────────────────────────────────────────────────────────────────


def load(path: Path, *, watches: Collection[str]) -> Routes:
    """The routes of a file, in its order, and the errors of those that are wrong; nothing where there is no file.

    `watches` are the names of the watches there are. An error is one line naming file, route, key, what was found and
    what is expected; it never repeats an address or a secret.
    """
    place = f"{path.parent.name}/{path.name}"
    try:
        tables = _tables(path, place)
    except DeclarationError as error:
        return Routes(errors=(error,))
    routes: dict[str, Route] = {}
    errors = []
    for number, table in enumerate(tables, start=1):
        try:
            route = _route(table, f"{place}: {_called(table, number)}", watches, taken=routes)
        except DeclarationError as error:
            errors.append(error)
        else:
            routes[route.name] = route
    return Routes(routes=tuple(routes.values()), errors=tuple(errors))


def _tables(path: Path, place: str) -> list[dict[str, object]]:
    file = _toml(path, place)
    for key in file.keys() - {"route"}:
        raise DeclarationError(f"{place}: {_quoted(key)} is unknown; expected only [[route]] tables")
    found = file.get("route", [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise DeclarationError(f"{place}: route is no list of tables; write [[route]] above each")
    return found


def _toml(path: Path, place: str) -> dict[str, object]:
    try:
        with path.open("rb") as file:
            body = file.read(_MOST_BYTES + 1)
        if len(body) > _MOST_BYTES:
            raise DeclarationError(f"{place}: more than {_MOST_BYTES} bytes; expected a list of routes")
        return tomllib.loads(body.decode())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise DeclarationError(f"{place}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        # What stands in the line is not repeated: it may be a secret. Python's own message may quote a part of it.
        where = re.search(r"\(at (?:line \d+, column \d+|end of document)\)", str(error))
        raise DeclarationError(f"{place}: is not valid TOML {where[0] if where else ''}; expected [[route]] tables") from None


def _called(table: Mapping[str, object], number: int) -> str:
    name = table.get("name")
    return f"route {_quoted(name)}" if isinstance(name, str) and name else f"route {number}"


# ── one route ────────────────────────────────────────────────────────────────────────────────────


def _route(found: Mapping[str, object], place: str, watches: Collection[str], *, taken: Collection[str]) -> Route:
    table = _table(found, place)
    _check_name(table.name, place)
    if table.name in taken:
        raise DeclarationError(f"{place}: stands there twice; give one of them another name")
    _check_words(_texts(table.kind), place, "kind", (*KINDS, *TROUBLES, WATCH, *OURS))
    _check_words(_texts(table.watch), place, "watch", watches)
    if WATCH in _texts(table.kind) and not table.watch:
        raise DeclarationError(f'{place}: kind = "watch" without a watch; name those that are meant, as in watch = ["…"]')
    _check_times(table, place)
    _ADDRESSES[table.channel](table, place)
    if table.secret and table.channel != "webhook":
        raise DeclarationError(f"{place}: secret is for channel webhook; remove it")
    digest, time_zone = _digest(table, place)
    return Route(
        name=table.name,
        channel=table.channel,
        address=table.address,
        secret=table.secret,
        format=table.format,
        kinds=_texts(table.kind),
        grades=_texts(table.grade),
        boards=_texts(table.board),
        watches=_texts(table.watch),
        min_weight=table.min_weight,
        told=not table.watch if table.told is None else table.told,
        digest=digest,
        time_zone=time_zone,
        quiet=_quiet(table, place),
        cool_down_s=_seconds(table.cool_down, place, "cool_down"),
        most_per_hour=table.most_per_hour,
        gather_s=_seconds(table.gather, place, "gather"),
        enabled=table.enabled,
    )


def _texts(found: str | Iterable[str]) -> tuple[str, ...]:
    return (found,) if isinstance(found, str) else tuple(found)


def _table(found: Mapping[str, object], place: str) -> RouteTable:
    """The table in its shape. msgspec does not say which key of it is wrong in our words, so the keys are judged one by one."""
    shape = {one.encode_name: one for one in msgspec.structs.fields(RouteTable)}
    for key, value in found.items():
        if key not in shape:
            raise DeclarationError(f"{place}: {_quoted(key)} is unknown{_meant(key, shape)}")
        _check_value(value, shape[key], place)
    for key, one in shape.items():
        if one.required and key not in found:
            raise DeclarationError(f"{place}: {key} is missing ({_description(one)})")
    return msgspec.convert(found, RouteTable)


def _description(one: FieldInfo) -> str:
    text: str = next(note.description for note in get_args(one.type)[1:] if isinstance(note, Meta) and note.description)
    return text[:1].lower() + text[1:]


def _check_value(value: object, key: FieldInfo, place: str) -> None:
    name = key.encode_name
    shown = "(not shown)" if name in ("address", "secret") else _quoted(value)
    words = _WORDS.get(name, ())
    if words and isinstance(value, str) and value not in words:
        raise DeclarationError(f"{place}: {name} = {shown} is unknown{_meant(value, words)}")
    try:
        msgspec.convert(value, key.type)
    except msgspec.ValidationError as error:
        said = _TYPES.sub(lambda word: _IN_TOML.get(word[1], word[1]), str(error).replace(", got ", ", found "))
        raise DeclarationError(f"{place}: {name} = {shown}: {said[:1].lower() + said[1:]}") from error


_TYPES = re.compile(r"`(\w+)(?: \| \w+)*`")
_IN_TOML = {"str": "text", "array": "list", "int": "whole number", "float": "number", "bool": "true or false", "object": "table"}
_WORDS = {"channel": CHANNELS, "format": get_args(_Form)}


def _check_name(name: str, place: str) -> None:
    if not _NAME.fullmatch(name):
        raise DeclarationError(
            f"{place}: name = {_quoted(name)}; expected at most 60 letters, digits, blanks, '.', '_' and '-', the first and last a letter or digit"
        )


def _check_words(found: Iterable[str], place: str, key: str, known: Collection[str]) -> None:
    for word in found:
        if word not in known:
            raise DeclarationError(f"{place}: {key} = {_quoted(word)} is unknown{_meant(word, known)}")


# ── when ─────────────────────────────────────────────────────────────────────────────────────────


def _check_times(table: RouteTable, place: str) -> None:
    """What is for messages sent at once makes no sense of a digest, which waits for its hour and tells everything."""
    for key in ("cool_down", "gather"):
        if table.digest and getattr(table, key):
            raise DeclarationError(f"{place}: {key} is for messages that are sent at once, but digest is set; remove one of them")


def _quiet(table: RouteTable, place: str) -> tuple[Window, ...]:
    try:
        windows = tuple(cadence.window(text) for text in _texts(table.quiet))
    except ValueError as error:
        raise DeclarationError(f"{place}: quiet = {_quoted(table.quiet)} is {error}") from error
    if windows and cadence.covers_the_day(windows):
        raise DeclarationError(f"{place}: quiet covers the whole day; leave some time, or write enabled = false")
    return windows


def _seconds(span: str, place: str, key: str) -> float:
    if not span:
        return 0.0
    found = _SPAN.fullmatch(span)
    if not found:
        raise DeclarationError(f'{place}: {key} = {_quoted(span)}; expected a number and s, m, h or d, as in "6h"')
    return float(int(found[1]) * _SPAN_S[found[2]])


_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_PLAIN = re.compile(
    rf"(?:daily|weekly (?P<weekday>{'|'.join(_DAYS)})|monthly (?P<day>[1-9]|1\d|2[0-8])) (?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)"
)
_CRON = re.compile(r"@[a-z]+|[^\s@]+(?: [^\s@]+){4}")


def _digest(table: RouteTable, place: str) -> tuple[str | None, str]:
    """The cadence of a digest and its time zone, which may stand behind the cadence as well ("daily 08:00 Europe/Berlin")."""
    text, _, zone = table.digest.rpartition(" ")
    if not _ZONE.fullmatch(zone) or not text or not _cadence(text):
        text, zone = table.digest, table.time_zone
    _check_zone(zone, place)
    if zone != table.time_zone != "UTC":
        raise DeclarationError(f"{place}: digest says {zone} and time_zone {table.time_zone}; remove one of them")
    if not text:
        return None, zone
    found = _cadence(text)
    if found is None:
        raise DeclarationError(
            f'{place}: digest = {_quoted(text)} is no time; expected "daily 08:00", "weekly mon 08:00", "monthly 1 08:00" (day 1 to 28), or five-field cron'
        )
    return found, zone


_ZONE = re.compile(r"UTC|[A-Z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)+")


def _check_zone(zone: str, place: str) -> None:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise DeclarationError(
            f'{place}: time_zone = {_quoted(zone)} is unknown; expected a name such as "Europe/Berlin"'
        ) from error


def _cadence(text: str) -> str | None:
    """A five-field cron expression for what a digest says; None where it says no time."""
    if found := _PLAIN.fullmatch(text):
        weekday = str(_DAYS.index(found["weekday"])) if found["weekday"] else "*"
        return f"{int(found['minute'])} {int(found['hour'])} {found['day'] or '*'} * {weekday}"
    expression = CADENCES.get(text, text)
    return expression if _CRON.fullmatch(expression) and _comes(expression) else None


def _comes(expression: str) -> bool:
    """Whether it is a cron expression, of a time that ever comes."""
    from cronsim import CronSim, CronSimError  # noqa: PLC0415  # only digests need it

    try:
        return next(CronSim(expression, datetime(2024, 1, 1)), None) is not None  # noqa: DTZ001  # any calendar will do
    except CronSimError:
        return False


# ── where to ─────────────────────────────────────────────────────────────────────────────────────

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(.+)", re.DOTALL)
_WITHOUT_TOKEN = frozenset(
    (
        "mailto",
        "mailtos",
        "ntfy",
        "ntfys",
        "json",
        "jsons",
        "xml",
        "xmls",
        "form",
        "forms",
        "mqtt",
        "mqtts",
        "apprise",
        "apprises",
    )
)
"""Kinds of apprise address that are complete without a token; any other must name its token as ${NAME}."""
_SECRET_NAMES = re.compile(r"(?i).*(?:token|secret|passw|pwd|key|auth|credential|signature).*|pass|sid|sig")
_LOOKS_SECRET = re.compile(r"(?=[A-Za-z0-9_-]*\d)(?=[A-Za-z0-9_-]*[A-Za-z])[A-Za-z0-9_-]{20,}")
_REMEDY = "set it in the environment and write ${NAME} in its place"


def _check_apprise(table: RouteTable, place: str) -> None:
    """One `${NAME}` for all of it, or an address whose user, password and tokens are `${NAME}`."""
    address = _address(table, place)
    if _REFERENCE.fullmatch(address):
        return
    found = _SCHEME.fullmatch(address)
    if not found:
        raise DeclarationError(
            f'{place}: address is no apprise URL; expected "${{NAME}}", or kind://… with its secrets as ${{NAME}}'
        )
    _check_secrets(address, place)
    if found[1].lower() not in _WITHOUT_TOKEN and not _REFERENCE.search(found[2]):
        raise DeclarationError(f"{place}: address of kind {_quoted(found[1])} holds its token in plain text; {_REMEDY}")


def _check_webhook(table: RouteTable, place: str) -> None:
    address = _address(table, place)
    if not _REFERENCE.fullmatch(address):
        _check_secrets(address, place)
        if not re.fullmatch(r"https?://[^/\s?#]+(?:[/?#]\S*)?", address):
            raise DeclarationError(
                f'{place}: address is no URL of a webhook; expected http:// or https:// and a host, or "${{NAME}}"'
            )
    if not _REFERENCE.fullmatch(table.secret):
        found = "holds a secret in plain text" if table.secret else "is missing: what the messages are signed with"
        raise DeclarationError(f'{place}: secret {found}; expected secret = "${{NAME}}", with the secret in the environment')
    if table.format not in ("", "json"):
        raise DeclarationError(f"{place}: format = {_quoted(table.format)}; a webhook is sent json, remove the key")


def _check_file(table: RouteTable, place: str) -> None:
    if not table.address:
        raise DeclarationError(f"{place}: address is missing; expected the path of the file that is appended to")
    if not table.address.isprintable():
        raise DeclarationError(f"{place}: address contains control characters; expected the path of a file")


def _check_stdout(table: RouteTable, place: str) -> None:
    if table.address:
        raise DeclarationError(f'{place}: channel stdout has no address; remove it, or write channel = "file"')


_ADDRESSES = {"apprise": _check_apprise, "webhook": _check_webhook, "file": _check_file, "stdout": _check_stdout}


def _address(table: RouteTable, place: str) -> str:
    if not table.address:
        raise DeclarationError(f'{place}: address is missing; expected a URL with its secrets as ${{NAME}}, or one "${{NAME}}"')
    if not table.address.isprintable() or " " in table.address:
        raise DeclarationError(f"{place}: address contains blanks or control characters; percent-encode them")
    if "$" in _REFERENCE.sub("", table.address):
        raise DeclarationError(f"{place}: address has a malformed reference; expected ${{NAME}} of letters, digits and _")
    return table.address


def _check_secrets(address: str, place: str) -> None:
    """Refuse an address that holds a secret; the message does not repeat it."""
    for part, text in _secret_parts(address):
        if _REFERENCE.sub("", text).strip(":"):
            raise DeclarationError(f"{place}: {part} of the address stands there in plain text; {_REMEDY}")
    if _LOOKS_SECRET.search(_REFERENCE.sub("/", address)):
        raise DeclarationError(f"{place}: a part of the address looks like a token in plain text; {_REMEDY}")


def _secret_parts(address: str) -> Iterator[tuple[str, str]]:
    """What of an address must not be written down: user and password, and parameters that are called like a secret."""
    rest = _REFERENCE.sub(lambda found: found[0].replace("/", ""), address).partition("://")[2]
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" in authority:
        user, _, password = authority.rpartition("@")[0].partition(":")
        yield "the password" if password else "the user", password or user
        if password:
            yield "the user", user
    for name, value in parse_qsl(urlsplit(f"x://h/?{rest.partition('?')[2]}").query, keep_blank_values=True):
        if _SECRET_NAMES.fullmatch(name.lstrip("+-:")):
            yield f"parameter {_quoted(name)}", value


def _meant(found: str, known: Iterable[str]) -> str:
    every = sorted(known)
    near = get_close_matches(found[:80], every, n=1)
    return (f'; did you mean "{near[0]}"?' if near else ";") + f" known: {', '.join(every) or 'none'}"


def _quoted(found: object) -> str:
    text = str(found).lower() if isinstance(found, bool) else str(found)
    shown = "".join(sign if sign.isprintable() else "?" for sign in (text if len(text) <= 80 else text[:77] + "…"))
    return f'"{shown}"'


assert set(_ADDRESSES) == set(CHANNELS), "every channel has its rule for addresses"
