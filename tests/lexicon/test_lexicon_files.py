"""The files under `schedules/models`: what is wrong in one is said in one line, and ours are right."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
from kit import begins, without_aliases

from tracker.errors import DeclarationError
from tracker.identity import resolve
from tracker.identity.facts import facts
from tracker.model import Confidence
from tracker.model.names import EMPTY_LEXICON, Family, Lab, Release, Unsure
from tracker.workspace.names import default_lexicon
from tracker.workspace.names import load as load_names

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "schedules" / "models"

ACME = """
lab = "Acme"
country = "US"
spellings = ["acme ai"]

[[families]]
name = "Rocket"
words = ["rocket"]

[[releases]]
name = "Rocket 2"
snapshots = ["2026-01-10", "2026-03-04"]
bare = "unsure"

[aliases]
"Anvil" = "Rocket 1"

[[unsure]]
names = ["roadrunner"]
why = "a stealth name"
family = "Rocket"
"""


def write(folder: Path, **files: str) -> Path:
    models = folder / "schedules" / "models"
    models.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (models / f"{name}.toml").write_text(text, encoding="utf-8")
    return models


@pytest.mark.parametrize("line", ["R-{number}", "{family} {generation}", "Rocket", "{generation}{generation}"])
def test_a_line_pattern_that_cannot_be_filled_is_refused_in_one_line(tmp_path, line):
    text = ACME.replace('words = ["rocket"]', f'words = ["rocket"]\nline = "{line}"')
    with pytest.raises(
        DeclarationError, match=r"^schedules/models/acme.toml: families.Rocket.line is .*expected text with \{generation\}"
    ):
        load_names(write(tmp_path, acme=text))


def test_a_lab_has_the_names_in_its_file(tmp_path):
    known = load_names(write(tmp_path, acme=ACME))
    who = resolve("acme-ai/rocket-2-0304", lexicon=known)
    assert (who.lab, who.country, who.family, who.generation) == ("Acme", "US", "Rocket", "2")
    assert who.model == resolve("Rocket 2 (Mar '26)", lexicon=known).model
    assert resolve("Rocket 2", lexicon=known).model is None
    assert resolve("anvil", lexicon=known).model == resolve("Rocket 1", lexicon=known).model
    assert resolve("anvil", lexicon=known).confidence is Confidence.ALIAS
    assert (resolve("Roadrunner", lexicon=known).lab, resolve("Roadrunner", lexicon=known).family) == ("Acme", "Rocket")


def test_after_an_edit_names_are_resolved_again(tmp_path):
    models = write(tmp_path, acme=ACME)
    before = resolve("Anvil", lexicon=load_names(models)).model
    write(tmp_path, acme=ACME.replace('"Anvil" = "Rocket 1"', '"Anvil" = "Rocket 3"'))
    assert resolve("Anvil", lexicon=load_names(models)).model != before


def test_a_missing_folder_gives_an_empty_lexicon(tmp_path):
    assert load_names(tmp_path / "none") is EMPTY_LEXICON


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            'lab = "Acme"\nspelings = []',
            'schedules/models/acme.toml: spelings is unknown; did you mean "spellings"? known: aliases, country, ',
        ),
        ("country = 'US'", "schedules/models/acme.toml: lab is missing"),
        ("lab = 3", "schedules/models/acme.toml: lab: … text … whole number"),
        (
            'lab = "Acme"\n[[families]]\nname = "R"\nwords = ["r"]\nbrand = 1',
            "schedules/models/acme.toml: families[0].brand is unknown; known: bare, bare_generations, ",
        ),
        (
            'lab = "Acme"\n[[families]]\nname = "R"\nwords = ["r"]\ndates = "never"',
            "schedules/models/acme.toml: families[0].dates: ",
        ),
        ('lab = "Acme"\n[[families]]\nwords = ["r"]', "schedules/models/acme.toml: families[0].name is missing"),
        ("lab = " + "[" * 100_000, "schedules/models/acme.toml: is not valid TOML: nested too deeply"),
        ('lab = "Acme"\nlab = "B"', "schedules/models/acme.toml: is not valid TOML: "),
        (
            'lab = "Acme"\nspellings = ["!"]',
            'schedules/models/acme.toml: spellings has "", expected letters or digits; remove it',
        ),
    ],
)
def test_a_wrong_file_is_reported_in_one_line(tmp_path, text, message):
    with pytest.raises(DeclarationError) as caught:
        load_names(write(tmp_path, acme=text))
    assert re.search(begins(message), str(caught.value))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (
            'lab = "Other"\nspellings = ["Acme-AI"]',
            'schedules/models/other.toml: spellings has "acmeai", which schedules/models/acme.toml has too',
        ),
        (
            'lab = "Other"\n[[families]]\nname = "X"\nwords = ["Rocket"]',
            'schedules/models/other.toml: families.X.words has "rocket", which schedules/models/acme.toml has too',
        ),
        (
            'lab = "Other"\n[aliases]\n"anvil" = "X 1"',
            'schedules/models/other.toml: aliases has "anvil", which schedules/models/acme.toml has too',
        ),
        ('hosts = ["acme ai"]', 'schedules/models/acme.toml: spellings has "acmeai", which schedules/models/hosts.toml has too'),
    ],
)
def test_two_contradictory_files_are_reported(tmp_path, other, message):
    with pytest.raises(DeclarationError) as caught:
        load_names(write(tmp_path, acme=ACME, **{"hosts" if "hosts" in other else "other": other}))
    assert str(caught.value).startswith(message)


def test_two_names_that_are_read_alike_cannot_mean_two_things(tmp_path):
    text = ACME.replace('"Anvil" = "Rocket 1"', '"Anvil 3 Pro" = "Rocket 1"\n"anvil-pro-3" = "Rocket 3"')
    with pytest.raises(
        DeclarationError,
        match=r'schedules/models/acme.toml: aliases: "anvil-pro-3" is read as .*anvil.*, which is declared already',
    ):
        facts(load_names(write(tmp_path, acme=text)))


def test_a_lab_may_host_the_models_of_others_under_its_own_name(tmp_path):
    known = load_names(write(tmp_path, acme=ACME, hosts='hosts = ["acme"]'))
    assert resolve("acme/mystery-7b", lexicon=known).lab == ""
    assert resolve("Rocket 1", lexicon=known).lab == "Acme"


# ── our own files ────────────────────────────────────────────────────────────────────────────────


def test_the_shipped_files_are_sound():
    known = facts(default_lexicon())
    assert len(known.known.makers) > 200
    assert known.releases


def test_every_release_and_alias_of_ours_is_read_as_its_own_labs():
    for place, lab in default_lexicon().labs.items():
        for name in (*(release.name for release in lab.releases), *lab.aliases.values()):
            assert resolve(name, lexicon=default_lexicon()).lab == lab.lab, (
                f"{place}: {name} is read as {resolve(name, lexicon=default_lexicon()).lab}"
            )


def test_every_family_of_ours_answers_to_its_words():
    for place, lab in default_lexicon().labs.items():
        for family in lab.families:
            for words in family.words:
                number = "" if words[-1].isdigit() else "7"
                who = resolve(f"{words}{number}" if len(words) == 1 else f"{words} {number}", lab.lab, lexicon=default_lexicon())
                assert (who.lab, who.family) == (lab.lab, family.name), f"{place}: {words}"


def test_countries_are_two_letters():
    assert all(re.fullmatch("[A-Z]{2}|", lab.country) for lab in default_lexicon().labs.values())


def test_no_alias_repeats_the_grammar():
    grammar = without_aliases(default_lexicon())
    for place, lab in default_lexicon().labs.items():
        for name, meaning in lab.aliases.items():
            assert (
                resolve(name, lexicon=grammar).model != resolve(meaning, lexicon=grammar).model
                or resolve(name, lexicon=grammar).model is None
            ), f"{place}: {name}"


def test_every_key_is_explained_in_the_readme():
    text = (ROOT / "schedules/README.md").read_text(encoding="utf-8").partition("\n## Models\n")[2].partition("\n## ")[0]
    for heading, shape in (
        ("### The lab", Lab),
        ("### `[[families]]`", Family),
        ("### `[[releases]]`", Release),
        ("### `[[unsure]]`", Unsure),
    ):
        section = text.partition(f"\n{heading}\n")[2].partition("\n### ")[0]
        named = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
        assert sorted(named) == sorted(field.name for field in fields(shape)), heading


def test_the_example_of_the_readme_loads(tmp_path):
    text = (ROOT / "schedules/README.md").read_text(encoding="utf-8").partition("\n## Models\n")[2]
    example = re.search(r"```toml\n(.*?)```", text, re.DOTALL)
    assert example is not None
    known = load_names(write(tmp_path, acme=example[1]))
    facts(known)
    assert resolve("Rocket 2 Pro", lexicon=known).lab == "Acme"
