"""Console blocks of the README and the guides are what the commands print on a demo store (`--accept` rewrites them)."""

from __future__ import annotations

import re
import runpy
import shlex
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from tracker.cli import cli

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
QUESTIONS = ROOT / "docs" / "guide" / "questions.md"
SQL = ROOT / "docs" / "reference" / "sql.md"
_BLOCK = re.compile(r"```console\n\$ (?P<command>[^\n]+)\n(?P<output>.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A store made by the demo, and what making it printed."""
    folder = tmp_path_factory.mktemp("readme") / "demo"
    result = CliRunner().invoke(cli, ["demo", "--store", str(folder)], catch_exceptions=False)
    assert result.exit_code == 0
    return folder, result.output


def printed(command: str, demo) -> str:
    """What a command of the README prints, with the demo's store in the place of its own."""
    folder, made = demo
    call, _, cut = command.partition(" | ")
    arguments = [str(folder) if word == "snapshots/demo" else word for word in shlex.split(call)[1:]]
    output = made if arguments == ["demo"] else CliRunner().invoke(cli, arguments, catch_exceptions=False).output
    lines = [line.rstrip() for line in output.replace(str(folder), "snapshots/demo").splitlines()]
    if cut:
        tool, count = re.fullmatch(r"(head|tail) -n (\d+)", cut).groups()
        lines = lines[: int(count)] if tool == "head" else lines[-int(count) :]
    return "".join(f"{line}\n" for line in lines).strip("\n") + "\n"


@pytest.mark.slow
@pytest.mark.parametrize(("page", "blocks"), [(README, 2), (QUESTIONS, 10), (SQL, 12)], ids=["README", "questions", "sql"])
def test_console_blocks_show_what_the_commands_print(demo, request, page: Path, blocks: int):
    text = page.read_text(encoding="utf-8")
    true = _BLOCK.sub(lambda block: f"```console\n$ {block['command']}\n{printed(block['command'], demo)}```", text)
    if request.config.getoption("--accept"):
        page.write_text(true, encoding="utf-8")
    assert len(_BLOCK.findall(text)) == blocks
    assert text == true


@pytest.mark.slow
def test_each_question_of_the_guide_is_answered_by_one_command(demo):
    table = QUESTIONS.read_text(encoding="utf-8").partition("## What else can I ask?")[2]
    commands = re.findall(r"^\| [^|]+\? \| `(.+)` \|$", table, re.MULTILINE)
    assert len(commands) == 30
    for command in commands:
        ran = CliRunner().invoke(cli, ["--store", str(demo[0]), *shlex.split(command)], catch_exceptions=False)
        assert ran.exit_code == 0, command
        assert len(ran.output.strip()) > 0 or command == "retirements", command


def test_the_readme_is_short():
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 150


def test_the_readme_names_only_commands_that_exist():
    blocks = "".join(re.findall(r"```\w+\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL))
    used = set(re.findall(r"^(?:\$ )?(?:\.venv/bin/)?tracker (?:--store \S+ )?([\w-]+)", blocks, re.MULTILINE))
    assert len(used) >= 5
    assert used <= set(cli.list_commands(None))


def test_relative_links_lead_somewhere():
    for page in [README, *(README.parent / "docs").rglob("*.md"), README.parent / "CONTRIBUTING.md"]:
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page}: {link}"


def test_every_link_of_the_packaged_readme_leads_to_a_file_of_the_project_on_the_web():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    runpy.run_path(str(ROOT / "hatch_build.py"))["Readme"](str(ROOT), {}).update(project)
    links = re.findall(r"\]\(([^)]+)\)", project["readme"]["text"])
    place = re.compile(re.escape(project["urls"]["Homepage"]) + "/(?:blob|raw)/main/(.+)")
    assert len(links) > 20
    assert [link for link in links if not ((path := place.fullmatch(link)) and (ROOT / path[1]).is_file())] == []


def test_prose_is_wrapped_at_130_columns():
    pages = [
        README.parent / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "schedules/README.md")
    ]
    for page in [*pages, *(README.parent / "docs").rglob("*.md")]:
        prose = re.sub(r"^ *```.*?^ *```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        assert [line for line in prose.splitlines() if len(line) > 130 and not line.lstrip().startswith("|")] == [], page
