"""Measure the archive on a real series, per zstd level, against gzip -6: `python bench/archive.py FOLDER [LEVEL…]`.

FOLDER has the bodies of one board, `YYYY-MM-DDTHHMMSSZ.<ext>[.gz]`. Every body is stored and read back through `FileArchive` in a
temporary folder. Times are CPU of the whole call (hash, compress, write, fsync; read, decompress, verify).
"""

from __future__ import annotations

import gzip
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tracker.model import BoardId, Capture
from tracker.stores.archive import FileArchive

BOARD = BoardId("bench/board")


def captures(folder: Path) -> list[Capture]:
    """The distinct bodies of a series, in the order of their dates."""
    found: dict[bytes, Capture] = {}
    for path in sorted(one for one in folder.iterdir() if one.name[:4].isdigit()):
        body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        at = datetime.strptime(path.name[:18], "%Y-%m-%dT%H%M%SZ").replace(tzinfo=UTC)
        found.setdefault(body, Capture(board=BOARD, observed_at=at, url="file:", bodies=(body,)))
    return list(found.values())


def cpu_ms(begin: float, n: int) -> float:
    return (time.process_time() - begin) / n * 1e3


def squeezed_by_gzip(series: Sequence[Capture]) -> tuple[int, float]:
    begin = time.process_time()
    size = sum(len(gzip.compress(body, 6)) for capture in series for body in capture.bodies)
    return size, cpu_ms(begin, len(series))


def measure(series: Sequence[Capture], level: int) -> tuple[int, int, float, float]:
    """Bytes kept, keyframes, ms to keep and ms to read a body."""
    with tempfile.TemporaryDirectory() as folder:
        archive = FileArchive(Path(folder), level=level)
        begin = time.process_time()
        lines = [archive.keep(capture) for capture in series]
        keep_ms = cpu_ms(begin, len(series))
        archive, begin = FileArchive(Path(folder)), time.process_time()
        bodies = [tuple(archive.body(BOARD, sha256) for sha256 in line.sha256) for line in lines]
        read_ms = cpu_ms(begin, len(series))
        assert bodies == [capture.bodies for capture in series]
        files = list(Path(folder).rglob("bodies/*"))
        return sum(path.stat().st_size for path in files), sum(".key-" in path.name for path in files), keep_ms, read_ms


def main(folder: str, *levels: str) -> None:
    series = captures(Path(folder))
    gzipped, gzip_ms = squeezed_by_gzip(series)
    plain = sum(len(body) for capture in series for body in capture.bodies)
    print(
        f"{len(series)} distinct bodies of {plain / len(series):,.0f} bytes;"
        f" gzip -6 keeps {gzipped / len(series):,.0f} each in {gzip_ms:.1f} ms"
    )
    print("level  bytes/body  of gzip  keyframes  keep ms CPU  read ms CPU")
    for level in map(int, levels or "123456789"):
        size, keyframes, keep_ms, read_ms = measure(series, level)
        print(f"{level:5}  {size / len(series):10,.0f}  {size / gzipped:7.1%}  {keyframes:9}  {keep_ms:11.1f}  {read_ms:11.1f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
