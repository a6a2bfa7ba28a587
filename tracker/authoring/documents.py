"""Find the lists of records in a document of objects and lists, with their paths."""

from __future__ import annotations

import json
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeGuard

MAX_NODES = 200_000
MAX_SPOTS = 250
"""Maximum number of lists returned, the longest first."""
MAX_FIELDS = 200
MAX_LEVELS = 4
"""Depth to which a record's fields are searched."""
SAMPLE = 60
"""Number of records examined."""
MIN_RECORDS = 2
MIN_PAIRS = 5
CHART_LEVELS, MAX_SERIES = 3, 12
"""The depth to which an object is searched for the lists of a chart, and the number of its series."""
MOST = 0.6
"""Minimum share of members with the same field (0–1) for them to be records of one kind."""
TITLES = ("name", "slug", "id", "title", "key", "category", "label")
"""The fields that name an object in a list."""

_PLAIN = re.compile(r"[A-Za-z_$][\w$-]*")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?%?")

Object = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """The place of records: the options that find them (records, explode, pairs, header, cell), their columns and number.

    `kind` is list, members (of an object), pairs or rows (lists of cells). `fields` are the fields that all records have.
    """

    options: Mapping[str, object]
    columns: tuple[str, ...]
    size: int
    kind: str
    fields: tuple[str, ...] = field(default=())


def spots(document: object) -> list[Spot]:
    """The longest lists of records, in the order of the document."""
    every = list(_walk(document))
    longest = sorted(every, key=lambda spot: -spot.size * min(len(spot.columns), 8))[:MAX_SPOTS]
    return [spot for spot in every if spot in longest] if len(every) > MAX_SPOTS else every


def _walk(document: object) -> Iterator[Spot]:
    waiting: deque[tuple[str, object]] = deque([("", document)])
    for _ in range(MAX_NODES):
        if not waiting:
            return
        path, node = waiting.popleft()
        yield from _here(path, node)
        waiting.extend(_inside(path, node))


def _here(path: str, node: object) -> Iterator[Spot]:
    members = [member for member in node if member is not None] if isinstance(node, list) else []
    if len(members) >= MIN_RECORDS and all(isinstance(member, dict) for member in members):
        yield from _records(path, members, "list")
    elif _is_grid(node) and len(node) > MIN_RECORDS:
        if all(isinstance(name, str) and name and not _NUMBER.fullmatch(name) for name in node[0]):
            options = {"records": f"{path}[1:]", "header": f"{path}[0]"}
            yield Spot(options=options, columns=tuple(dict.fromkeys(map(str, node[0]))), size=len(node) - 1, kind="rows")
        elif not any(isinstance(cell, dict | list) for row in node[:SAMPLE] for cell in row):
            columns = tuple(f"${number}" for number in range(1, len(node[0]) + 1))
            yield Spot(options=_at(path), columns=columns, size=len(node), kind="rows")
    elif isinstance(node, dict):
        members = [{**value, "$key": key} for key, value in node.items() if isinstance(value, dict)]
        if len(members) >= MIN_RECORDS and len(members) == len(node) and _are_alike(members):
            yield from _records(path, members, "members")
        numbers = [value for value in node.values() if isinstance(value, str) and _NUMBER.fullmatch(value)]
        if len(numbers) >= MIN_PAIRS and len(numbers) == len(node):
            yield Spot(options={**_at(path), "pairs": True}, columns=("$key", "$value"), size=len(node), kind="pairs")
        yield from beside(path, node)
        yield from _grouped(path, node)
        yield from _columns(path, node)
        yield from labelled(path, node)


def _at(path: str) -> dict[str, object]:
    return {"records": path} if path else {}


def _records(path: str, records: Sequence[Object], kind: str) -> Iterator[Spot]:
    columns = fields_of(records)
    common = tuple(name for name in records[0] if name != "$key" and all(name in record for record in records))
    if columns:
        yield Spot(options=_at(path), columns=columns, size=len(records), kind=kind, fields=common)
    for name in _nested(records):
        inner = [member for record in records for member in _members(record.get(name))]
        own = fields_of(inner)
        if len(inner) >= MIN_RECORDS and own:
            outer = tuple(f"^.{column}" for column in columns[:20])
            yield Spot(options={**_at(path), "explode": _key(name)}, columns=(*own, *outer), size=len(inner), kind="list")


def fields_of(records: Sequence[Object]) -> tuple[str, ...]:
    """The paths of single values in the records, in order of appearance."""
    counted: Counter[str] = Counter()
    for record in records[:SAMPLE]:
        counted.update(list(dict.fromkeys(_leaves(record, "", MAX_LEVELS))))
    return tuple(islice(counted, MAX_FIELDS))


