"""Native processes of a ledger as releases, and the judges of them: for any ledger on which anything was played.

``judge`` holds releases and compiled releases of every step against the model, the official schema and ocdsmerge;
``write_steps`` writes what libcoveocds judges.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import ocdsmerge
from ocdsmerge.exceptions import DuplicateIdValueWarning

from prasasti.integrations.ocds.canonical import parse_json
from prasasti.integrations.ocds.checking import validate_release
from prasasti.integrations.ocds.merge_rules import compile_release
from prasasti.integrations.ocds.native.deriving import DerivedRelease, derive_releases
from prasasti.integrations.ocds.native.entries import collect_processes
from prasasti.integrations.ocds.packages import LedgerRelease, PackageFacts, write_record_package, write_release_package
from prasasti.services.deriving import derive_process, look_up
from prasasti.services.ledger import Ledger as OpenLedger
from tests.core.ledger import Ledger
from tests.integrations.ocds import official, samples

FACTS = PackageFacts("https://ledger.example/1", "2026-01-01T00:00:00Z", "agency-1")


def derive(ledger: Ledger) -> dict[str, list[DerivedRelease]]:
    """Ocid to its releases, from the ledger's log, the documents that its rules brought forth, and whom they put out."""
    documents = {sha256(body).hexdigest(): body for result in ledger.results for body in result.documents}
    log = enumerate(entry for _, entry in ledger.database.entries(0, ledger.database.size()))

    def name_address(digest: str) -> str:
        return f"https://ledger.example/documents/sha256/{digest[:2]}/{digest}"

    records = look_up(ledger.application.state.view)
    return {
        ocid: list(derive_releases(ocid, entries, name_address, documents.get, records))
        for ocid, entries in collect_processes(log).items()
    }


def derive_opened(ledger: OpenLedger, ocid: str) -> list[DerivedRelease]:
    """Releases of a process on an opened ledger, as the product makes them."""
    log = enumerate(entry for _, entry in ledger.database.entries(0, ledger.database.size()))
    return derive_process(ledger, ocid, [entry.position for entry in collect_processes(log)[ocid]])


def judge(releases: list[DerivedRelease]) -> None:
    """Every release is valid, and so is what the first n of them compile to, for every n; other authors' merger agrees."""
    parsed = [_parse(each.document) for each in releases]
    for each, release in zip(releases, parsed, strict=True):
        assert validate_release(release) == [], each.release_id
        assert official.is_valid(release), each.release_id
        assert (release["id"], sorted(release["tag"])) == (each.release_id, each.tag)
        assert {party["id"] for party in release["parties"]} >= _list_references(release), each.release_id
    assert len({each.release_id for each in releases}) == len(releases)
    for count in range(1, len(parsed) + 1):
        compiled, notices = compile_release(parsed[:count])
        assert {notice.notice for notice in notices} <= {"equal_dates"}
        assert validate_release(compiled) == [], releases[count - 1].release_id
        assert official.is_valid(compiled), releases[count - 1].release_id
    if parsed:
        assert samples.as_plain(compile_release(parsed)[0]) == _merge_with_ocdsmerge(parsed)


def _parse(document: bytes) -> dict[str, Any]:
    parsed = parse_json(document.decode())
    assert isinstance(parsed, dict)
    return parsed


def _list_references(value: Any) -> set[str]:
    found: set[str] = set()
    for name, each in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        if name in ("buyer", "procuringEntity", "author", "guarantor", "payer", "payee"):
            found.add(each["id"])
        elif name in ("tenderers", "suppliers", "signatories"):
            found |= {reference["id"] for reference in each}
        else:
            found |= _list_references(each)
    return found


def _merge_with_ocdsmerge(parsed: list[dict[str, Any]]) -> Any:
    merger = ocdsmerge.Merger(official.release_schema())
    with warnings.catch_warnings():
        warnings.simplefilter("error", DuplicateIdValueWarning)
        return json.loads(json.dumps(merger.create_compiled_release([samples.as_plain(each) for each in parsed])))


def write_steps(folder: Path, releases: list[DerivedRelease]) -> list[Path]:
    """A package of the releases, and one of records: what the first n of them come to, for every n, each under an ocid of its own."""

    def record(each: DerivedRelease, step: str) -> LedgerRelease:
        return LedgerRelease(each.position, "agency-1", each.release["ocid"] + step, each.release_id, each.document)

    paths = [folder / "releases.json", folder / "records.json"]
    reports = [
        write_release_package(paths[0], [record(each, "") for each in releases], FACTS),
        write_record_package(
            paths[1], [[record(each, f".{count}") for each in releases[:count]] for count in range(1, len(releases) + 1)], FACTS
        ),
    ]
    assert not any(report.left_out for report in reports)
    return paths


def write_all(folder: Path, processes: Sequence[list[DerivedRelease]]) -> list[Path]:
    """Three packages of many processes: of all releases, of what the first n of each process compile to, and of records at the end.

    What is compiled stands in a package of releases, so that no release is written again for every step.
    """
    paths = [folder / f"{name}.json" for name in ("releases", "steps", "records")]
    records = [
        [LedgerRelease(each.position, "agency-1", f"{each.release['ocid']}.{place}", each.release_id, each.document) for each in releases]
        for place, releases in enumerate(processes)
    ]
    assert not write_release_package(paths[0], [each for listed in records for each in listed], FACTS).left_out
    assert not write_record_package(paths[2], records, FACTS).left_out
    package = json.loads(paths[0].read_bytes())
    parsed = [[_parse(each.document) for each in releases] for releases in processes]
    package["releases"] = [
        samples.as_plain(compile_release(releases[:count])[0]) | {"id": f"{place}.{count}"}
        for place, releases in enumerate(parsed)
        for count in range(1, len(releases) + 1)
    ]
    paths[1].write_text(json.dumps(package), encoding="utf-8")
    return paths
