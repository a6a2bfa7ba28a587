"""A signed statement of an archive's root, appended to a log that others can mirror.

The signature is OpenSSH's (https://man.openbsd.org/ssh-keygen#Y~2), over the bytes of `statement`, in the name space
`tracker-checkpoint`.
"""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct, json

from tracker.errors import DeclarationError, StoreError
from tracker.stores.archive import FileArchive, chain
from tracker.wording import machine_time, safe

NAMESPACE = "tracker-checkpoint"
_PATIENCE_S = 60


class Checkpoint(Struct, frozen=True, kw_only=True):
    """A line of the log. `statement` is JSON with `at`, `root`, and the `heads` of all boards: number of lines and last link."""

    statement: str
    signature: str


def write(archive: FileArchive, key: Path, log: Path, *, now: datetime) -> Checkpoint:
    """Sign the root of the archive at this time, and append the checkpoint to the log durably.

    Raises:
        DeclarationError: ssh-keygen is missing, or cannot sign with the key.
        StoreError: the log cannot be written.
    """
    heads = archive.heads()
    stated = {"at": machine_time(now.astimezone(UTC)), "root": chain.root(heads), "heads": dict(sorted(heads.items()))}
    statement = json.encode(stated).decode()
    checkpoint = Checkpoint(statement=statement, signature=_signature(statement, key))
    try:
        with log.open("ab") as file:
            file.write(json.encode(checkpoint) + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise StoreError(f"{log}: {error.strerror}; expected a file that can be appended to (--log)") from error
    return checkpoint


def _signature(statement: str, key: Path) -> str:
    command = ("ssh-keygen", "-Y", "sign", "-n", NAMESPACE, "-f", str(key))
    try:
        ran = subprocess.run(  # noqa: S603  # a fixed program, and the path of a key
            command, input=statement.encode(), capture_output=True, timeout=_PATIENCE_S, check=False
        )
    except FileNotFoundError as error:
        raise DeclarationError("ssh-keygen is not installed; expected OpenSSH, which signs checkpoints") from error
    except subprocess.TimeoutExpired as error:
        raise DeclarationError(f"{key}: no answer of ssh-keygen; expected a key without a passphrase, or in an agent") from error
    if ran.returncode:
        found = safe(ran.stderr.decode(errors="replace").strip())
        raise DeclarationError(f"{key}: ssh-keygen cannot sign with it: {found}; expected a private key of OpenSSH (--key)")
    return ran.stdout.decode()