def _leaves(record: Object, before: str, levels: int) -> Iterator[str]:
    for name, value in islice(record.items(), MAX_FIELDS):
        path = f"{before}{name if name == '$key' else _key(name)}"
        if isinstance(value, dict) and levels:
            yield from _leaves(value, f"{path}.", levels - 1)
        elif not isinstance(value, dict | list):
            yield path


def _nested(records: Sequence[Object]) -> Iterator[str]:
    """The fields that have records of their own in most of the records."""
    counted = Counter(name for record in records[:SAMPLE] for name, value in record.items() if _members(value))
    return (name for name, number in counted.items() if number >= MOST * min(len(records), SAMPLE))


def _members(value: object) -> list[Object]:
    if isinstance(value, list) and value and all(isinstance(member, dict) for member in value):
        return value
    if isinstance(value, dict) and value and all(isinstance(member, dict) for member in value.values()):
        members: list[Object] = [{**member, "$key": key} for key, member in value.items()]
        return members if len(members) == 1 or _are_alike(members) else []
    return []


def _are_alike(members: Sequence[Object]) -> bool:
    """Whether the members are records of one kind: most have a field in common besides their key."""
    counted = Counter(name for member in members[:SAMPLE] for name in member if name != "$key")
    return bool(counted) and counted.most_common(1)[0][1] >= MOST * min(len(members), SAMPLE)


def _grouped(path: str, node: Object) -> Iterator[Spot]:
    """Groups of records by name, such as the models of each lab, if no two groups have the same entries."""
    groups = [_members(value) for value in node.values()]
    records = [record for group in groups for record in group]
    titles = Counter(
        next((str(record[title]) for title in ("$key", *TITLES, "model") if title in record), "") for record in records
    )
    if len(groups) < MIN_RECORDS or not all(groups) or not _are_alike(records) or len(titles) < len(records):
        return
    if any(
        isinstance(value, list) or len(fields_of([*value.values()])) > 1
        for value in node.values()
        if isinstance(value, list | dict)
    ):
        options = {**_at(path), "pairs": True, "explode": "$value"}
        yield Spot(options=options, columns=(*fields_of(records), "^.$key"), size=len(records), kind="list")


def _columns(path: str, node: Object) -> Iterator[Spot]:
    """An object of columns, which are lists of the same length, or objects with the same keys, as data frames are written."""
    columns = {name: cells for name, cells in node.items() if isinstance(cells, dict | list) and len(cells) >= MIN_PAIRS}
    first = next(iter(columns.values()), None)
    if first is None or len(columns) < MIN_RECORDS or not all(_are_columns(first, cells) for cells in columns.values()):
        return
    chosen = "{" + ", ".join(f"{_key(name)}: {_key(name)}" for name in columns) + "}"
    options = _at(path) if len(columns) == len(node) else {"records": f"{path}.{chosen}" if path else chosen}
    names = (*map(_key, columns), *(("$key",) if isinstance(first, dict) else ()))
    yield Spot(options={**options, "by_column": True}, columns=names, size=len(first), kind="rows")


def labelled(path: str, node: Object) -> Iterator[Spot]:
    """Lists of one length in several members of an object, some of texts and some of numbers, as charts have them.

    A list is called as the text beside it says, otherwise as its key. `fields` are the members that hold the lists.
    """
    if sum(isinstance(value, dict | list) for value in node.values()) < MIN_RECORDS:
        return
    lists = ((name, *cells) for name, value in node.items() for cells in _plain_lists(_key(name), name, value, CHART_LEVELS))
    once: dict[str, tuple[str, str, str, Sequence[object]]] = {}
    for each in lists:
        once.setdefault(json.dumps(each[-1]), each)  # variables may hold parts of each other
    for size in dict.fromkeys(len(cells) for *_, cells in once.values()):
        alike = [each for each in once.values() if len(each[-1]) == size]
        numeric = [all(cell is None or _NUMBER.fullmatch(str(cell)) for cell in cells) for *_, cells in alike]
        holders = dict.fromkeys(holder for holder, *_ in alike)
        if len(holders) < MIN_RECORDS or all(numeric) or not any(numeric) or len(alike) > MAX_FIELDS:
            continue
        titles = Counter(title for _, _, title, _ in alike)
        columns = {_key(title if titles[title] == 1 else at): at for _, at, title, _ in alike}
        chosen = "{" + ", ".join(f"{name}: {at}" for name, at in columns.items()) + "}"
        options = {"records": f"{path}.{chosen}" if path else chosen, "by_column": True}
        yield Spot(options=options, columns=tuple(columns), size=size, kind="rows", fields=tuple(holders))


