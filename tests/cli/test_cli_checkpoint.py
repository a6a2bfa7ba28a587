"""`tracker checkpoint`: OpenSSH itself verifies what was signed."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from cli_world import World
from kit import lacks


@pytest.fixture(autouse=True)
def openssh() -> None:
    if shutil.which("ssh-keygen") is None:
        lacks("ssh-keygen", "openssh-client")


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return path


def verifies(folder: Path, key: Path, line: dict[str, str]) -> bool:
    (folder / "signers").write_text(f"me@example.org {key.with_suffix('.pub').read_text(encoding='utf-8')}", encoding="utf-8")
    (folder / "signature").write_text(line["signature"], encoding="utf-8")
    command = ["ssh-keygen", "-Y", "verify", "-f", str(folder / "signers"), "-I", "me@example.org"]
    command += ["-n", "tracker-checkpoint", "-s", str(folder / "signature")]
    return subprocess.run(command, input=line["statement"].encode(), capture_output=True, check=False).returncode == 0


def test_each_checkpoint_is_appended_and_its_signature_verifies(world: World, key: Path):
    world.imported()
    log = world.folder / "log.jsonl"
    for _ in range(2):
        assert world.run("checkpoint", "--key", key, "--log", log).code == 0
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [verifies(world.folder, key, line) for line in lines] == [True, True]
    assert not verifies(world.folder, key, {**lines[0], "statement": lines[0]["statement"].replace("acme", "acne")})


def test_the_statement_has_the_head_of_each_board(world: World, key: Path):
    world.imported()
    (row,) = world.run("checkpoint", "--key", key, "--log", world.folder / "log.jsonl", "--json").rows
    lines = (world.store / "captures/acme/text/index.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(row["statement"])["heads"] == {"acme/text": [len(lines), json.loads(lines[-1])["chain"]]}


def test_a_file_that_is_not_a_key_is_refused_and_nothing_is_logged(world: World):
    world.imported()
    (world.folder / "note").write_text("no key", encoding="utf-8")
    ran = world.run("checkpoint", "--key", world.folder / "note", "--log", world.folder / "log.jsonl")
    assert (ran.code, "expected a private key of OpenSSH" in ran.error) == (2, True)
    assert not (world.folder / "log.jsonl").exists()
