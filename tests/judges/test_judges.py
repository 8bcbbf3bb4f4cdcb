"""The judges themselves: each accepts what is known to be right and refuses what is known to be wrong.

A judge that accepts everything would make every test that asks it worthless.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.judges import Refused, make_environment, python_versions, run_fsck, run_libcoveocds, run_sumdb, shared

pytestmark = pytest.mark.outside

ROOT_OF_2 = "515440721fd9642bb519348c40a099fc00d27e6cc391dd1d2e6cc9c7717c6ff8"
ROOT_OF_4 = "0be0f1af5baf131724e8cdaa5caca6772f54e4348cc9f1f060820fa034a66352"
FICTIONAL = ("ocds", "ocp-fictional", "fictional-example", "1.1")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A copy of the worked example's published folder, to be altered."""
    folder = tmp_path / "log"
    shutil.copytree(shared("worked-example", "log"), folder, copy_function=shutil.copyfile)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    folder.chmod(0o755)
    return folder


def alter_entry(folder: Path) -> None:
    bundle = folder / "tile" / "entries" / "000.p" / "4"
    content = bytearray(bundle.read_bytes())
    content[-2] ^= 1
    bundle.write_bytes(content)


def alter_tile(folder: Path) -> None:
    tile = folder / "tile" / "0" / "000.p" / "4"
    content = bytearray(tile.read_bytes())
    content[40] ^= 1
    tile.write_bytes(content)


def alter_size(folder: Path) -> None:
    checkpoint = folder / "checkpoint"
    checkpoint.write_text(checkpoint.read_text(encoding="utf-8").replace("\n4\n", "\n2\n"), encoding="utf-8")


def alter_signature(folder: Path) -> None:
    checkpoint = folder / "checkpoint"
    body, _, signature = checkpoint.read_text(encoding="utf-8").rpartition(" ")
    content = bytearray(base64.b64decode(signature))
    content[-1] ^= 1
    checkpoint.write_text(f"{body} {base64.b64encode(content).decode()}\n", encoding="utf-8")


ALTERATIONS = [alter_entry, alter_tile, alter_size, alter_signature]


def test_fsck_accepts_the_worked_example() -> None:
    assert run_fsck(shared("worked-example", "log")).startswith("fsck accepts 4 entries of ")


@pytest.mark.parametrize("alter", ALTERATIONS)
def test_fsck_refuses_an_altered_log(log: Path, alter: Any) -> None:
    alter(log)
    with pytest.raises(Refused):
        run_fsck(log)


def test_sumdb_accepts_the_worked_example() -> None:
    found = run_sumdb(shared("worked-example", "log"), [2, 3])
    assert found["size"] == 4
    assert found["roots"][2] == ROOT_OF_2
    assert found["roots"][4] == ROOT_OF_4
    assert sorted(found["inclusion"]) == [0, 1, 2, 3]
    assert found["inclusion"][3][1] == ROOT_OF_2
    assert sorted(found["consistency"]) == [(2, 3), (2, 4), (3, 4)]


def test_sumdb_checks_only_the_indexes_asked_for() -> None:
    assert list(run_sumdb(shared("worked-example", "log"), indexes=[2])["inclusion"]) == [2]


@pytest.mark.parametrize("alter", ALTERATIONS)
def test_sumdb_refuses_an_altered_log(log: Path, alter: Any) -> None:
    alter(log)
    with pytest.raises(Refused):
        run_sumdb(log)


def test_sumdb_refuses_what_lies_beyond_the_checkpoint() -> None:
    with pytest.raises(Refused, match="size 5"):
        run_sumdb(shared("worked-example", "log"), [5])
    with pytest.raises(Refused, match="entry 4"):
        run_sumdb(shared("worked-example", "log"), indexes=[4])


@pytest.mark.parametrize("name", ["ocds-213czf-000-00001.json", "record/ocds-213czf-000-00001-withversions.json"])
def test_libcoveocds_accepts_releases_and_records(name: str) -> None:
    found = run_libcoveocds(shared(*FICTIONAL, name))
    assert {gate: values for gate, values in found.items() if values} == {}
    assert len(found) == 4


@pytest.mark.parametrize(
    ("gate", "change"),
    [
        ("validation_errors", {"date": 5}),
        ("validation_errors", {"ocid": None}),
        ("additional_closed_codelist_values", {"tag": ["no such tag"]}),
        ("additional_fields", {"colour": "green"}),
    ],
)
def test_libcoveocds_refuses_what_is_not_valid(tmp_path: Path, gate: str, change: dict[str, Any]) -> None:
    package = json.loads(shared(*FICTIONAL, "ocds-213czf-000-00001.json").read_bytes())
    package["releases"][0].update(change)
    wrong = tmp_path / "package.json"
    wrong.write_text(json.dumps(package), encoding="utf-8")
    assert run_libcoveocds(wrong)[gate]


@pytest.mark.parametrize("minor", python_versions())
def test_each_python_runs_the_consensus_parts(minor: str) -> None:
    question = "import sys, msgspec, nacl; print('%d.%d' % sys.version_info[:2], msgspec.__version__, nacl.__version__)"
    ran = subprocess.run([make_environment(minor), "-c", question], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == [minor, "0.22.0", "1.6.2"]
