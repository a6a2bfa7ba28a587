"""The package as a whole: one name for one thing, and nobody reaches into another package's private parts."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow
SHARED_NAMES = {"Options"}
"""What every parser calls the options of its format."""
LONGEST_CHAIN = 20
"""Modules that lead from one to the next: whoever changes the last may have to look at all of them."""


@cache
def modules() -> Mapping[Path, ast.Module]:
    paths = sorted((ROOT / "tracker").rglob("*.py"))
    return {path.relative_to(ROOT): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def imports() -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Every name that a module imports from the package, with the path to it."""
    for path, module in modules().items():
        for node in ast.walk(module):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tracker"):
                yield from ((path, (*(node.module or "").split("."), alias.name)) for alias in node.names)


def test_no_two_public_classes_have_the_same_name():
    places = defaultdict(list)
    for path, module in modules().items():
        for node in module.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(path.as_posix())
    assert {name: found for name, found in places.items() if len(found) > 1 and name not in SHARED_NAMES} == {}


def test_no_module_imports_private_names_of_another_package():
    reached = {
        (path.as_posix(), ".".join(name))
        for path, name in imports()
        for at, part in enumerate(name)
        if part.startswith("_") and not part.startswith("__") and name[:at][: len(path.parts) - 1] != path.parts[:-1]
    }
    assert reached == set()


def test_no_function_is_longer_than_45_lines():
    long = {}
    for path, module in modules().items():
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                documented = ast.get_docstring(node) is not None
                start = node.body[1].lineno if documented and len(node.body) > 1 else node.body[0].lineno
                lines = (node.end_lineno or start) - start + 1
                if lines > 45:
                    long[f"{path.as_posix()}:{node.name}"] = lines
    assert long == {}


def test_no_module_leads_to_itself_and_no_chain_of_imports_is_long():
    graph = grimp.build_graph("tracker", exclude_type_checking_imports=True)
    longest: dict[str, int] = {}
    open_modules: list[str] = []

    def length(module: str) -> int:
        assert module not in open_modules, " → ".join([*open_modules, module])
        if module not in longest:
            open_modules.append(module)
            longest[module] = 1 + max(map(length, sorted(graph.find_modules_directly_imported_by(module))), default=0)
            open_modules.pop()
        return longest[module]

    assert max(map(length, graph.modules)) <= LONGEST_CHAIN
