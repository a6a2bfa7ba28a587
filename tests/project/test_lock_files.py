"""The locks are what `make lock` would write: pyproject.toml → uv.lock → requirements.lock and requirements-dev.lock."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
(OURS,) = [package for package in LOCK["package"] if package["name"] == PYPROJECT["project"]["name"]]
LOCKED_UV = next(package["version"] for package in LOCK["package"] if package["name"] == "uv")
needs_the_locked_uv = pytest.mark.skipif(
    metadata.version("uv") != LOCKED_UV, reason=f"uv {LOCKED_UV} writes the locks, and this is another: its text may differ"
)
Wanted = tuple[str, tuple[str, ...], SpecifierSet, Marker | None]
"""Name, extras, versions and marker of a dependency."""


def exports() -> dict[str, list[str]]:
    """Lock → the arguments of uv that write it, as the Makefile has them."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    common = re.search(r"^EXPORT +:= \$\(UV\) (.+)$", makefile, re.MULTILINE)
    assert common is not None
    lines = re.findall(r"^\t\$\(EXPORT\) (.+) --output-file (\S+) > /dev/null$", makefile, re.MULTILINE)
    return {name: shlex.split(f"{common[1]} {options}") for options, name in lines}


def test_make_lock_writes_both_exports():
    assert sorted(exports()) == ["requirements-dev.lock", "requirements.lock"]


@needs_the_locked_uv
@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_an_export_is_what_uv_writes_for_the_lock(name):
    words = [sys.executable, "-m", "uv", *exports()[name], "--offline"]
    printed = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert (ROOT / name).read_text(encoding="utf-8") == printed, f"{name} is not what uv.lock says; run: make lock"


def stated(texts: Iterable[str], extra: str = "") -> list[Wanted]:
    """Dependencies as pyproject.toml has them."""
    return [wanted(Requirement(text), extra) for text in texts]


def wanted(requirement: Requirement, extra: str = "") -> Wanted:
    conditions = [*([f"({requirement.marker})"] if requirement.marker else []), *([f'extra == "{extra}"'] if extra else [])]
    marker = Marker(same_words(" and ".join(conditions))) if conditions else None
    return (canonicalize_name(requirement.name), tuple(sorted(requirement.extras)), requirement.specifier, marker)


def same_words(marker: str) -> str:
    """uv writes `python_version < "3.14"` as `python_full_version < "3.14"`, which is the same for whole minor versions."""
    return re.sub(r"\bpython_version (<|>=) ", r"python_full_version \1 ", marker)


def locked(tables: Iterable[Mapping[str, Any]]) -> list[Wanted]:
    """Dependencies as uv.lock recorded them."""
    return [
        wanted(Requirement(f"{table['name']}[{','.join(table.get('extras', ()))}]{table.get('specifier', '')}{condition(table)}"))
        for table in tables
    ]


def condition(table: Mapping[str, Any]) -> str:
    return f" ; {table['marker']}" if "marker" in table else ""


def in_order(found: Iterable[Wanted]) -> list[str]:
    return sorted(map(str, found))


def test_the_lock_matches_the_dependencies_and_extras_in_pyproject():
    project = PYPROJECT["project"]
    extras = [entry for extra, texts in project["optional-dependencies"].items() for entry in stated(texts, extra)]
    assert in_order(locked(OURS["metadata"]["requires-dist"])) == in_order([*stated(project["dependencies"]), *extras])
    assert sorted(OURS["metadata"]["provides-extras"]) == sorted(project["optional-dependencies"])


def test_the_lock_matches_the_dependency_groups_in_pyproject():
    recorded = OURS["metadata"]["requires-dev"]
    groups = PYPROJECT["dependency-groups"]
    assert {name: in_order(locked(tables)) for name, tables in recorded.items()} == {
        name: in_order(stated(texts)) for name, texts in groups.items()
    }


def test_the_lock_matches_the_version_and_the_pythons_in_pyproject():
    assert (OURS["version"], LOCK["requires-python"]) == (
        PYPROJECT["project"]["version"],
        PYPROJECT["project"]["requires-python"],
    )


def test_every_requirement_in_an_export_has_a_hash():
    for name in exports():
        text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
        lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
        assert [line.split()[0] for line in lines if "--hash=sha256:" not in line] == [], name
        assert len(lines) > 20
