"""The same file gives the same documents on every ledger and machine, but for the marks of natural persons, which are the key's own."""

from __future__ import annotations

import hmac
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.commands import ENVIRONMENT, PUBLISHER, import_files, make_ledger, publish
from tests.acceptance.published import list_attestations, read_releases
from tests.acceptance.source import list_natural_persons, read_packages
from tests.acceptance.synthetic import make_package, make_release, write_json
from tests.judges import shared

ELSEWHERE = {"PYTHONHASHSEED": "4321", "TZ": "Asia/Jayapura", "LC_ALL": "C", "PYTHONUTF8": "0"}


def with_person(number: int) -> dict[str, Any]:
    """A release whose supplier is a natural person; three releases name one person."""
    tax_number = f"2{number % 3:08}"
    person = {"id": tax_number, "name": f"Zulmira Exemplo {number % 3}"}
    party = {**person, "roles": ["supplier"], "identifier": {"scheme": "PT-NIPPC", "id": tax_number}}
    release = make_release(number)
    return make_release(number, parties=[release["parties"][0], party], awards=[{"id": "a1", "suppliers": [person]}])


@pytest.fixture(params=["made up", "real"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "real":
        return shared("ocds", "pt-impic", "collection_file.json")
    releases = [make_release(number) if number % 2 else with_person(number) for number in range(18)]
    return write_json(tmp_path / "source.json", [make_package(releases)])


def key_of(ledger: Path) -> Path:
    return ledger / "keys" / f"{PUBLISHER}.redaction.key"


def make_twin(folder: Path, other: Path) -> Path:
    """A ledger of its own keys, but for the publisher's redaction key."""
    ledger = make_ledger(folder)
    shutil.copyfile(key_of(other), key_of(ledger))
    return ledger


def read_arguments(ledger: Path, folder: Path) -> list[dict[str, Any]]:
    publish(ledger, folder)
    return list_attestations(folder)


def list_marks(folder: Path) -> set[str]:
    """Marks of natural persons in published documents."""
    parties = [party for release in read_releases(folder) for party in release["parties"]]
    return {party["identifier"]["id"] for party in parties if party["identifier"]["scheme"] == "PT-PESSOA"}


def test_one_key_gives_the_same_documents_on_two_ledgers(source: Path, tmp_path: Path) -> None:
    first = make_ledger(tmp_path / "first")
    second = make_twin(tmp_path / "second", first)
    import_files(first, source)
    import_files(second, source)
    found = [read_arguments(ledger, tmp_path / f"published-{ledger.name}") for ledger in (first, second)]
    assert found[0] == found[1] != []
    assert (tmp_path / "published-first/checkpoint").read_bytes() != (tmp_path / "published-second/checkpoint").read_bytes()


def test_a_machine_elsewhere_gives_the_same_documents(source: Path, tmp_path: Path) -> None:
    here = make_ledger(tmp_path / "here")
    there = make_twin(tmp_path / "there", here)
    import_files(here, source)
    command = [sys.executable, "-c", "from prasasti.cli import main; main()", "import", "ocds", str(source), "--ledger", str(there)]
    subprocess.run(command, env={**ENVIRONMENT, **ELSEWHERE}, check=True, capture_output=True)
    assert read_arguments(here, tmp_path / "published") == read_arguments(there, tmp_path / "published-there")


def test_another_key_changes_nothing_but_the_marks(source: Path, tmp_path: Path) -> None:
    folders = [tmp_path / "published-1", tmp_path / "published-2"]
    ledgers = [make_ledger(tmp_path / "1"), make_ledger(tmp_path / "2")]
    numbers = {number for number, _ in list_natural_persons(read_packages(source))}
    for ledger, folder in zip(ledgers, folders, strict=True):
        import_files(ledger, source)
        publish(ledger, folder)
        key = bytes.fromhex(key_of(ledger).read_text(encoding="utf-8"))
        assert list_marks(folder) == {hmac.digest(key, number.encode(), "sha256").hex() for number in numbers} != set()
    assert list_marks(folders[0]).isdisjoint(list_marks(folders[1]))
    first, second = (list_attestations(folder) for folder in folders)
    by_mark = [any(supplier.startswith("PT-PESSOA-") for supplier in each["suppliers"]) for each in first]
    assert [one["document"] != other["document"] for one, other in zip(first, second, strict=True)] == by_mark
    assert True in by_mark
    assert False in by_mark
