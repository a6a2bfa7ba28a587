"""The history of a file in a git repository becomes that of a board: each commit once, by its author's time, across renames."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from past_world import BOARD, CHALLENGE, STATES, Past, at, board, page

from tracker.errors import DeclarationError
from tracker.model import PastSource


class Repository:
    """A repository in a folder. Committers are a year later than authors, unless a test says otherwise."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch", "main")

    def git(self, *arguments: str, **environment: str) -> str:
        who = {"NAME": "P", "EMAIL": "p@example.org"}
        names = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}
        settings = {**os.environ, **names, "GIT_CONFIG_GLOBAL": os.devnull, **environment}
        ran = subprocess.run(["git", *arguments], cwd=self.folder, env=settings, capture_output=True, text=True, check=True)
        return ran.stdout.strip()

    def commit(self, author: datetime, committer: datetime | None = None, **files: bytes | None) -> str:
        """Write files (None: delete), and commit them."""
        for name, content in files.items():
            path = self.folder / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                path.unlink()
            else:
                path.write_bytes(content)
        committed = committer or author.replace(year=author.year + 1)
        times = {"GIT_AUTHOR_DATE": author.isoformat(), "GIT_COMMITTER_DATE": committed.isoformat()}
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "Update", **times)
        return self.git("rev-parse", "HEAD")

    def source(self, path: str = "scores.csv", **more: object) -> PastSource:
        return PastSource(kind="git", place=str(self.folder), path=path, **more)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository")


def fill(repository: Repository, numbers: Iterable[float] = STATES) -> list[str]:
    return [repository.commit(at(number), scores_csv=STATES[number], other_txt=str(number).encode()) for number in numbers]


def test_each_commit_is_a_state_at_the_time_of_its_author(past: Past, repository: Repository):
    commits = fill(repository)
    filled = past.take(repository.source())
    assert (filled.found, filled.kept) == (4, 4), "the third commit does not touch the file"
    assert past.times == [at(0), at(1), at(5), at(9)]
    line = past.archive.index(BOARD)[0][0]
    place = f"git {repository.folder}@{commits[0]}:scores.csv"
    assert line.origin == f"{place} author=2026-03-01T06:00:00Z commit=2027-03-01T06:00:00Z"


def test_the_order_of_commits_does_not_matter(past: Past, tmp_path: Path):
    (tmp_path / "other").mkdir()
    other = Past(tmp_path / "other")
    first, second = Repository(tmp_path / "first"), Repository(tmp_path / "second")
    fill(first)
    fill(second, [5, 0, 9, 1])
    past.take(first.source())
    other.take(second.source())
    assert past.events == other.events != []
    assert "2 commits of 4" in other.said[0]
    assert past.said == []
    other.store.close()


def test_the_time_of_the_commit_counts_if_that_is_asked_for(past: Past, repository: Repository):
    repository.commit(at(3), at(4), scores_csv=STATES[0])
    repository.commit(at(2), at(5), scores_csv=STATES[1])
    past.take(repository.source(by_commit=True))
    assert past.times == [at(4), at(5)]
    assert past.said == []


def test_a_renamed_file_is_followed(past: Past, repository: Repository):
    repository.commit(at(0), old__name_csv=STATES[0])
    repository.git("mv", "old/name.csv", "scores.csv")
    repository.commit(at(1))
    repository.commit(at(2), scores_csv=STATES[5])
    past.take(repository.source())
    assert past.times == [at(0), at(1), at(2)]
    assert past.archive.index(BOARD)[0][0].origin.split()[1].endswith(":old/name.csv")


def test_a_file_that_may_have_had_another_name_is_a_question(past: Past, repository: Repository):
    repository.commit(at(0), old_csv=page(" ".join(f"x{number}:{number}" for number in range(90))))
    repository.commit(at(1), old_csv=None, scores_csv=STATES[1])
    past.take(repository.source())
    assert past.times == [at(1)]
    assert 'which deletes "old.csv"; if that was the same file' in past.said[0]


def test_a_deleted_file_leaves_a_gap(past: Past, repository: Repository):
    repository.commit(at(0), scores_csv=STATES[0])
    repository.commit(at(1), scores_csv=None)
    repository.commit(at(2), scores_csv=STATES[1])
    past.take(repository.source())
    assert past.times == [at(0), at(2)]


def test_what_happened_in_a_branch_counts_when_it_is_merged(past: Past, repository: Repository):
    repository.commit(at(0), scores_csv=STATES[0])
    repository.git("checkout", "--quiet", "-b", "side")
    repository.commit(at(1), scores_csv=page("a:90 b:99 c:70"))
    repository.git("checkout", "--quiet", "main")
    repository.commit(at(2), other_txt=b"x")
    times = {"GIT_AUTHOR_DATE": at(3).isoformat(), "GIT_COMMITTER_DATE": at(3).isoformat()}
    repository.git("merge", "--quiet", "--no-ff", "--message", "Merge", "side", **times)
    past.take(repository.source())
    assert past.times == [at(0), at(3)]


