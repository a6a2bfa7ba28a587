"""What a child process costs: CPU seconds (user and system) and its peak of memory."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one run took."""

    cpu_s: float
    peak_mb: float


class Failed(Exception):
    """A measured command failed."""


def run(command: Sequence[str | Path], *, reported: bool = False) -> Cost:
    """The cost of the whole process, or, `reported`, the one that it prints as JSON about the part to be measured.

    Raises:
        Failed: the exit code is not 0; with the end of its output.
    """
    words = [str(part) for part in command]
    output = subprocess.PIPE if reported else subprocess.DEVNULL
    with subprocess.Popen(words, stdout=output, stderr=subprocess.PIPE, text=True) as child:
        printed = child.stdout.read() if child.stdout is not None else ""
        errors = child.stderr.read() if child.stderr is not None else ""
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise Failed(f"{' '.join(words)}: exit code {child.returncode}\n{errors[-2_000:]}")
    if reported:
        return Cost(**json.loads(printed))
    return Cost(cpu_s=used.ru_utime + used.ru_stime, peak_mb=used.ru_maxrss / 1_024)
