"""Packages hold what the ledger recorded, valid to the judges, whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from prasasti.integrations.ocds.extensions import EXTENSIONS
from prasasti.integrations.ocds.packages import (
    ExportReport,
    LedgerRelease,
    LeftOut,
    PackageFacts,
    load_release,
    select_current,
    write_atomically,
    write_record_package,
    write_release_package,
)
from prasasti.integrations.ocds.problems import Problem
from prasasti.integrations.ocds.reading import SourceRelease, read_releases
from tests.integrations.ocds import samples
from tests.judges import run_libcoveocds

FACTS = PackageFacts(
    uri="https://ledger.example/export/1",
    published_date="2026-01-01T00:00:00Z",
    publisher_name="Example City",
    publisher_scheme="XX-REG",
    publisher_uid="1",
    publisher_uri="https://city.example",
    licence="https://creativecommons.org/licenses/by/4.0/",
    publication_policy="https://city.example/policy",
)


def recorded(*releases: dict[str, Any]) -> list[LedgerRelease]:
    return samples.as_recorded([samples.prepare(release) for release in releases])


def by_process(releases: list[LedgerRelease]) -> list[list[LedgerRelease]]:
    found: dict[str, list[LedgerRelease]] = {}
    for release in releases:
        found.setdefault(release.ocid, []).append(release)
    return list(found.values())


def test_a_release_package(tmp_path: Path) -> None:
    path = tmp_path / "package.json"
    releases = recorded(samples.small_release(), samples.small_release(id="release-2"))
    report = write_release_package(path, releases, FACTS)
    package = json.loads(path.read_bytes())
    assert {name: value for name, value in package.items() if name != "releases"} == {
        "uri": FACTS.uri,
        "version": "1.1",
        "publishedDate": FACTS.published_date,
        "publisher": {"name": "Example City", "scheme": "XX-REG", "uid": "1", "uri": "https://city.example"},
        "license": FACTS.licence,
        "publicationPolicy": FACTS.publication_policy,
    }
    assert package["releases"] == [json.loads(release.document or b"") for release in releases]
    assert report == ExportReport(releases=2)
    assert [path.name for path in tmp_path.iterdir()] == ["package.json"]


def test_what_is_not_known_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "package.json"
    facts = PackageFacts("https://ledger.example/1", "2026-01-01T00:00:00Z", "City")
    write_release_package(path, recorded(samples.small_release()), facts)
    assert json.loads(path.read_bytes()).keys() == {"uri", "version", "publishedDate", "publisher", "releases"}


def test_the_ledgers_ids_are_written(tmp_path: Path) -> None:
    """The document keeps its source's id; the export writes the release id (procurement: Attested releases)."""
    release = LedgerRelease(7, "p", "ocds-abc123-other", "f" * 32, samples.prepare(samples.small_release()).document)
    write_record_package(tmp_path / "package.json", [[release]], FACTS, versioned=True)
    (record,) = json.loads((tmp_path / "package.json").read_bytes())["records"]
    assert record["ocid"] == record["compiledRelease"]["ocid"] == record["releases"][0]["ocid"] == "ocds-abc123-other"
    assert record["releases"][0]["id"] == "f" * 32
    assert record["compiledRelease"]["id"] == "ocds-abc123-other-2026-01-02T03:04:05Z"


def test_number_tokens_survive_merging_and_writing(tmp_path: Path) -> None:
    text = samples.prepare(samples.small_release()).document.decode().replace("1000.5", "1000.50").replace("990", "9.90E2")
    release = LedgerRelease(1, "p", "ocds-abc123-bench", "release-1", text.encode())
    write_record_package(tmp_path / "package.json", [[release]], FACTS, versioned=True)
    written = (tmp_path / "package.json").read_text(encoding="utf-8")
    assert written.count("1000.50") == 3
    assert written.count("9.90E2") == 6


def test_which_version_is_exported() -> None:
    def at(position: int, release_id: str, kind: Any = "new", publisher: str = "p") -> LedgerRelease:
        return LedgerRelease(position, publisher, "o", release_id, b"", kind)

    releases = [
        at(1, "a"),
        at(2, "b"),
        at(3, "a", "contradiction"),
        at(4, "a", "update"),
        at(5, "b", "contradiction"),
        at(6, "a", "new", "q"),
    ]
    assert [release.position for release in select_current(reversed(releases))] == [4, 2, 6]


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (None, Problem("", "document_missing")),
        (b"", Problem("", "not_json", "Expecting value")),
        (b"\xff", Problem("", "not_json", "byte 0 is not UTF-8")),
        (b"[]", Problem("", "not_an_object")),
        (b'{"a":1,"a":2}', Problem("", "duplicate_key", "a")),
        (b'{"ocid":"o"}', Problem("id", "missing_field")),
    ],
)
def test_what_no_package_can_hold_is_left_out_and_said(tmp_path: Path, document: bytes | None, problem: Problem) -> None:
    """A ledger takes whatever bytes a publisher attests."""
    bad = LedgerRelease(9, "p", "o", "r", document)
    found = load_release(bad)
    assert isinstance(found, LeftOut)
    assert found.problems[0] == problem
    good = recorded(samples.small_release())
    report = write_release_package(tmp_path / "package.json", [bad, *good], FACTS)
    assert (report.releases, report.left_out) == (1, [found])
    assert write_record_package(tmp_path / "other.json", [[bad], [bad, *good]], FACTS).records == 1


