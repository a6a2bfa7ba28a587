"""The names of models that hold in a workspace: those that ship with the package, with those of the user's `models/` over them.

One file per lab; `hosts.toml` names those who only serve other people's models. `schedules/README.md` explains every key.
A name is not resolved here, only checked for shape and for contradictions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

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
    """Those who serve or repack the models of others: never the lab."""

    hosts: tuple[str, ...]


def lexicon_of(settings: Settings) -> Lexicon:
    """The names that ship with the package, with those of the user's `models/` over them, however the boards were chosen.

    Raises:
        DeclarationError: a file is wrong, or two contradict each other.
    """
    own = settings.schedules / "models"
    return load(own, SHIPPED) if own.is_dir() and not own.samefile(SHIPPED) else default_lexicon()


@cache
def default_lexicon() -> Lexicon:
    """The names that ship with the package."""
    return load(SHIPPED)


def load(folder: Path, base: Path | None = None) -> Lexicon:
    """The lexicon of a folder of TOML files, laid over those of `base` if one is given; empty where there is none.

    Raises:
        DeclarationError: a file is wrong, or two contradict each other; one line naming file, key, found, expected.
    """
    labs: dict[str, Lab] = {}
    hosts: set[str] = set()
    for name, paths in _files(base, folder).items():
        place = place_of(folder / name, folder.parent)
        with at(place):
            found = _lab_or_hosts(paths)
        if isinstance(found, _Hosts):
            hosts.update(folded(host) for host in found.hosts)
        else:
            labs[place] = found
    _check_clashes(labs, dict.fromkeys(hosts, place_of(folder / "hosts.toml", folder.parent)))
    return Lexicon(labs=labs, hosts=frozenset(hosts)) if labs or hosts else EMPTY_LEXICON


def _files(*folders: Path | None) -> Mapping[str, tuple[Path, ...]]:
    """Name → the files of that name, in the order of the folders. A folder need not exist."""
    paths = [path for folder in dict.fromkeys(folders) if folder is not None for path in folder.glob("*.toml")]
    return {name: tuple(path for path in paths if path.name == name) for name in sorted({path.name for path in paths})}


# ── one file ─────────────────────────────────────────────────────────────────────────────────────


def _lab_or_hosts(paths: Iterable[Path]) -> Lab | _Hosts:
    """What files of one name say, each laid over those before it. Raises Wrong."""
    import msgspec  # noqa: PLC0415 # only who loads a lexicon pays for it

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
    return (one for one in found if isinstance(one, dict)) if isinstance(found, list) else iter(())


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
    """The keys of a table, and whether it must have them."""
    return {one.name: one.default is MISSING and one.default_factory is MISSING for one in fields(shape)}


def _key_first(message: str) -> str:
    """What msgspec says, key first: ``Expected `str`, got `int` - at `$.lab` `` → `lab: expected text, found whole number`."""
    what, _, where = message.partition(" - at ")
    return f"{where.strip('`').removeprefix('$.')}: {in_toml_words(what)}"


# ── all files together ───────────────────────────────────────────────────────────────────────────


def _check_clashes(labs: Mapping[str, Lab], hosts: Mapping[str, str]) -> None:
    """No spelling is two labs' or a host's, no phrase two families', no name two aliases. A lab may be a host too, by its own name."""
    spellings = {
        spelling: place for spelling, place in hosts.items() if spelling not in {folded(one.lab) for one in labs.values()}
    }
    phrases: dict[str, str] = {}
    names: dict[str, str] = {}
    for place, lab in labs.items():
        own = dict.fromkeys(folded(one) for one in (lab.lab, *lab.spellings))
        for spelling in own:
            _claim(spellings, spelling, place, "spellings")
        for family in lab.families:
            _check_line(family, place)
            for phrase in dict.fromkeys(folded(words) for words in family.words):
                _claim(phrases, phrase, place, f"families.{family.name}.words")
        for name in lab.aliases:
            _claim(names, folded(name), place, "aliases")


def _check_line(family: Family, place: str) -> None:
    if family.line and (family.line.count("{") != 1 or "{generation}" not in family.line):
        raise DeclarationError(
            f'{place}: families.{family.name}.line is "{family.line}", expected text with {{generation}} once and no other braces; correct it'
        )


def _claim(claimed: dict[str, str], text: str, place: str, key: str) -> None:
    if not text:
        raise DeclarationError(f'{place}: {key} has "", expected letters or digits; remove it')
    if text in claimed:
        raise DeclarationError(f'{place}: {key} has "{text}", which {claimed[text]} has too; expected it once; keep it in one')
    claimed[text] = place
