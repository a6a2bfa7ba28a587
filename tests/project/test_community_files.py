"""What people meet on GitHub: issue forms, the changelog, the citation, the security policy."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tracker.cli import COMMANDS
from tracker.fetch.client import PROJECT as ADDRESS

ROOT = Path(__file__).parents[2]
FORMS = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in (ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml")}
CONFIG = FORMS.pop("config")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
SECURITY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
FIELDS = {
    "wrong-headline": {"event", "headline", "page", "board", "time", "verify", "version"},
    "bug": {"command", "happened", "expected", "version", "system"},
    "new-board": {"page", "terms", "metric"},
}
"""What somebody must fill in before we can help."""
SECTIONS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def fields(form: dict[str, Any]) -> list[dict[str, Any]]:
    return [field for field in form["body"] if field["type"] != "markdown"]


def test_there_is_a_form_for_each_kind_of_issue_and_no_blank_one():
    assert set(FORMS) == set(FIELDS)
    assert CONFIG["blank_issues_enabled"] is False


@pytest.mark.parametrize("name", FIELDS)
def test_a_form_asks_for_what_is_needed(name):
    required = {field["id"] for field in fields(FORMS[name]) if field.get("validations", {}).get("required")}
    assert required == FIELDS[name]


@pytest.mark.parametrize("name", FIELDS)
def test_github_accepts_every_form(name):
    form = FORMS[name]
    assert set(form) <= {"name", "description", "title", "labels", "assignees", "projects", "type", "body"}
    assert all(isinstance(form[key], str) and form[key] for key in ("name", "description"))
    ids = [field["id"] for field in fields(form)]
    labels = [field["attributes"]["label"] for field in fields(form)]
    assert (len(set(ids)), len(set(labels))) == (len(ids), len(labels))
    assert [one for one in ids if not re.fullmatch(r"[\w-]+", one)] == []
    for part in form["body"]:
        assert part["type"] in {"markdown", "input", "textarea"}
        assert set(part) <= {"type", "id", "attributes", "validations"}
        allowed = {"markdown": {"value"}, "input": {"label", "description", "placeholder", "value"}}
        assert set(part["attributes"]) <= allowed.get(part["type"], {"label", "description", "placeholder", "value", "render"})


def test_forms_name_only_commands_that_exist():
    text = "".join(str(form) for form in FORMS.values()) + SECURITY
    named = set(re.findall(r"`tracker ([a-z][\w-]*)", text))
    assert {"verify", "status"} <= named
    assert named <= set(COMMANDS)


def test_vulnerabilities_are_reported_privately():
    private = f"{ADDRESS}/security/advisories/new"
    assert private in {link["url"] for link in CONFIG["contact_links"]}
    assert f"]({private})" in SECURITY


@pytest.mark.parametrize(
    "heading",
    [
        "Report a vulnerability",
        "Supported versions",
        "Threat model",
        "What counts as a vulnerability",
        "What the operator must do",
    ],
)
def test_the_security_policy_has_what_a_reporter_and_an_operator_look_for(heading):
    assert SECURITY.count(f"\n## {heading}\n") == 1


def test_the_citation_is_of_this_version_under_this_licence():
    assert (CITATION["cff-version"], CITATION["type"]) == ("1.2.0", "software")
    assert (CITATION["version"], CITATION["license"]) == (PROJECT["version"], PROJECT["license"])
    assert CITATION["authors"] == [{"name": "The leaderboard tracker authors"}]
    assert {"message", "title"} <= set(CITATION)


def test_the_project_has_one_address_everywhere():
    assert CITATION["repository-code"] == PROJECT["urls"]["Homepage"] == ADDRESS
    assert [url for url in PROJECT["urls"].values() if not url.startswith(ADDRESS)] == []
    found = re.findall(r"https://github\.com/[\w-]*leaderboard-tracker[\w/-]*", CHANGELOG + SECURITY + str(CONFIG))
    assert found
    assert [url for url in found if not url.startswith(ADDRESS)] == []


def test_the_changelog_starts_with_unreleased_changes_and_goes_back_in_time():
    headings = re.findall(r"^## (.+)$", CHANGELOG, re.MULTILINE)
    assert headings[0] == "[Unreleased]"
    released = [re.fullmatch(r"\[(\d+)\.(\d+)\.(\d+)\] - (\d{4}-\d\d-\d\d)", heading) for heading in headings[1:]]
    assert None not in released
    order = [(found[4], int(found[1]), int(found[2]), int(found[3])) for found in released if found]
    assert order == sorted(order, reverse=True)


def test_the_changelog_puts_every_change_in_a_section():
    sections = re.split(r"^## ", CHANGELOG, flags=re.MULTILINE)[1:]
    for section in sections:
        heading, _, rest = section.partition("\n")
        entries, *_ = rest.partition("### ")
        assert "- " not in entries, f"{heading}: entries before the first ###"
    assert set(re.findall(r"^### (.+)$", CHANGELOG, re.MULTILINE)) <= SECTIONS