@pytest.mark.parametrize("releases", [[], [LedgerRelease(1, "p", "o", "r", None)]])
def test_an_empty_package_is_not_written(tmp_path: Path, releases: list[LedgerRelease]) -> None:
    path = tmp_path / "package.json"
    path.write_text("earlier")
    assert write_release_package(path, releases, FACTS).releases == 0
    assert write_record_package(path, [releases], FACTS).records == 0
    assert path.read_text() == "earlier"


def test_an_interrupted_export_leaves_the_earlier_file(tmp_path: Path) -> None:
    path = tmp_path / "package.json"
    path.write_text("earlier")

    def breaking() -> Iterator[LedgerRelease]:
        yield recorded(samples.small_release())[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_release_package(path, breaking(), FACTS)
    assert path.read_text() == "earlier"
    assert [found.name for found in tmp_path.iterdir()] == ["package.json"]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_earlier_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    path = tmp_path / "package.json"
    path.write_text("earlier")

    def fail(*arguments: Any) -> None:
        raise OSError("disk")

    monkeypatch.setattr(os if call == "fsync" else Path, call, fail)
    with pytest.raises(OSError, match="disk"), write_atomically(path) as file:
        file.write(b"new")
    monkeypatch.undo()
    assert path.read_text() == "earlier"
    assert [found.name for found in tmp_path.iterdir()] == ["package.json"]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_release_package(tmp_path / "missing" / "package.json", recorded(samples.small_release()), FACTS)


def extended_release() -> dict[str, Any]:
    """A release that uses each of the ten extensions."""
    return samples.small_release(
        tender={
            "id": "t1",
            "lots": [{"id": "L1", "status": "active", "value": {"amount": 5, "currency": "IDR"}}],
            "enquiries": [{"id": "e1", "title": "Wood or steel?", "relatedLot": "L1"}],
            "criteria": [
                {"id": "c1", "requirementGroups": [{"id": "g1", "requirements": [{"id": "r1", "dataType": "number", "minValue": 1}]}]}
            ],
        },
        bids={
            "details": [{"id": "b1", "status": "valid", "requirementResponses": [{"id": "rr", "value": 2, "requirement": {"id": "r1"}}]}],
            "statistics": [{"id": "s1", "measure": "bids", "value": 1}],
        },
        parties=[{"id": "city", "name": "City", "beneficialOwners": [{"id": "o1", "name": "Uji Coba Lima", "nationalities": ["ID"]}]}],
        contracts=[
            {
                "id": "c1",
                "awardID": "a1",
                "signatories": [{"id": "city"}],
                "guarantees": [{"id": "g1", "type": "bankGuarantee", "value": {"amount": 1, "currency": "IDR"}}],
                "implementation": {
                    "endDate": "2026-05-01T00:00:00Z",
                    "finalValue": {"amount": 5.50, "currency": "IDR"},
                    "performanceFailures": [{"id": "f1", "penaltyPaid": True}],
                    "transactions": [{"id": "x1", "relatedImplementationMilestone": {"id": "m1"}}],
                },
            }
        ],
    )


def test_extensions_are_declared_where_used(tmp_path: Path) -> None:
    path = tmp_path / "package.json"
    writers: list[Callable[[list[LedgerRelease]], ExportReport]] = [
        lambda releases: write_release_package(path, releases, FACTS),
        lambda releases: write_record_package(path, [releases], FACTS),
    ]
    for write in writers:
        report = write(recorded(extended_release()))
        package = json.loads(path.read_bytes())
        assert package["extensions"] == report.extensions == sorted(extension.url for extension in EXTENSIONS)
        write(recorded(samples.small_release()))
        assert "extensions" not in json.loads(path.read_bytes())


def test_an_export_can_be_imported(tmp_path: Path) -> None:
    """Release and record packages are read back to the same documents, so a second import finds what is recorded."""
    releases = recorded(*samples.read_all(samples.impic_path())[:20], extended_release())
    for name in ("releases.json", "records.json"):
        if name == "releases.json":
            write_release_package(tmp_path / name, releases, FACTS)
        else:
            write_record_package(tmp_path / name, by_process(releases), FACTS, versioned=True)
        events = list(read_releases(tmp_path / name))
        assert all(isinstance(event, SourceRelease) for event in events)
        again = [samples.prepare(event.release).document for event in events if isinstance(event, SourceRelease)]
        assert sorted(again) == sorted(release.document or b"" for release in releases)


@pytest.mark.outside
@pytest.mark.parametrize("source", ["impic", "fictional", "extended"])
@pytest.mark.parametrize("form", ["releases", "records"])
def test_libcoveocds_has_nothing_to_say(tmp_path: Path, source: str, form: str) -> None:
    path = tmp_path / "package.json"
    if source == "impic":
        found = samples.read_all(samples.impic_path())
    elif source == "fictional":
        found = [release for path in samples.fictional_paths()[:-1] for release in samples.read_all(path)][:6]
    else:
        found = [extended_release(), samples.small_release(id="release-2", date="2026-02-01T00:00:00Z")]
    releases = recorded(*{(release["ocid"], release["id"]): release for release in found}.values())
    if form == "releases":
        write_release_package(path, releases, FACTS)
    else:
        # The zip's schema of versioned releases knows no extension.
        write_record_package(path, by_process(releases), FACTS, versioned=source != "extended")
    assert run_libcoveocds(path) == {
        "validation_errors": [],
        "additional_closed_codelist_values": [],
        "additional_fields": [],
        "invalid_extension": [],
    }