def test_files_in_dated_folders_are_the_states_of_one_board(past: Past, repository: Repository):
    repository.commit(at(0), **{"data__2026-03-01__llms_csv": STATES[0], "data__2026-03-05__llms_csv": STATES[1]})
    repository.commit(at(8), **{"data__2026-03-09__llms_csv": STATES[5], "data__2026-03-09__other_csv": b"x"})
    past.take(repository.source("data/*/llms.csv"))
    assert past.times == [at(0), at(4).replace(hour=0), at(8)]


def test_files_of_one_commit_need_a_date_in_their_path(past: Past, repository: Repository):
    repository.commit(at(0), data__a__llms_csv=STATES[0], data__b__llms_csv=STATES[1])
    with pytest.raises(DeclarationError, match=r'"data/a/llms\.csv" has no date'):
        past.take(repository.source("data/*/llms.csv"))


def test_the_last_state_of_each_day_is_taken(past: Past, repository: Repository):
    for number, text in ((0, "a:1"), (0.1, "a:2"), (0.2, "a:3"), (1, "a:4")):
        repository.commit(at(number), scores_csv=page(text))
    past.take(repository.source(every="day"))
    assert past.times == [at(0.2), at(1)]


def test_an_unreadable_version_is_kept_like_an_imported_one(past: Past, repository: Repository):
    repository.commit(at(0), scores_csv=STATES[0])
    repository.commit(at(1), scores_csv=CHALLENGE)
    filled = past.take(repository.source())
    assert (filled.kept, [check.result for check in past.store.checks(BOARD)]) == (2, ["accepted", "unreadable"])


def test_a_version_that_is_too_large_is_left_out(past: Past, repository: Repository):
    repository.commit(at(0), scores_csv=STATES[0])
    repository.commit(at(1), scores_csv=b"x" * 5000)
    declared = board()
    filled = past.take(repository.source(), replace(declared, request=replace(declared.request, max_bytes=4000)))
    assert (past.times, len(filled.refused)) == ([at(0)], 1)
    assert "5000 bytes" in next(iter(filled.refused.values()))


def test_a_second_backfill_adds_only_later_commits(past: Past, repository: Repository):
    fill(repository, [0, 1])
    past.take(repository.source())
    before = past.events
    repository.commit(at(5), scores_csv=STATES[5])
    filled = past.take(repository.source())
    assert (filled.known, filled.kept) == (2, 1)
    assert past.events[: len(before)] == before


def test_an_older_past_rewrites_the_history(past: Past, repository: Repository, tmp_path: Path):
    fill(repository)
    (tmp_path / "whole").mkdir()
    whole = Past(tmp_path / "whole")
    whole.take(repository.source())
    past.take(repository.source(), since=at(5))
    past.take(repository.source(), until=at(5))
    assert past.events == whole.events
    whole.store.close()


def test_an_address_is_cloned_once_and_brought_up_to_date(past: Past, repository: Repository):
    fill(repository, [0, 1])
    source = PastSource(kind="git", place=repository.folder.as_uri(), path="scores.csv")
    killed = past.folder / "cache" / f"{hashlib.sha256(source.place.encode()).hexdigest()[:16]}.git.partial"
    killed.mkdir(parents=True)
    (killed / "HEAD").write_text("half a clone")
    assert past.take(source).kept == 2
    repository.commit(at(5), scores_csv=STATES[5])
    assert past.take(source).kept == 1
    assert len(list((past.folder / "cache").iterdir())) == 1


@pytest.mark.parametrize(("place", "path", "message"), [
    ("missing", "scores.csv", "no such folder"),
    (".", "scores.csv", "is not a git repository; expected one, or its address"),
    ("repository", "none.csv", 'no commit of HEAD has a file "none.csv"'),
])  # fmt: skip
def test_a_source_that_is_not_there_is_one_line(past: Past, repository: Repository, place: str, path: str, message: str):
    fill(repository, [0])
    with pytest.raises(DeclarationError, match=message):
        past.take(PastSource(kind="git", place=str(past.folder / place), path=path))


def test_an_address_that_runs_a_program_is_refused(past: Past):
    with pytest.raises(DeclarationError, match="no such folder"):
        past.take(PastSource(kind="git", place="ext::sh -c 'touch pwned'://x", path="a"))
    assert not (past.folder / "cache" / "pwned").exists()


def test_a_folder_of_dated_files_is_taken(past: Past):
    folder = past.folder / "bodies"
    folder.mkdir()
    for number, body in STATES.items():
        (folder / f"{at(number):%Y-%m-%dT%H%M%SZ}.csv").write_bytes(body)
    assert past.take(PastSource(kind="dir", place=str(folder))).kept == 5
    assert past.take(PastSource(kind="dir", place=str(folder))).known == 5
    assert past.times == [at(number) for number in STATES]
