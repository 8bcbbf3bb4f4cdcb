"""A real publisher's records: 100 releases of Portugal's IMPIC go in, are published, verified and read back as valid open data.

Counts, money, persons and contacts come from the source by questions of the tests' own (``source``), never from the importer.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.commands import PUBLISHER, import_files, make_ledger, publish, read_state, run, run_json, verify
from tests.acceptance.published import hash_files, list_attestations, parse, read_releases
from tests.acceptance.searching import find_in_folder, find_names, find_tokens
from tests.acceptance.source import (
    Release,
    count_tags,
    drop_contacts,
    list_contacts,
    list_natural_persons,
    list_texts,
    read_packages,
    sum_money,
)
from tests.judges import run_fsck, run_libcoveocds, shared

RELEASES = 100
PERSONS = 13


@dataclass(frozen=True)
class World:
    """What the tests ask: the source's releases, the ledger that they went into, its published folder, what was printed."""

    source: Path
    releases: list[Release]
    ledger: Path
    published: Path
    printed: str


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Imported, published; no test changes it."""
    source = shared("ocds", "pt-impic", "collection_file.json")
    folder = tmp_path_factory.mktemp("impic")
    ledger = make_ledger(folder / "ledger")
    printed = run("import", "ocds", source, "--ledger", ledger).output
    publish(ledger, folder / "published")
    return World(source, read_packages(source), ledger, folder / "published", printed)


def export(world: World, folder: Path, package: str) -> Path:
    run("export", "ocds", "--package", package, "--output", folder / f"{package}.json", "--ledger", world.ledger)
    return folder / f"{package}.json"


def test_everything_is_recorded_once(world: World) -> None:
    attested = list_attestations(world.published)
    source = [(release["ocid"], release["id"]) for release in world.releases]
    assert len(set(source)) == RELEASES
    assert [(each["ocid"], each["release_id"]) for each in attested] == source
    assert {(each["publisher"], each["event"]) for each in attested} == {(PUBLISHER, "attested")}


def test_a_second_import_adds_nothing(world: World, tmp_path: Path) -> None:
    ledger, published = (shutil.copytree(folder, tmp_path / folder.name) for folder in (world.ledger, world.published))
    state, files = read_state(ledger), hash_files(published)
    report = import_files(ledger, world.source)
    assert {kind: count for kind, count in report["kinds"].items() if count} == {"unchanged": RELEASES}
    assert publish(ledger, published)["new"] == 0
    assert read_state(ledger) == state
    assert hash_files(published) == files


def test_everybody_who_checks_accepts(world: World) -> None:
    report = verify(world.published, "--closed")
    assert report["verdict"] == "in order"
    assert report["checked"]["accepted transactions"] == report["checked"]["their signatures"] == RELEASES
    assert report["missing"] == report["withheld"] == []
    audited = run_json("audit", world.published)
    assert (audited["sound"], audited["transactions"], audited["refusals"], audited["documents"]) == (True, RELEASES, 0, RELEASES)
    assert run_json("audit", "--ledger", world.ledger)["app_hash"] == audited["app_hash"]
    assert run_json("check-state", "--ledger", world.ledger)["wrong"] is None


def test_counts_and_money_are_those_of_the_source(world: World, tmp_path: Path) -> None:
    tags, money = count_tags(world.releases), sum_money(world.releases)
    assert (tags, set(money)) == (
        {"contract": 92, "implementation": 8},
        {(stage, "EUR") for stage in ("tendered", "awarded", "contracted", "paid")},
    )
    exported = parse(export(world, tmp_path, "release").read_bytes())["releases"]
    records = parse(export(world, tmp_path, "record").read_bytes())["records"]
    in_records = [release for record in records for release in record["releases"]]
    for releases in (read_releases(world.published), exported, in_records):
        assert (len(releases), count_tags(releases), sum_money(releases)) == (RELEASES, tags, money)
    # Each process has one release here, so that its compiled release costs what that does.
    assert sum_money(record["compiledRelease"] for record in records) == money


def test_what_an_entry_says_is_what_its_document_says(world: World) -> None:
    for attested, release in zip(list_attestations(world.published), read_releases(world.published), strict=True):
        identifiers = {party["id"]: f"{party['identifier']['scheme']}-{party['identifier']['id']}" for party in release["parties"]}
        suppliers = {identifiers[supplier["id"]] for award in release["awards"] for supplier in award["suppliers"]}
        assert attested["buyer"] == identifiers[release["buyer"]["id"]]
        assert attested["suppliers"] == sorted(suppliers)
        assert attested["tag"] == sorted(release["tag"])


@pytest.mark.parametrize("party", ["buyer", "supplier"])
def test_all_processes_of_a_party_are_listed_and_exported(world: World, tmp_path: Path, party: str) -> None:
    """A proof that nothing is left out, judged by the verifier alone, names the processes that the source has, and no others."""
    processes = list_processes(world.releases, party)
    for number in sorted(processes, key=lambda number: (-len(processes[number]), number))[:4]:
        form = f"PT-NIPPC-{number}"
        run("proof", "--list", f"procurement/{party}/{form}", "--output", tmp_path / "list.json", "--ledger", world.ledger)
        found = verify("--list", tmp_path / "list.json", "--key", world.published / "log.vkey")["shown"]["items"]
        assert [item["ocid"] for item in found] == processes[number]
        if party == "buyer":
            run("export", "ocds", "--buyer", form, "--output", tmp_path / "buyer.json", "--ledger", world.ledger)
            records = parse((tmp_path / "buyer.json").read_bytes())["records"]
            assert [record["ocid"] for record in records] == processes[number]


def list_processes(releases: list[Release], party: str) -> dict[str, list[str]]:
    """Register number of each buyer, or of each supplier that is no natural person → its processes, in the source's order."""
    persons = {number for number, _ in list_natural_persons(releases)}
    found: dict[str, list[str]] = {}
    for release in releases:
        awarded = [supplier["id"] for award in release["awards"] for supplier in award["suppliers"]]
        for number in [release["buyer"]["id"]] if party == "buyer" else dict.fromkeys(awarded):
            if number not in persons:
                found.setdefault(number, []).append(release["ocid"])
    return found


