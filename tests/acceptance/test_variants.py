"""What files of other systems hold, good and bad: the report's counts add up, its exit code is true, nothing is half-recorded."""

from __future__ import annotations

import gzip
import json
import sqlite3
import zipfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ocdsmerge
import pytest

from prasasti import bootstrap
from prasasti.cli.catalogue import load_words
from prasasti.contracts import CONTRACTS
from prasasti.contracts.procurement.parameters import MAX_VERSIONS
from prasasti.integrations.ocds.redaction import REDACTION_VERSION
from prasasti.services.founding import build_genesis, make_redaction_key
from tests.acceptance.commands import PUBLISHER, import_files, make_ledger, publish, read_state, run, run_json, verify
from tests.acceptance.published import list_attestations, parse, read_document, read_entries, read_releases
from tests.acceptance.source import drop_contacts
from tests.acceptance.synthetic import PREFIX, make_package, make_release, money, write_json, write_package
from tests.judges import SHARED, shared

TABLES = len(CONTRACTS)
DROP = ("--unknown-fields", "drop")
TWO_OCIDS = '{"ocid":"a","ocid":"b"}'


def dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def with_suppliers(count: int) -> dict[str, Any]:
    suppliers = [{"id": f"s{number}", "name": f"Works {number}"} for number in range(count)]
    parties = [{**supplier, "roles": ["supplier"], "identifier": {"scheme": "XX-REG", "id": supplier["id"]}} for supplier in suppliers]
    return make_release(9, parties=parties, buyer=None, awards=[{"id": "a1", "suppliers": suppliers}])


GOOD = [make_release(number) for number in range(3)]
ACCENTED = [make_release(number, language="pt", tender={"id": "t", "title": "Praça com bancos"}) for number in range(3)]
WHOLE = dump(make_package(GOOD))
CUT = WHOLE[: WHOLE.index(b'"ocid": "' + PREFIX.encode() + b'-2"') + 40]


@dataclass(frozen=True)
class Variant:
    """A file's bytes and what its import says: how many are recorded and refused, and a code that the report must name."""

    content: bytes
    recorded: int
    refused: int = 0
    code: str = ""
    broken: bool = False
    options: Sequence[str] = ()


