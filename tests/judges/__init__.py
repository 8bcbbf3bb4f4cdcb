"""Outside judges: programs of other authors that say whether what Prasasti publishes is right.

Owns how each is found, run and understood. Knows nothing of the product and imports none of it: a judge gets files.
A judge that is missing is left out with the reason; with ``CI=true`` that is a failure (``tests/conftest.py``).
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Never

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
FSCK = SHARED / "acceptance" / "fsck"
SCHEMA_ZIP = SHARED / "data" / "ocds" / "schema" / "ocds-1.1.5-with-10-extensions.zip"
SCHEMA_ADDRESS = "https://standard.open-contracting.org/schema/1__1__5/"
OMNIWITNESS = "github.com/transparency-dev/witness/cmd/omniwitness@v0.0.0-20260720115447-2e1c6971d19e"
LIBCOVEOCDS = ROOT / ".venv-judges" / "bin" / "libcoveocds"
PYTHON_MINORS = ("3.11", "3.12", "3.13")
# Nothing listens there: whatever tries to reach the network fails at once instead of being judged by what it found.
NO_NETWORK = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")


class Refused(Exception):
    """A judge looked at the files and refuses them; the text is its own words."""


def leave_out(reason: str) -> Never:
    """End the test as left out (``CI=true``: as failed)."""
    pytest.skip(reason)


def shared(*parts: str) -> Path:
    """A file or folder of ``../shared/data``, which is no part of the project; left out where it is missing."""
    path = SHARED.joinpath("data", *parts)
    if not path.exists():
        leave_out(f"{Path('..', 'shared', 'data', *parts)} is not here")
    return path


def run_fsck(folder: Path) -> str:
    """Tessera's fsck (Go) reads checkpoint, tiles and entries of a published folder.

    Returns its line of acceptance; raises Refused. The script builds the program once, so runs take turns.
    """
    _need_go()
    if not FSCK.exists():
        leave_out("../shared/acceptance/fsck is not here")
    with _turn("fsck"):
        ran = subprocess.run([FSCK, folder], capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise Refused(ran.stdout + ran.stderr)
    return ran.stdout.strip().splitlines()[-1]


def run_sumdb(folder: Path, sizes: Sequence[int] = (), indexes: Iterable[int] | None = None) -> dict[str, Any]:
    """``golang.org/x/mod/sumdb`` checks signature, inclusion (all entries, or ``indexes``) and consistency of ``sizes``.

    Returns ``{"origin", "size", "roots": {size: hex}, "inclusion": {index: [hex]}, "consistency": {(older, newer): [hex]}}``
    with proofs from leaf to root, the checkpoint's size among the sizes; raises Refused.
    """
    _need_go()
    chosen = [] if indexes is None else ["-indexes", ",".join(map(str, indexes))]
    command = ["go", "run", ".", *chosen, str(folder.resolve()), *map(str, sizes)]
    ran = subprocess.run(command, cwd=Path(__file__).parent / "sumdb", capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise Refused(ran.stdout + ran.stderr)
    found = json.loads(ran.stdout)
    return {
        "origin": found["origin"],
        "size": found["size"],
        "roots": {int(size): root for size, root in found["roots"].items()},
        "inclusion": {int(index): proof for index, proof in found["inclusion"].items()},
        "consistency": {tuple(map(int, pair.split("-"))): proof for pair, proof in found["consistency"].items()},
    }


def run_cosigned(checkpoint: Path, log_vkey: str, witness_vkeys: Sequence[str]) -> dict[str, int]:
    """``golang.org/x/mod/sumdb/note`` and ``transparency-dev/formats`` open a cosigned checkpoint.

    Returns the time of each cosignature by the witness's key name; raises Refused.
    """
    _need_go()
    command = ["go", "run", ".", str(checkpoint.resolve()), log_vkey, *witness_vkeys]
    ran = subprocess.run(command, cwd=Path(__file__).parent / "cosigned", capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise Refused(ran.stdout + ran.stderr)
    times: dict[str, int] = json.loads(ran.stdout)
    return times


def build_omniwitness() -> Path:
    """The program ``omniwitness`` (Go, transparency-dev), a witness of other authors; it is built once, so calls take turns."""
    _need_go()
    folder = ROOT / ".venv-omniwitness"
    program = folder / OMNIWITNESS.rpartition("@")[2] / "omniwitness"
    with _turn("omniwitness"):
        if not program.exists():
            environment = {**os.environ, "GOBIN": str(program.parent), "GOFLAGS": "-mod=mod"}
            ran = subprocess.run(["go", "install", OMNIWITNESS], capture_output=True, text=True, check=False, env=environment)
            if ran.returncode != 0:
                raise RuntimeError(f"omniwitness was not built: {ran.stderr}")
    return program


def run_libcoveocds(package: Path) -> dict[str, list[Any]]:
    """libcoveocds judges a release or record package against OCDS 1.1.5 with ten extensions, offline.

    Returns the four lists that are empty where the package is valid: ``validation_errors``,
    ``additional_closed_codelist_values``, ``additional_fields``, ``invalid_extension``. It sees a copy without
    ``extensions``: their schemas are merged into the standard's already, and it would fetch them.
    """
    if not LIBCOVEOCDS.exists():
        leave_out("libcoveocds is not here: make .venv-judges")
    if not SCHEMA_ZIP.exists():
        leave_out(f"../shared/data/ocds/schema/{SCHEMA_ZIP.name} is not here")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        content = json.loads(package.read_bytes())
        content.pop("extensions", None)
        copy = folder / "package.json"
        copy.write_text(json.dumps(content), encoding="utf-8")
        options: list[Path | str] = ["--additional-checks", "none", "--skip-aggregates", "--standard-zip", _unpack_schema(folder)]
        command = [LIBCOVEOCDS, *options, copy]
        environment = {**os.environ, **NO_NETWORK, "HOME": name}
        ran = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if ran.returncode != 0:
        raise Refused(ran.stdout + ran.stderr)
    found = json.loads(ran.stdout)
    return {
        "validation_errors": found["validation_errors"],
        "additional_closed_codelist_values": list(found["additional_closed_codelist_values"].values()),
        "additional_fields": found["additional_fields"],
        "invalid_extension": list((found["extensions"] or {}).get("invalid_extension", {}).items()),
    }


@cache
def python_versions() -> dict[str, Path]:
    """Interpreters of the minors that Prasasti supports, as far as this machine has them, by minor; never empty."""
    found = {f"{sys.version_info.major}.{sys.version_info.minor}": Path(sys.executable)}
    for minor in PYTHON_MINORS:
        for candidate in _find_pythons(minor):
            if minor not in found and _is_python(candidate, minor):
                found[minor] = candidate
    return {minor: found[minor] for minor in PYTHON_MINORS if minor in found}


def make_environment(minor: str) -> Path:
    """The interpreter of an environment of that minor with the product's requirements (not the product itself).

    Lies in ``.venv-<minor>`` and is built again when ``requirements.txt`` changes. A crash while it is built leaves no
    stamp, so the next call starts anew.
    """
    interpreters = python_versions()
    if minor not in interpreters:
        leave_out(f"no Python {minor} here")
    folder = ROOT / f".venv-{minor}"
    python = folder / "bin" / "python"
    stamp = folder / "requirements.stamp"
    requirements = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    with _turn(f"python-{minor}"):
        if stamp.exists() and stamp.read_text(encoding="utf-8") == requirements:
            return python
        shutil.rmtree(folder, ignore_errors=True)
        _run([interpreters[minor], "-m", "venv", folder])
        _run([python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", ROOT / "requirements.txt"])
        stamp.write_text(requirements, encoding="utf-8")
    return python


def _need_go() -> None:
    if shutil.which("go") is None:
        leave_out("Go is not here: the Go judges need it")


def _unpack_schema(folder: Path) -> Path:
    """The standard with its references led to files beside it: as published, a record package's lead to the network."""
    changed = folder / "standard.zip"
    with zipfile.ZipFile(SCHEMA_ZIP) as source, zipfile.ZipFile(changed, "w") as target:
        top = source.namelist()[0]  # The judge takes the first member for the top folder.
        target.writestr(top, b"")
        schema = folder / top / "schema"
        for member in source.namelist():
            if member.startswith(f"{top}schema/") and not member.endswith("/"):
                content = source.read(member).replace(SCHEMA_ADDRESS.encode(), f"{schema.as_uri()}/".encode())
                target.writestr(member, content)
                (folder / member).parent.mkdir(parents=True, exist_ok=True)
                (folder / member).write_bytes(content)
    return changed


def _find_pythons(minor: str) -> Generator[Path]:
    on_path = shutil.which(f"python{minor}")
    if on_path:
        yield Path(on_path)
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from sorted(pyenv.glob(f"versions/{minor}.*/bin/python{minor}"))
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv:
        command = [uv, "python", "find", "--no-project", "--system", "--no-python-downloads", minor]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        if ran.returncode == 0:
            yield Path(ran.stdout.strip())


def _is_python(candidate: Path, minor: str) -> bool:
    """Whether it starts, is of that minor and can make environments (a version manager's stand-in may do neither)."""
    question = "import sys, ensurepip; print('%d.%d' % sys.version_info[:2])"
    ran = subprocess.run([candidate, "-c", question], capture_output=True, text=True, check=False)
    return ran.returncode == 0 and ran.stdout.strip() == minor


def _run(command: Sequence[Path | str]) -> None:
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {ran.stdout}{ran.stderr}")


@contextmanager
def _turn(name: str) -> Generator[None]:
    """One process of this repository at a time; the system lets go of the lock of a process that dies."""
    folder = ROOT / ".venv-locks"
    folder.mkdir(exist_ok=True)
    with (folder / name).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
