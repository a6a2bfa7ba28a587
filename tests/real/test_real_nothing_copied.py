"""Nothing of a publisher is in the repository: its files are ours, down to the last example page."""

import gzip
import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MIN_BYTES = 200
"""Two people may write the same empty list; nobody writes the same page twice."""


def published(path: Path) -> Iterator[bytes]:
    """A file as it is stored, and what is packed in it."""
    body = path.read_bytes()
    yield body
    if path.suffix == ".gz":
        yield gzip.decompress(body)


def digests(bodies: Iterator[bytes]) -> set[str]:
    return {hashlib.sha256(body).hexdigest() for body in bodies if len(body) > MIN_BYTES}


def committed() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: nothing says which files belong to the repository")
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return [path for name in names.split("\0") if name and (path := ROOT / name).is_file()]


@pytest.mark.slow
def test_no_file_of_the_repository_is_a_copy_of_a_published_one(shared_data: Path):
    """The folder of real data, and the folder `examples` beside it where there is one."""
    folders = (shared_data, shared_data.parent / "examples")
    published_digests = digests(
        body for folder in folders for path in folder.rglob("*") if path.is_file() for body in published(path)
    )
    assert published_digests
    copied = [path.relative_to(ROOT).as_posix() for path in committed() if digests(iter([path.read_bytes()])) & published_digests]
    assert copied == [], "write a page of our own in the same format"