VARIANTS = {
    "package": Variant(WHOLE, 3),
    "list of packages": Variant(dump([make_package(GOOD[:1]), make_package(GOOD[1:])]), 3),
    "list of releases": Variant(dump(GOOD), 3),
    "one release": Variant(dump(GOOD[0]), 1),
    "JSON lines of releases": Variant(b"\n".join(map(dump, GOOD)), 3),
    "JSON lines of packages, empty lines between": Variant(b"\r\n\r\n".join(dump(make_package([each])) for each in GOOD), 3),
    "one after the other": Variant(b"".join(map(dump, GOOD)), 3),
    "records": Variant(dump({"version": "1.1", "records": [{"ocid": each["ocid"], "releases": [each]} for each in GOOD]}), 3),
    "gzip": Variant(gzip.compress(WHOLE), 3),
    "ISO-8859-1": Variant(dump(make_package(ACCENTED)).decode().encode("iso-8859-1"), 3, code="iso_8859_1"),
    "byte-order mark": Variant(b"\xef\xbb\xbf" + WHOLE, 3, code="byte_order_mark"),
    "amount as text": Variant(dump(make_release(1, tender={"id": "t", "value": money(0) | {"amount": "7.50"}})), 1, code="number_as_text"),
    "list of one where an object belongs": Variant(dump(make_release(1, buyer=[GOOD[1]["buyer"]])), 1, code="list_for_object"),
    "null for a list": Variant(dump(GOOD[0] | {"awards": None}), 1, code="null_list"),
    "date without a zone": Variant(dump(make_release(1, date="2026-03-02T08:00:00")), 1, code="date_without_zone"),
    "prefix in capitals": Variant(dump(make_release(1, ocid="OCDS-Synth1-A")), 1, code="ocid_prefix_in_capitals"),
    "empty package": Variant(dump(make_package([])), 0, code="no_releases"),
    "unknown field, dropped": Variant(
        dump(make_release(1, colour="green")), 1, 0, "unknown_field_dropped", False, ("--unknown-fields", "drop")
    ),
    "the same release twice": Variant(dump([*GOOD, *GOOD]), 3),
    "one id for every release": Variant(dump([each | {"id": "1"} for each in GOOD]), 3, code="one_release_id"),
    "50 suppliers": Variant(dump([GOOD[0], with_suppliers(50)]), 2),
    "51 suppliers": Variant(dump([GOOD[0], with_suppliers(51), GOOD[1]]), 2, 1, "too_many_suppliers"),
    "no date": Variant(dump([GOOD[0], make_release(9, date=None), GOOD[1]]), 2, 1, "missing_field"),
    "a date that is none": Variant(dump([GOOD[0], make_release(9, date="last May")]), 1, 1, "not_a_date_time"),
    "before 1970": Variant(dump([GOOD[0], make_release(9, date="1969-12-31T23:59:59Z")]), 1, 1, "date_out_of_range"),
    "duplicate key": Variant(dump(GOOD[0]) + TWO_OCIDS.encode() + dump(GOOD[1]), 2, 1, "duplicate_key"),
    "lone surrogate": Variant(dump(GOOD[0]) + dump(make_release(9)).replace(b"park 9", b"\\ud800") + dump(GOOD[1]), 2, 1, "lone_surrogate"),
    "unknown field": Variant(dump([GOOD[0], make_release(9, colour="green")]), 1, 1, "unknown_field"),
    "unknown tag": Variant(dump([GOOD[0], make_release(9, tag=["sold"])]), 1, 1, "unknown_code"),
    "neither release nor package": Variant(dump(GOOD[0]) + b'{"invoices":[]}', 1, 1, "not_ocds"),
    "too deep": Variant(dump(GOOD[0]) + b'{"ocid":' + b"[" * 100_000 + b"]" * 100_000 + b"}", 1, 1, "too_deep"),
    "id too long": Variant(dump([GOOD[0], make_release(9, id="x" * 257)]), 1, 1, "release_id_too_long"),
    "too large": Variant(dump([GOOD[0], make_release(9, tender={"id": "t", "description": "x" * 2**23})]), 1, 1, "document_too_large"),
    "cut off": Variant(CUT, 2, 0, "cut_off", True),
    "cut-off gzip": Variant(gzip.compress(WHOLE)[:-10], 0, 0, "corrupt_gzip", True),
    "damaged gzip": Variant(gzip.compress(WHOLE)[:-8] + bytes(8), 0, 0, "corrupt_gzip", True),
    "not JSON": Variant(b"%PDF-1.7 ...", 0, 0, "corrupt_json", True),
    "rubbish after a good package": Variant(WHOLE + b"]", 3, 0, "corrupt_json", True),
    "empty": Variant(b"", 0, 0, "empty_file", True),
    "UTF-16": Variant(WHOLE.decode().encode("utf-16"), 0, 0, "utf_16_or_32", True),
    "UTF-8 with a damaged byte": Variant(dump(make_package(ACCENTED)).replace(b"\xc3\xa7", b"\xff", 1), 0, 0, "wrong_encoding", True),
}


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return make_ledger(tmp_path / "ledger")


def find_words(code: str) -> str:
    """What people read instead of a code."""
    words = load_words("en")
    return words.get(f"problem.{code}") or words[f"notice.{code}"]


def count_documents(ledger: Path) -> int:
    """Documents in the store, named or not."""
    with closing(sqlite3.connect(f"{(ledger / 'documents.sqlite').as_uri()}?mode=ro", uri=True)) as database:
        return int(database.execute("SELECT count(*) FROM document").fetchone()[0])


@pytest.mark.parametrize("name", VARIANTS)
def test_what_is_good_is_recorded_and_the_rest_is_named(ledger: Path, tmp_path: Path, name: str) -> None:
    variant = VARIANTS[name]
    file = tmp_path / "source"
    file.write_bytes(variant.content)
    is_clean = not variant.refused and not variant.broken
    report = import_files(ledger, file, *variant.options, expect=0 if is_clean else 1)
    assert (report["kinds"]["recorded"], report["kinds"]["refused"]) == (variant.recorded, variant.refused)
    codes = {found["code"] for tally in ("notices", "refusals", "file_problems") for found in report[tally]}
    assert (variant.code in codes) if variant.code else not codes
    assert bool(report["file_problems"]) == variant.broken
    assert sum(found["count"] for found in report["refusals"]) >= variant.refused

    publish(ledger, tmp_path / "published")
    attested = list_attestations(tmp_path / "published")
    assert (len(attested), {each["event"] for each in attested}) == (variant.recorded, {"attested"} if variant.recorded else set())
    assert count_documents(ledger) == variant.recorded + TABLES
    assert all(entry["kind"] == "block" or entry["refusal"] is None for entry in read_entries(tmp_path / "published"))

    state = read_state(ledger)
    again = import_files(ledger, file, *variant.options, expect=0 if is_clean else 1)
    assert again["kinds"] == report["kinds"] | {"recorded": 0, "unchanged": report["kinds"]["unchanged"] + variant.recorded}
    assert read_state(ledger) == state
    shown = run("import", "ocds", file, "--ledger", ledger, *variant.options, expect=0 if is_clean else 1).stdout
    assert f"{report['read']} read, {report['read']} accounted for" in shown
    assert not variant.code or (variant.code not in shown and find_words(variant.code) in shown)


