"""Reads `[request]` and the requests of payloads, which must not contain secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from urllib.parse import parse_qsl, urlsplit

import jmespath
import jmespath.exceptions
import msgspec

from tracker.model import Each, Newest, Pagination, Request
from tracker.redaction import NAMED
from tracker.schedules.shapes import EachTable, FurtherRequestTable, NewestTable, PaginationTable, RequestTable
from tracker.toml import Wrong, dotted, quoted
from tracker.wording import visible

LIMITS = ("max_bytes", "timeout_s", "gap_s", "max_per_day", "allow_private")
"""The keys of the board's own request that hold for its payloads too."""
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")  # RFC 9110 §5.6.2

_SECRETS = re.compile(
    r"(x-)?(api|access|secret|auth)?[-_]?key|((access|api|auth|id|secret|x-auth)[-_]?)?token|(client[-_]?)?secret"
    r"|passw(or)?d|pwd|(proxy-)?authorization|auth|bearer|cookie|sig|signature",
    re.IGNORECASE,
)
"""Names of headers and parameters whose values belong in the environment, not in a file under version control."""


def own_request(table: RequestTable) -> Request:
    """The board's own request. Raises Wrong."""
    request = further_request(table, "request", newest=table.newest)
    newest = None if table.newest is None else _newest(table.newest)
    limits = {name: getattr(table, name) for name in LIMITS}
    return replace(request, newest=newest, **limits)


def further_request(table: FurtherRequestTable, place: str, *, newest: NewestTable | None) -> Request:
    """A request without the keys that only the board's own may have. Raises Wrong."""
    check_address(table.url, f"{place}.url")
    _check_headers(table.headers, f"{place}.headers")
    params = {name: str(value) for name, value in table.params.items()}
    for name, value in params.items():
        _check_secret(name, value, dotted(f"{place}.params", name))
    _check_pagination(table, place)
    _check_places(table, place, newest=newest)
    return Request(
        url=table.url,
        method=table.method,
        headers=MappingProxyType(dict(table.headers)),
        params=MappingProxyType(params),
        pagination=Pagination(**msgspec.structs.asdict(table.pagination)) if table.pagination else None,
        each=None if table.each is None else _each(table.each, f"{place}.each"),
        member=table.member,
    )


def _check_places(table: FurtherRequestTable, place: str, *, newest: NewestTable | None) -> None:
    """Refuse a placeholder without a declaration, and a declaration without its placeholder."""
    texts = (table.url, *map(str, table.params.values()))
    if isinstance(table, RequestTable) and newest is not None and "{newest}" not in table.url:
        # a capture names its release by its url
        raise Wrong(f"{place}.newest is declared, but {place}.url does not contain {{newest}}")
    for word, is_declared in (("{newest}", newest is not None), ("{each}", table.each is not None)):
        is_used = any(word in text for text in texts)
        if is_used and not is_declared:
            raise Wrong(f"{place}.url or params contain {word}, but request.{word.strip('{}')} is missing")
        if is_declared and not is_used and word == "{each}":
            raise Wrong(f"{place}.each is declared, but neither url nor params contain {word}")
    if table.each is not None and table.pagination is not None:
        raise Wrong(f"{place} has both each and pagination; keep one")
    if "{" in urlsplit(table.url).netloc:
        raise Wrong(f"{place}.url has a placeholder in its host; expected it after the host")


def _newest(table: NewestTable) -> Newest:
    check_address(table.url, "request.newest.url")
    for key in ("find", "follow"):
        if pattern := getattr(table, key):
            _check_one_group(pattern, f"request.newest.{key}")
    return Newest(
        url=table.url, find=table.find, follow=table.follow, replace=MappingProxyType(dict(table.replace)), begins=table.begins
    )


def _check_one_group(pattern: str, place: str) -> None:
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        raise Wrong(f"{place} = {quoted(pattern)} is not a regular expression: {error}") from error
    if groups != 1:
        raise Wrong(f"{place} = {quoted(pattern)} has {groups} groups; expected one")