def test_an_export_that_cannot_be_written_says_where(world: World, tmp_path: Path) -> None:
    shown = run("export", "ocds", "--output", tmp_path / "nowhere" / "x.json", "--ledger", world.ledger, expect=2)
    assert "nowhere does not exist; make it first" in shown.stderr
    assert list(tmp_path.iterdir()) == []


def test_documents_are_the_source_less_what_is_personal(world: World) -> None:
    """Every difference is a number, a name or an identifier's scheme of a natural person; without one, all else is equal."""
    persons = list_natural_persons(world.releases)
    personal = {text for person in persons for text in person}
    for before, after in zip(drop_contacts(world.releases), read_releases(world.published), strict=True):
        names = {party["id"] for party in before["parties"]} & personal
        differences = list(compare(before, after, ""))
        assert bool(differences) == bool(names)
        for place, was, now in differences:
            assert was in personal or (place.endswith(".scheme") and (was, now) == ("PT-NIPPC", "PT-PESSOA")), place


def compare(before: Any, after: Any, place: str) -> Iterator[tuple[str, Any, Any]]:
    """Place, former and present value of every leaf that differs."""
    if isinstance(before, dict) and isinstance(after, dict) and before.keys() == after.keys():
        for name, value in before.items():
            yield from compare(value, after[name], f"{place}.{name}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, value in enumerate(before):
            yield from compare(value, after[index], f"{place}[{index}]")
    elif before != after:
        yield place, before, after


def test_no_natural_person_is_in_any_byte(world: World) -> None:
    """Whole names, and the name before a trade that stands with it (``…, Arquitecto Paisagista``)."""
    persons = list_natural_persons(world.releases)
    assert len(persons) == PERSONS
    numbers = {number for number, _ in persons}
    names = {form for _, name in persons for form in (name, name.partition(",")[0])}
    assert find_in_folder(world.source.parent, numbers, names) == {world.source.name: numbers | names}
    assert find_in_folder(world.published, numbers, names) == {}
    assert find_in_folder(world.ledger, numbers, names) == {}
    assert find_tokens(world.printed, numbers) | find_names(world.printed, names) == set()


def test_no_contact_is_in_any_byte(world: World) -> None:
    """The rule: a value of a ``contactPoint`` may stand where the source has it, as a whole token, in another text as well.

    So a telephone number that is also an organisation's register number is no leak. Here no value is of that kind.
    """
    contacts = set(list_contacts(world.releases))
    others = "\n".join(list_texts(drop_contacts(world.releases)))
    public = find_tokens(others, contacts)
    assert (len(contacts), public) == (106, set())
    assert find_in_folder(world.source.parent, contacts) == {world.source.name: contacts}
    assert find_in_folder(world.published, contacts - public) == {}
    assert find_in_folder(world.ledger, contacts - public) == {}
    assert find_tokens(world.printed, contacts - public) == set()


def test_a_packages_own_facts_are_the_publishers(world: World, tmp_path: Path) -> None:
    """The source declares an extension of its interface, none of the ten: it is not passed on, so that none is declared."""
    genesis = parse((world.published / "genesis.json").read_bytes())
    publisher = next(organisation for organisation in genesis["organisations"] if organisation["id"] == PUBLISHER)
    for package in ("record", "release"):
        exported = parse(export(world, tmp_path, package).read_bytes())
        assert (exported["license"], exported["publisher"]["name"]) == (publisher["licence"], PUBLISHER)
        assert "extensions" not in exported


def test_entries_hold_no_text_of_a_document(world: World) -> None:
    """Descriptions stand in documents, which can be withheld, never in entries, which cannot."""
    texts = {release["tender"]["description"] for release in world.releases}
    assert len(texts) > RELEASES / 2
    assert find_in_folder(world.published / "documents", [], texts)
    assert find_in_folder(world.published / "tile", [], texts) == {}


@pytest.mark.outside
@pytest.mark.parametrize("package", ["record", "release"])
def test_libcoveocds_accepts_the_export(world: World, tmp_path: Path, package: str) -> None:
    found = run_libcoveocds(export(world, tmp_path, package))
    assert {gate: values for gate, values in found.items() if values} == {}


@pytest.mark.outside
def test_fsck_accepts_the_published_log(world: World) -> None:
    assert run_fsck(world.published).startswith(f"fsck accepts {RELEASES + 1} entries of ")
