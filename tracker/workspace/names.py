"""Read the names of models in a workspace: those of the package, overlaid by the user's `models/`.

One file per lab; `hosts.toml` names hosts that only serve other labs' models. `schedules/README.md` explains every key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from tracker import identity
from tracker.errors import DeclarationError
from tracker.model.names import EMPTY_LEXICON, Family, Lab, Lexicon, Release, Unsure, folded
from tracker.shipped import SCHEDULES
from tracker.toml import Wrong, at, dotted, in_toml_words, overlaid, place_of, tables, text_of, unknown_key
from tracker.workspace.settings import Settings

SHIPPED = SCHEDULES / "models"
"""The folder that comes with the package."""
_MAX_BYTES = 512_000  # a lab's names grow with every release


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hosts:
    """Hosts that serve or repack the models of others, and are never the lab."""

    hosts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names of the right files, and the errors of the others."""

    lexicon: Lexicon
    errors: tuple[DeclarationError, ...] = ()


def names_of(settings: Settings) -> Names:
    """The names of the package, overlaid by the user's `models/`. Instead of a wrong file, the package's of that name counts."""
    own = settings.schedules / "models"
    is_shipped = not own.is_dir() or own.samefile(SHIPPED)
    try:
        return Names(lexicon=default_lexicon() if is_shipped else load(own, SHIPPED))
    except DeclarationError:
        return _without_wrong_files(SHIPPED, None) if is_shipped else _without_wrong_files(own, SHIPPED)


@cache
def default_lexicon() -> Lexicon:
    """The names that ship with the package."""
    return load(SHIPPED)


def load(folder: Path, base: Path | None = None) -> Lexicon:
    """The lexicon of a folder of TOML files that overlays those of `base`; empty if there are none.

    Raises:
        DeclarationError: a file is wrong, or two contradict each other.
    """
    return _lexicon({place: _content(place, paths) for place, paths in _files(base, folder).items()})


def _without_wrong_files(folder: Path, base: Path | None) -> Names:
    """Add one file after the other to those of `base`, leaving out each that is wrong or contradicts the ones before."""
    parts: dict[str, Lab | _Hosts] = {}
    errors: list[DeclarationError] = []
    for place, paths in sorted(_files(base, folder).items(), key=lambda file: (file[1][-1].parent == folder, file[0])):
        for sources in filter(None, (paths, paths[:-1])):
            try:
                parts = _checked({**parts, place: _content(place, sources)})
                break
            except DeclarationError as error:
                errors += [error] if sources is paths else []
    return Names(lexicon=_lexicon(parts), errors=tuple(errors))


def _lexicon(parts: Mapping[str, Lab | _Hosts]) -> Lexicon:
    labs = {place: part for place, part in _checked(parts).items() if isinstance(part, Lab)}
    hosts = frozenset(folded(host) for part in parts.values() if isinstance(part, _Hosts) for host in part.hosts)
    return Lexicon(labs=labs, hosts=hosts, version=_version(labs, hosts)) if labs or hosts else EMPTY_LEXICON


def _version(labs: Mapping[str, Lab], hosts: frozenset[str]) -> str:
    """A hash of the names and of the grammar that reads them."""
    import msgspec  # noqa: PLC0415  # only to load a lexicon

    digest = hashlib.sha256(msgspec.json.encode((labs, sorted(hosts)), order="deterministic"))
    for path in sorted(Path(identity.__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _files(base: Path | None, folder: Path) -> Mapping[str, tuple[Path, ...]]:
    """A file as messages name it → the files of that name in `base` and the folder, in this order; folders may be missing."""
    paths = [path for source in dict.fromkeys((base, folder)) if source is not None for path in source.glob("*.toml")]
    names = sorted({path.name for path in paths})
    return {place_of(folder / name, folder.parent): tuple(path for path in paths if path.name == name) for name in names}


def _content(place: str, paths: Sequence[Path]) -> Lab | _Hosts:
    """The content of files of one name, each overlaying the previous ones. Raises DeclarationError."""
    with at(place):
        return _lab_or_hosts(paths)


def _lab_or_hosts(paths: Sequence[Path]) -> Lab | _Hosts:
    import msgspec  # noqa: PLC0415  # only to load a lexicon

    found: Mapping[str, Any] = {}
    for path in paths:
        found = overlaid(found, tables(text_of(path, max_bytes=_MAX_BYTES)))
    shape: type[Lab | _Hosts] = _Hosts if "hosts" in found else Lab
    _check_keys(found, shape, "")
    for key, part in (("families", Family), ("releases", Release), ("unsure", Unsure)):
        for index, table in enumerate(_tables_in(found.get(key))):
            _check_keys(table, part, f"{key}[{index}]")
    try:
        return msgspec.convert(found, shape)
    except msgspec.ValidationError as error:
        raise Wrong(_key_first(str(error))) from error


def _tables_in(found: object) -> Iterator[dict[str, Any]]:
    return (table for table in found if isinstance(table, dict)) if isinstance(found, list) else iter(())


def _check_keys(found: Mapping[str, Any], shape: type, place: str) -> None:
    known = _keys(shape)
    for key in found:
        if key not in known:
            raise Wrong(unknown_key(place, key, known))
    for key, required in known.items():
        if required and key not in found:
            raise Wrong(f"{dotted(place, key)} is missing")


@cache
def _keys(shape: type) -> Mapping[str, bool]:
    """The keys of a table, and whether each is required."""
    return {key.name: key.default is MISSING and key.default_factory is MISSING for key in fields(shape)}


def _key_first(message: str) -> str:
    """Msgspec's message, key first: ``Expected `str`, got `int` - at `$.lab` `` → `lab: expected text, found whole number`."""
    problem, _, place = message.partition(" - at ")
    return f"{place.strip('`').removeprefix('$.')}: {in_toml_words(problem)}"


def _checked(parts: Mapping[str, Lab | _Hosts]) -> dict[str, Lab | _Hosts]:
    """The same parts. A lab may be a host too, by its own name.

    Raises:
        DeclarationError: two labs, or a lab and a host, have one spelling, two families one phrase, or two models one alias.
    """
    labs = {place: part for place, part in parts.items() if isinstance(part, Lab)}
    own_names = {folded(lab.lab) for lab in labs.values()}
    hosts = {folded(host): place for place, part in parts.items() if isinstance(part, _Hosts) for host in part.hosts}
    spellings = {spelling: place for spelling, place in hosts.items() if spelling not in own_names}
    phrases: dict[str, str] = {}
    names: dict[str, str] = {}
    for place, lab in labs.items():
        for spelling in dict.fromkeys(map(folded, (lab.lab, *lab.spellings))):
            _claim(spellings, spelling, place, "spellings")
        for family in lab.families:
            _check_line(family, place)
            for phrase in dict.fromkeys(map(folded, family.words)):
                _claim(phrases, phrase, place, f"families.{family.name}.words")
        for name in lab.aliases:
            _claim(names, folded(name), place, "aliases")
    return dict(parts)


def _check_line(family: Family, place: str) -> None:
    if family.line and (family.line.count("{") != 1 or "{generation}" not in family.line):
        expected = "expected text with {generation} once and no other braces; correct it"
        raise DeclarationError(f'{place}: families.{family.name}.line is "{family.line}", {expected}')


def _claim(claimed: dict[str, str], text: str, place: str, key: str) -> None:
    if not text:
        raise DeclarationError(f'{place}: {key} has "", expected letters or digits; remove it')
    if text in claimed:
        raise DeclarationError(f'{place}: {key} has "{text}", which {claimed[text]} has too; expected it once; keep it in one')
    claimed[text] = place
