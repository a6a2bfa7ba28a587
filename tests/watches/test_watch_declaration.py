"""`watches.toml`: what it may say, and the one line that tells what is wrong with it."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from kit import begins

from tracker.errors import DeclarationError
from tracker.events import RECORDED
from tracker.watches import Watch, load
from tracker.watches.declaration import WatchTable
from tracker.watches.matching import Classes, Pattern
from tracker.workspace.names import default_lexicon

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "schedules/README.md").read_text(encoding="utf-8")


def written(folder: Path, text: str) -> Path:
    path = folder / "schedules" / "watches.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_watch_over_standings(tmp_path):
    path = written(
        tmp_path,
        '[[watch]]\nname="near"\ntopic=["coding","maths"]\nopen_weights=true\nwithin=2\nmax_size_b=15\nsubject="lab:Mistral"\n',
    )
    (watch,) = load(path, lexicon=default_lexicon())
    assert watch == Watch(
        name="near",
        topics=("coding", "maths"),
        classes=Classes(open_weights=True, max_size_b=15),
        within=2,
        subjects=(Pattern(kind="lab", text="Mistral"),),
    )
    assert watch.standing
    assert watch.asks == {
        "topic": ["coding", "maths"],
        "open_weights": True,
        "within": 2,
        "max_size_b": 15,
        "subject": "lab:Mistral",
    }


def test_a_watch_over_events(tmp_path):
    path = written(
        tmp_path,
        (
            '[[watch]]\nname="q"\nkind=["overtake"]\nsubject="Qwen*"\nrival=["GPT-4*",'
            '"family:Claude"]\nnews_only=false\nmin_weight=3\n'
        ),
    )
    (watch,) = load(path, lexicon=default_lexicon())
    assert not watch.standing
    assert (watch.kinds, watch.news_only, watch.min_weight) == (("overtake",), False, 3)
    assert [named.text for named in (*watch.subjects, *watch.rivals)] == ["qwen*", "gpt 4*", "Claude"]


def test_without_a_file_there_are_none(tmp_path):
    assert load(tmp_path / "watches.toml", lexicon=default_lexicon()) == ()
    assert load(written(tmp_path, "# nothing yet\n"), lexicon=default_lexicon()) == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[watch]\n", "schedules/watches.toml: is not valid TOML: "),
        ("[watches]\n", "schedules/watches.toml: watches is unknown; expected only [[watch]] tables"),
        ("watch = 3\n", "schedules/watches.toml: watch is not a list of tables; write [[watch]] above each"),
        ("[[watch]]\ntop=3\n", "schedules/watches.toml: watch 1: name is missing (name of the watch, unique in the file)"),
        ('[[watch]]\nname="a"\ntpo=3\n', 'schedules/watches.toml: watch "a": tpo is unknown; did you mean "top"? known: above, '),
        ('[[watch]]\nname="a"\ntop="3"\n', 'schedules/watches.toml: watch "a": top = "3": … whole number … text'),
        ('[[watch]]\nname="a"\ntop=0\n', 'schedules/watches.toml: watch "a": top = 0: … whole number … 1'),
        ('[[watch]]\nname="a"\nwithin=-1\n', 'schedules/watches.toml: watch "a": within = -1: … number … 0'),
        (('[[watch]]\nname="a"\n'
            'reasoning="maybe"\n'), 'schedules/watches.toml: watch "a": reasoning = "maybe" is unknown; known: off, on'),
        ('[[watch]]\nname="a"\nkind="overtakes"\n', ('schedules/watches.toml: watch "a": kind = "overtakes" is'
            ' unknown; did you mean "overtake"?')),
        (('[[watch]]\nname="a"\nkind=["overtake"]\n'
            'top=3\n'), 'schedules/watches.toml: watch "a": kind is about events, but top makes this a watch over standings'),
        ('[[watch]]\nname="a"\neach=true\n', ('schedules/watches.toml: watch "a": each is about'
            ' standings; expected one of within, top')),
        ('[[watch]]\nname="a"\n', 'schedules/watches.toml: watch "a": has no condition; expected at least one of kind'),
        (('[[watch]]\nname="a"\n'
            'subject="labs:OpenAI"\n'), ('schedules/watches.toml: watch "a": subject = "labs:OpenAI"'
                ' is unknown; did you mean "lab:OpenAI"?')),
        ('[[watch]]\nname="a"\nsubject="lab:"\n', ('schedules/watches.toml: watch "a": subject = "lab:"'
            ' names nothing; expected lab:NAME')),
        ('[[watch]]\nname="a"\nrival="*"\n', ('schedules/watches.toml: watch "a": rival = "*"; expected'
            ' a name with at most 5 stars')),
        (('[[watch]]\nname="a"\nmin_size_b=9\n'
            'max_size_b=3\n'), 'schedules/watches.toml: watch "a": min_size_b = 9 is above max_size_b = 3'),
        (('[[watch]]\nname="a"\ntop=1\n[[watch]]\n'
            'name="a"\ntop=2\n'), 'schedules/watches.toml: watch "a": duplicate name; rename one'),
    ],
)  # fmt: skip
def test_an_error_is_one_line(tmp_path, text, message):
    with pytest.raises(DeclarationError) as caught:
        load(written(tmp_path, text), lexicon=default_lexicon())
    assert re.search(begins(message), str(caught.value))
    assert "\n" not in str(caught.value)


def test_binary_files_and_folders_are_refused(tmp_path):
    path = written(tmp_path, "")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(DeclarationError, match="byte 0 is not UTF-8"):
        load(path, lexicon=default_lexicon())
    with pytest.raises(DeclarationError, match="is a folder; expected a TOML file that can be read"):
        load(tmp_path / "schedules", lexicon=default_lexicon())


def test_the_watches_that_ship_are_read_and_are_of_both_sorts():
    watches = load(ROOT / "schedules/watches.toml", lexicon=default_lexicon())
    assert {watch.standing for watch in watches} == {True, False}
    assert all(kind in RECORDED for watch in watches for kind in watch.kinds)


# ── the page that explains it ────────────────────────────────────────────────────────────────────


def rows() -> dict[str, str]:
    section = re.split(r"\n## ", README.split("\n## Watches\n")[1])[0]
    return dict(re.findall(r"^\| `(\w+)` \|(.*)\|$", section, re.MULTILINE))


@pytest.mark.parametrize("key", msgspec.structs.fields(WatchTable), ids=lambda key: key.encode_name)
def test_every_key_is_explained(key):
    (described,) = [note.description for note in key.type.__metadata__ if isinstance(note, msgspec.Meta) and note.description]
    assert described in rows()[key.encode_name]


def test_every_key_explained_exists():
    assert rows().keys() == {key.encode_name for key in msgspec.structs.fields(WatchTable)}


def test_the_examples_on_the_page_are_read(tmp_path):
    section = re.split(r"\n## ", README.split("\n## Watches\n")[1])[0]
    (example,) = re.findall(r"```toml\n(.*?)```", section, re.DOTALL)
    assert len(load(written(tmp_path, example), lexicon=default_lexicon())) == 2