def _plain_lists(path: str, title: str, node: object, levels: int) -> Iterator[tuple[str, str, Sequence[object]]]:
    """The path, the title and the cells of each list of plain values in a value, down to some levels."""
    if isinstance(node, list) and len(node) >= MIN_PAIRS and not any(isinstance(cell, dict | list) for cell in node):
        yield path, title, node
    elif levels and isinstance(node, dict):
        said = next((str(node[name]) for name in TITLES if isinstance(node.get(name), str)), "")
        for name, value in islice(node.items(), SAMPLE):
            yield from _plain_lists(f"{path}.{_key(name)}", said or name, value, levels - 1)
    elif levels and isinstance(node, list):
        for at, value in enumerate(node[:MAX_SERIES]):
            yield from _plain_lists(f"{path}[{at}]", title, value, levels - 1)


def _are_columns(column: dict[str, object] | list[object], other: dict[str, object] | list[object]) -> bool:
    """Whether two columns have the same rows, and plain cells."""
    if isinstance(column, dict) and isinstance(other, dict):
        return column.keys() == other.keys() and not any(isinstance(cell, dict | list) for cell in other.values())
    return type(column) is type(other) and len(column) == len(other) and not any(isinstance(cell, dict | list) for cell in other)


def beside(path: str, node: Object) -> Iterator[Spot]:
    """Lists of cells, with a list beside them that names their columns."""
    for name, value in node.items():
        rows, inside = _unwrapped(value)
        if not _is_grid(rows):
            continue
        width = len(rows[0])
        cell = _value_field(cell for row in rows[:SAMPLE] for cell in row)
        for other, names in node.items():
            if not isinstance(names, list) or len(names) != width or other == name or cell is None:
                continue
            title = _value_field(names)
            texts: list[object] = [column.get(title) if isinstance(column, dict) else column for column in names]
            if title is not None and all(isinstance(text, str) for text in texts):
                header = _join(path, other) + (f"[].{_key(title)}" if title else "")
                options = {"records": _join(path, name) + inside, "header": header} | ({"cell": _key(cell)} if cell else {})
                index = next(
                    (key for key, value in node.items() if key not in (name, other) and _are_names(value, len(rows))), ""
                )
                options |= {"keys": _join(path, index)} if index else {}
                columns = (*dict.fromkeys(map(str, texts)), *(("$key",) if index else ()))
                yield Spot(options=options, columns=columns, size=len(rows), kind="rows")


def _are_names(value: object, size: int) -> bool:
    """Whether a value is a list of that many texts, each of which occurs once."""
    return (
        isinstance(value, list) and len(value) == size and all(isinstance(name, str) for name in value) and len({*value}) == size
    )


def _unwrapped(rows: object) -> tuple[object, str]:
    """The rows, and the path inside each of them, if they are objects with nothing but a list: `{"c": […]}`."""
    if isinstance(rows, list) and rows and all(isinstance(row, dict) and len(row) == 1 for row in rows):
        (field,) = rows[0]
        if all(isinstance(row.get(field), list) for row in rows):
            return [row[field] for row in rows], f"[].{_key(field)}"
    return rows, ""


def _is_grid(rows: object) -> TypeGuard[list[list[object]]]:
    if not isinstance(rows, list) or len(rows) < MIN_RECORDS or not all(isinstance(row, list) for row in rows):
        return False
    return len(rows[0]) > 1 and all(len(row) == len(rows[0]) for row in rows)


def _value_field(cells: Iterable[object]) -> str | None:
    """The field with the value if cells are objects, "" if they are plain values, None otherwise."""
    known = [cell for cell in cells if cell is not None]
    objects = [cell for cell in known if isinstance(cell, dict)]
    if not objects:
        return "" if not any(isinstance(cell, list) for cell in known) else None
    if len(objects) < len(known):
        return None
    return next(
        (
            name
            for name in ("value", "v", "label", "headerName", *TITLES, "text", "data")
            if all(name in record for record in objects)
        ),
        None,
    )


def _inside(path: str, node: object) -> Iterator[tuple[str, object]]:
    if isinstance(node, dict):
        yield from ((_join(path, name), value) for name, value in node.items() if isinstance(value, dict | list))
    elif isinstance(node, list) and len(node) <= SAMPLE:
        yield from ((_member(path, node, at), value) for at, value in enumerate(node) if isinstance(value, dict | list))


def _member(path: str, node: Sequence[object], at: int) -> str:
    """The path of a list's member: by a name that only this member has, otherwise by position."""
    member = node[at]
    if isinstance(member, dict) and path:
        for title in TITLES:
            name = member.get(title)
            names = [other.get(title) for other in node if isinstance(other, dict)]
            if isinstance(name, str) and "'" not in name and "`" not in name and names.count(name) == 1 and len(name) < 60:
                return f"{path}[?{title}=='{name}'] | [0]"
    return f"{path}[{at}]" if path else f"[{at}]"


def _join(path: str, name: str) -> str:
    return f"{path}.{_key(name)}" if path else _key(name)


def _key(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else json.dumps(name, ensure_ascii=False)
