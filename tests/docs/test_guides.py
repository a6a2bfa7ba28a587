"""What the guides tell a reader to type exists: commands, options, files. Nothing installs by a name that no index has yet."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tracker.cli import cli

ROOT = Path(__file__).resolve().parents[2]
GUIDES = sorted((ROOT / "docs" / "guide").glob("*.md"))
PROGRAMS = {"tracker", "leaderboard-tracker"}
INSTALLERS = re.compile(r"\b(install|uninstall|build|upgrade)\b")
BY_NAME = re.compile(
    r"\b(?:(?:pip|pipx|uv tool|uv pip) install|uvx|uv tool run|pipx run) (?:-[\w-]+ )*['\"]?leaderboard-tracker\b", re.IGNORECASE
)
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def typed(page: str) -> Iterator[str]:
    """The lines of shell blocks and consoles, and the commands in running text."""
    for language, block in _FENCE.findall(page):
        lines = block.splitlines()
        if language == "sh":
            yield from lines
        elif language in {"", "console"}:
            yield from (line.removeprefix("$ ") for line in lines if line.startswith(("tracker ", "$ ")))
    for span in re.findall(r"`([^`]+)`", _FENCE.sub("", page)):
        text = " ".join(span.split())
        if re.match(r"(\S+=\S* )?(uvx .*)?tracker ", text):
            yield text


def calls(line: str) -> Iterator[list[str]]:
    """The words after the program's name, for each call of it in the line."""
    for command in re.split(r"\|\||&&|[|;>]", line):
        words = shlex.split(command, comments=True)
        at = next((number for number, word in enumerate(words) if Path(word).name in PROGRAMS), len(words))
        if not INSTALLERS.search(" ".join(words[:at])):
            while words[at:] and Path(words[at]).name in PROGRAMS:
                at += 1
            if words[at:]:
                yield words[at:]


def understood(words: list[str], command: click.Command = cli) -> None:
    """Parse as the command line would, without running anything. Raises click.UsageError."""
    context = click.Context(command, info_name=command.name)
    values, rest, _ = command.make_parser(context).parse_args(list(words))
    for param in command.params:
        if isinstance(param.type, click.Choice) and isinstance(value := values.get(param.name), str):
            param.type.convert(value, param, context)
    if isinstance(command, click.Group) and rest:
        found = command.get_command(context, rest[0])
        if found is None:
            raise click.UsageError(f"no such command: {rest[0]}")
        understood(rest[1:], found)
    elif rest:
        raise click.UsageError(f"unexpected words: {rest}")


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_every_command_line_can_be_typed(guide: Path):
    wrong = []
    for line in typed(guide.read_text(encoding="utf-8")):
        for words in calls(line):
            try:
                understood(words)
            except click.UsageError as error:
                wrong.append(f"{line}: {error.format_message()}")
    assert wrong == []


def test_the_guide_to_installing_shows_many_commands():
    page = (ROOT / "docs" / "guide" / "install.md").read_text(encoding="utf-8")
    found = [words[0] for line in typed(page) for words in calls(line)]
    assert len(found) > 20
    assert {"init", "run", "report", "install", "boards", "status", "--version"} <= set(found)


@pytest.mark.parametrize(
    "line", ["tracker rum", "tracker run --dew", "tracker install --completion tcsh", "x | tracker board sho"]
)
def test_a_command_line_that_does_not_exist_is_found(line: str):
    (words,) = calls(line)
    with pytest.raises(click.UsageError):
        understood(words)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_every_file_of_contrib_in_a_guide_exists(guide: Path):
    named = set(re.findall(r"\bcontrib/[\w./-]+\w", guide.read_text(encoding="utf-8")))
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_every_link_to_a_section_finds_its_heading(guide: Path):
    for target, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", guide.read_text(encoding="utf-8")):
        text = ((guide.parent / target) if target else guide).read_text(encoding="utf-8")
        headings = {
            re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-") for line in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
        }
        assert anchor in headings, f"{guide.name}: {target}#{anchor}"


def test_the_installing_guide_lists_every_extra():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    table = (ROOT / "docs/guide/install.md").read_text(encoding="utf-8").partition("### Extras")[2].partition("\n###")[0]
    assert set(re.findall(r"^\| `([\w]+)` \|", table, re.MULTILINE)) == set(project["optional-dependencies"])


def test_no_guide_needs_a_checkouts_environment():
    assert [guide.name for guide in GUIDES if ".venv/" in guide.read_text(encoding="utf-8")] == []


def texts() -> Iterator[Path]:
    """Everything that a user or an operator reads."""
    yield from (ROOT / name for name in ("README.md", "CONTRIBUTING.md", "schedules/README.md"))
    yield from (ROOT / "docs").rglob("*.md")
    yield from (path for path in (ROOT / "contrib").rglob("*") if path.is_file())
    yield from (ROOT / "tracker").rglob("*.py")


def test_installing_by_name_is_described_only_for_after_publication():
    wrong = []
    for path in texts():
        for paragraph in re.split(r"\n\s*\n", path.read_text(encoding="utf-8")):
            text = " ".join(paragraph.split())
            if BY_NAME.search(text) and "once published" not in text.lower():
                wrong.append(f"{path.relative_to(ROOT)}: {text[:120]}")
    assert wrong == []


@pytest.mark.parametrize(
    "text",
    [
        "pip install leaderboard-tracker[web]",
        "pip install -U 'leaderboard-tracker'",
        "uvx leaderboard-tracker",
        "uv tool install leaderboard-tracker",
    ],
)
def test_installing_by_name_is_found(text: str):
    assert BY_NAME.search(text)
