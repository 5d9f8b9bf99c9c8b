"""A PostgreSQL cluster of its own, on 127.0.0.1, that is gone afterwards."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

DEBIAN = Path("/usr/lib/postgresql")


def programs() -> Path | None:
    """Find the folder of PostgreSQL's programs: Debian keeps it off the path."""
    found = shutil.which("pg_ctl")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(DEBIAN.glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def needed() -> Path:
    """Give the folder of PostgreSQL's programs, or skip the test; continuous integration has to have them."""
    folder = programs()
    if folder is None:
        why = "PostgreSQL is not installed (Debian: apt-get install postgresql)"
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    return folder


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Start a cluster with the programs of a folder, and give the URL of a database that is not there yet."""
    root = Path(tempfile.mkdtemp(prefix="tracec-postgres-"))
    data, secret = root / "data", root / "password"
    password = secrets.token_hex(16)
    secret.write_text(password)
    # It refuses to run as root; Debian's package brings a user for it.
    as_user = [] if os.getuid() else ["runuser", "-u", "postgres", "--"]
    if as_user:
        for path in (root, secret):
            shutil.chown(path, "postgres", "postgres")
    port = _free_port()
    settings = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={root} -c fsync=off"
    control = [*as_user, str(folder / "pg_ctl"), "-D", str(data), "-w"]
    initdb = [
        str(folder / "initdb"),
        "-D",
        str(data),
        "-U",
        "tracec",
        "--no-sync",
        "--locale=C",
        "-E",
        "UTF8",
    ]
    try:
        _quietly([*as_user, *initdb, "-A", "scram-sha-256", f"--pwfile={secret}"])
        _quietly([*control, "-l", str(root / "log"), "-o", settings, "start"])
        try:
            yield f"postgresql://tracec:{password}@127.0.0.1:{port}/runs"
        finally:
            _quietly([*control, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(root)


def _quietly(command: list[str]) -> None:
    # Not a pipe: the server that is started would hold it open.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(command, cwd="/", stdout=said, stderr=said, check=False)
        said.seek(0)
        assert done.returncode == 0, said.read().decode(errors="replace")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