def _each(declared: Sequence[str] | EachTable, place: str) -> Each:
    if isinstance(declared, EachTable):
        check_address(declared.url, f"{place}.url")
        _check_jmespath(declared.find, f"{place}.find")
        return Each(url=declared.url, find=declared.find, max_values=declared.max_values)
    if len(set(declared)) != len(declared):
        raise Wrong(f"{place} names a value twice; remove one")
    return Each(values=tuple(declared))


def check_address(url: str, place: str) -> None:
    """Refuse anything but a plain http(s) address. The message does not repeat what may be a secret."""
    if not url.isprintable() or re.search(r"[\s\\]", url):
        raise Wrong(f"{place} contains blanks, backslashes or control characters; percent-encode them")
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.port is None or parts.port else None
    except ValueError as error:
        raise Wrong(f"{place} is not an address: {visible(str(error))}") from error
    if "@" in parts.netloc:
        raise Wrong(f"{place} contains a user name; remove it, and send credentials as a header with ${{NAME}}")
    if parts.scheme not in ("http", "https") or not host or "$" in parts.netloc:
        raise Wrong(f"{place} = {quoted(url.partition('?')[0])} is not an address; expected http:// or https:// and a host")
    _check_references(url, place)
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        _check_secret(name, value, f"{place}, parameter {quoted(name)},")


def _check_headers(headers: Mapping[str, str], under: str) -> None:
    for name, value in headers.items():
        place = dotted(under, name)
        if not _HEADER_NAME.fullmatch(name):
            raise Wrong(f"{place} is not the name of a header; expected letters, digits and '-'")
        if not value.isprintable() or not value.isascii():
            raise Wrong(f"{place} contains characters that a header cannot carry; use printable ASCII on one line")
        _check_secret(name, value, place)


def _check_secret(name: str, value: str, place: str) -> None:
    _check_references(value, place)
    if _SECRETS.fullmatch(name) and value and not NAMED.search(value):
        raise Wrong(f"{place} holds a secret in plain text; set it in the environment and write ${{NAME}} here")


def _check_references(text: str, place: str) -> None:
    if re.search(r"\$\{|\$[A-Z]", NAMED.sub("", text)):
        raise Wrong(f"{place} has a malformed reference to the environment; expected ${{NAME}} of letters, digits and _")


_REQUIRED = {"page_number": ("param",), "cursor": ("param", "next"), "offset": ("param",), "link": ()}
"""The keys that each kind of pagination requires."""
_ALLOWED = {"page_number": {"param", "start"}, "cursor": {"param", "next"}, "offset": {"param", "size"}, "link": set[str]()}
"""The keys of single kinds that each kind may have."""


def _check_pagination(table: FurtherRequestTable, place: str) -> None:
    pagination = table.pagination
    if pagination is None:
        return
    kind, default = pagination.kind, PaginationTable(kind=pagination.kind)
    for key in _REQUIRED[kind]:
        if not getattr(pagination, key):
            raise Wrong(f'{place}.pagination.{key} is missing; the kind "{kind}" requires it')
    for key in ("start", "size", "next", "param"):
        if key not in _ALLOWED[kind] and getattr(pagination, key) != getattr(default, key):
            raise Wrong(f'{place}.pagination.{key} has no meaning for the kind "{kind}"; remove it')
    for key in ("next", "more", "records"):
        _check_jmespath(getattr(pagination, key), f"{place}.pagination.{key}")
    sent = {*table.params, *(name for name, _ in parse_qsl(urlsplit(table.url).query, keep_blank_values=True))}
    if pagination.param in sent:
        raise Wrong(f"{place}.pagination.param = {quoted(pagination.param)} is also set by the url or params; remove it there")


def _check_jmespath(expression: str, place: str) -> None:
    if not expression:
        return
    try:
        jmespath.compile(expression)
    except (jmespath.exceptions.JMESPathError, RecursionError) as error:
        reason = visible(str(error).partition("\n")[0])
        raise Wrong(f"{place} = {quoted(expression)} is not a JMESPath: {reason}") from error