def test_documents_are_utf_8_whatever_the_source_was(ledger: Path, tmp_path: Path) -> None:
    write_json(tmp_path / "latin.json", make_package(ACCENTED), encoding="iso-8859-1")
    import_files(ledger, tmp_path / "latin.json")
    publish(ledger, tmp_path / "published")
    assert read_releases(tmp_path / "published") == parse(dump(drop_contacts(ACCENTED)))
    document = list_attestations(tmp_path / "published")[0]["document"]["sha256"]
    assert "Praça".encode() in read_document(tmp_path / "published", document)


def test_a_file_that_was_cut_off_goes_on_when_it_is_whole(ledger: Path, tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(CUT)
    assert import_files(ledger, tmp_path / "source", expect=1)["kinds"]["recorded"] == 2
    (tmp_path / "source").write_bytes(WHOLE)
    kinds = import_files(ledger, tmp_path / "source")["kinds"]
    assert (kinds["recorded"], kinds["unchanged"]) == (1, 2)


def test_a_missing_file_stops_before_anything_is_recorded(ledger: Path, tmp_path: Path) -> None:
    good = write_package(tmp_path / "good.json", GOOD)
    shown = run("import", "ocds", good, tmp_path / "none.json", "--ledger", ledger, expect=2)
    assert "none.json is not a file" in shown.stderr
    assert count_documents(ledger) == TABLES


def test_a_good_file_after_a_broken_one_is_read(ledger: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_bytes(b'{"releases": [')
    report = import_files(ledger, tmp_path / "broken.json", write_package(tmp_path / "good.json", GOOD), expect=1)
    assert (report["kinds"]["recorded"], [each["code"] for each in report["file_problems"]]) == (3, ["cut_off"])


def test_another_story_under_an_id_stands_beside_the_first(ledger: Path, tmp_path: Path) -> None:
    """A contradiction: recorded and named, left out of what is exported, and in the contract's story."""
    first = write_package(tmp_path / "first.json", GOOD)
    other = write_package(tmp_path / "other.json", [make_release(1, contracts=[{"id": "c1", "awardID": "a1", "value": money(5)}])])
    import_files(ledger, first)
    report = import_files(ledger, other)
    assert (report["read"], report["kinds"]["contradictions"]) == (1, 1)
    assert [(each["code"], each["detail"]) for each in report["notices"]] == [("contradiction", f"{PREFIX}-1 1-1")]
    publish(ledger, tmp_path / "published")
    assert [each["event"] for each in list_attestations(tmp_path / "published")] == ["attested"] * 3 + ["contradicted"]
    assert verify(tmp_path / "published", "--closed")["verdict"] == "in order"

    state = read_state(ledger)
    assert import_files(ledger, first, other)["kinds"]["unchanged"] == 4
    assert read_state(ledger) == state
    story = run_json("show", f"{PREFIX}-1", "--ledger", ledger)
    assert [line["event"] for line in story["lines"]].count("contradicted") == 1
    assert amounts_exported(ledger, tmp_path / "out.json") == [900, 901, 902]


def test_two_stories_within_a_file(ledger: Path, tmp_path: Path) -> None:
    other = make_release(1, contracts=[{"id": "c1", "awardID": "a1", "value": money(5)}])
    kinds = import_files(ledger, write_package(tmp_path / "source.json", [*GOOD[1:], other, GOOD[1], other]))["kinds"]
    assert kinds == {"recorded": 2, "unchanged": 2, "updated": 0, "contradictions": 1, "refused": 0}
    assert read_state(ledger)["entries"] == 4


def test_a_publisher_that_contradicts_itself_for_ever_is_stopped(ledger: Path, tmp_path: Path) -> None:
    """A release has a bounded number of versions; what is beyond is not sent again and again, to be refused on the record."""
    stories = [make_release(1, contracts=[{"id": "c1", "awardID": "a1", "value": money(number)}]) for number in range(MAX_VERSIONS)]
    assert import_files(ledger, write_package(tmp_path / "full.json", [*stories, GOOD[2]]))["kinds"]["contradictions"] == MAX_VERSIONS - 1
    state = read_state(ledger)
    report = import_files(ledger, write_package(tmp_path / "more.json", [*GOOD[1:], *stories]), expect=1)
    assert (report["kinds"]["refused"], report["kinds"]["unchanged"]) == (1, MAX_VERSIONS + 1)
    assert [(each["code"], each["first"]) for each in report["refusals"]] == [("procurement.45.3", "more.json, release 1")]
    assert read_state(ledger) == state


def test_a_release_redacted_anew_is_an_update(ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same release under later rules of redaction: both documents stay, the newer one is exported."""
    import_files(ledger, write_package(tmp_path / "first.json", GOOD))
    tender = {**GOOD[1]["tender"], "description": "Benches"}
    monkeypatch.setattr("prasasti.integrations.ocds.attestation.REDACTION_VERSION", REDACTION_VERSION + 1)
    kinds = import_files(ledger, write_package(tmp_path / "later.json", [GOOD[0], make_release(1, tender=tender)]))["kinds"]
    assert (kinds["unchanged"], kinds["updated"]) == (1, 1)
    publish(ledger, tmp_path / "published")
    attested = list_attestations(tmp_path / "published")
    assert [(each["event"], each["redaction_version"]) for each in attested[2:]] == [
        ("attested", REDACTION_VERSION),
        ("updated", REDACTION_VERSION + 1),
    ]
    assert len(read_releases(tmp_path / "published")) == 4
    run("export", "ocds", "--output", tmp_path / "out.json", "--ledger", ledger)
    records = parse((tmp_path / "out.json").read_bytes())["records"]
    assert [record["compiledRelease"]["tender"]["description"] for record in records][1] == "Benches"


def test_one_id_for_every_release_gives_each_its_own(ledger: Path, tmp_path: Path) -> None:
    """The document keeps the source's id; entry and export have the document's hash."""
    import_files(ledger, write_package(tmp_path / "source.json", [each | {"id": "1"} for each in GOOD]))
    publish(ledger, tmp_path / "published")
    attested = list_attestations(tmp_path / "published")
    assert [each["release_id"] for each in attested] == [each["document"]["sha256"][:32] for each in attested]
    assert {release["id"] for release in read_releases(tmp_path / "published")} == {"1"}
    run("export", "ocds", "--package", "release", "--output", tmp_path / "out.json", "--ledger", ledger)
    exported = parse((tmp_path / "out.json").read_bytes())["releases"]
    assert [release["id"] for release in exported] == [each["release_id"] for each in attested]


@pytest.mark.parametrize("first", [1, 2])
def test_what_was_recorded_under_another_kind_of_id_is_not_recorded_again(ledger: Path, tmp_path: Path, first: int) -> None:
    """One release alone shows no single id, two do, and with a third of another id they do not again."""
    same = [make_release(number, id="1") for number in range(3)]
    source = [*same[:first], make_release(9)] if first == 2 else same
    assert import_files(ledger, write_package(tmp_path / "first.json", same[:first]))["kinds"]["recorded"] == first
    kinds = import_files(ledger, write_package(tmp_path / "second.json", source))["kinds"]
    assert (kinds["unchanged"], kinds["recorded"]) == (first, len(source) - first)


def test_a_foreign_prefix_leaves_no_trace(tmp_path: Path) -> None:
    """The contract would refuse it, on the record; so it is not sent, and a repetition adds no refusal either."""
    keys = tmp_path / "ledger" / "keys"
    keys.mkdir(parents=True)
    public = {name: run_json("key", "make", keys / f"{name}.training.seed")["public_key"] for name in ("log", "registrar", PUBLISHER)}
    make_redaction_key(keys / f"{PUBLISHER}.redaction.key")
    founders = {
        "domain": "ledger.example", "ledger": "prefixes", "log_key": public["log"],
        "members": [
            {
                "id": "agency-1", "class": "agency",
                "keys": [{"handle": "registrar", "key": public["registrar"], "roles": ["identity.registrar"]}],
            }
        ],
        "organisations": [
            {
                "id": PUBLISHER, "ocid_prefixes": [PREFIX],
                "keys": [{"handle": PUBLISHER, "key": public[PUBLISHER], "roles": ["procurement.publisher"]}],
            }
        ],
    }  # fmt: skip
    genesis = build_genesis(founders, 1_700_000_000, bootstrap.allowed_parts(), 8, training=True)
    bootstrap.create_ledger(tmp_path / "ledger", genesis)
    foreign = [make_release(number, ocid=f"ocds-other1-{number}") for number in range(3, 6)]
    source = write_package(tmp_path / "source.json", [*GOOD, *foreign])
    for recorded in (3, 0):
        report = import_files(tmp_path / "ledger", source, expect=1)
        assert (report["kinds"]["recorded"], report["kinds"]["refused"]) == (recorded, 3)
        assert [(each["code"], each["detail"], each["count"]) for each in report["refusals"]] == [("procurement.45.1", "ocds-other1", 3)]
        assert read_state(tmp_path / "ledger")["entries"] == 4
    shown = run("import", "ocds", source, "--ledger", tmp_path / "ledger", expect=1).stdout
    assert load_words("en")["refusal.procurement_45_1"] in shown
    assert count_documents(tmp_path / "ledger") == 3 + TABLES


def test_unlisted_schemes_are_named(ledger: Path, tmp_path: Path) -> None:
    source = write_package(tmp_path / "source.json", [with_suppliers(3)])
    assert import_files(ledger, source)["unlisted_schemes"]["XX-REG"] == 3
    assert "XX-REG" in run("import", "ocds", source, "--ledger", ledger).stdout


@pytest.mark.parametrize(("since", "until", "numbers"), [("2026-03-02", "2026-03-04", [1, 2]), ("2026-03-28", "2030-01-01", [27])])
def test_an_export_of_a_time_has_the_releases_of_those_days(
    ledger: Path, tmp_path: Path, since: str, until: str, numbers: list[int]
) -> None:
    import_files(ledger, write_package(tmp_path / "source.json", map(make_release, range(28))))
    chosen = ("--from", since, "--to", until)
    run("export", "ocds", "--package", "release", *chosen, "--output", tmp_path / "out.json", "--ledger", ledger)
    exported = parse((tmp_path / "out.json").read_bytes())["releases"]
    assert exported == parse(dump(drop_contacts([make_release(number) for number in numbers])))


@pytest.mark.parametrize(
    ("change", "extensions"),
    [
        ({}, []),
        ({"bids": {"details": [{"id": "b1"}]}}, ["ocds_bid_extension/v1.1.5"]),
        ({"tender": {"id": "t", "lots": [{"id": "l1"}]}}, ["ocds_lots_extension/v1.1.5"]),
    ],
)
def test_extensions_are_declared_where_they_are_used(ledger: Path, tmp_path: Path, change: dict[str, Any], extensions: list[str]) -> None:
    import_files(ledger, write_package(tmp_path / "source.json", [make_release(1, **change)]))
    base = "https://raw.githubusercontent.com/open-contracting-extensions"
    for package in ("record", "release"):
        run("export", "ocds", "--package", package, "--output", tmp_path / "out.json", "--ledger", ledger)
        exported = parse((tmp_path / "out.json").read_bytes())
        assert exported.get("extensions", []) == [f"{base}/{name}/extension.json" for name in extensions]


def test_a_whole_process_compiles_as_its_source_does(ledger: Path, tmp_path: Path) -> None:
    """The standard's fictional example, all six stages, against ocdsmerge with the official schema on the source itself."""
    folder = shared("ocds", "ocp-fictional", "fictional-example", "1.1")
    stages = sorted(folder.glob("*-0?-*.json"))
    source = [release for path in stages for release in parse(path.read_bytes())["releases"]]
    assert len(source) == 6
    assert import_files(ledger, *stages)["kinds"]["recorded"] == 6
    assert import_files(ledger, *folder.glob("*.json"))["kinds"]["unchanged"] == 12
    run("export", "ocds", "--output", tmp_path / "out.json", "--ledger", ledger)
    (record,) = parse((tmp_path / "out.json").read_bytes())["records"]
    assert record["releases"] == drop_contacts(source)
    merger = ocdsmerge.Merger(read_official_schema())
    assert record["compiledRelease"] == drop_contacts(merger.create_compiled_release(source))


def read_official_schema() -> Any:
    """The release schema of the standard with ten extensions, its references to itself resolved by ocdsmerge."""
    with zipfile.ZipFile(SHARED / "data" / "ocds" / "schema" / "ocds-1.1.5-with-10-extensions.zip") as archive:
        return json.loads(archive.read("standard-1__1__5/schema/dereferenced-release-schema.json"))


def amounts_exported(ledger: Path, path: Path) -> list[int]:
    """The value of each process's first contract, as the export compiles it."""
    run("export", "ocds", "--output", path, "--ledger", ledger)
    records = parse(path.read_bytes())["records"]
    return [int(record["compiledRelease"]["contracts"][0]["value"]["amount"]) for record in records]
