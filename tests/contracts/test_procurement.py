"""Attested releases: new, the same, update, contradiction; and lists that leave nothing out."""

from __future__ import annotations

import csv
import io
import json
import tempfile
import zipfile
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prasasti.contracts.procurement.messages import AttestRelease
from prasasti.contracts.procurement.parameters import MAX_VERSIONS, RELEASE_TAGS
from prasasti.contracts.procurement.records import ReleaseRecord, ReleaseVersion, item_key
from prasasti.contracts.procurement.transitions import compute_version_kind
from prasasti.core.encoding import encode_canonical
from prasasti.core.entries import MAX_EVENTS_BYTES
from prasasti.core.types import Document
from tests.core.examples import DOCUMENT, release
from tests.core.ledger import ACCEPTED, Ledger, Signer
from tests.judges import shared

Arguments = dict[str, Any]


def document(number: int) -> dict[str, Any]:
    return DOCUMENT | {"sha256": f"{number:064x}"}


def attest(ledger: Ledger, arguments: Arguments) -> bytes:
    signer: Signer = (f"{arguments['publisher']}/publisher", "procurement.publisher")
    return ledger.sign("procurement.attest_release", arguments, signer)


def key(*parts: str) -> str:
    """The digest in a key, from formats.md: parts with a zero byte between, 32 hex digits of their SHA-256."""
    return sha256(b"\x00".join(part.encode() for part in parts)).hexdigest()[:32]


def play(ledger: Ledger, *versions: Arguments) -> list[str]:
    """Kinds of the versions of one release that a sequence of transactions made; "same" where nothing was written."""
    kinds = []
    for changes in versions:
        before = ledger.root
        assert ledger.seal(attest(ledger, release(**changes))) == [ACCEPTED]
        events = json.loads(bytes(ledger.results[-1].receipts[0].events))
        names = {"attested": "new", "updated": "update", "contradicted": "contradiction"}
        kinds.append(names[events[0]["event"].rpartition("_")[2]] if events else "same")
        assert (ledger.root == before) == (not events)
    return kinds


FIRST: Arguments = {"document": document(1)}
OTHERWISE: Arguments = {"date": 5, "tag": ["award"], "buyer": "other", "redaction_version": 9}
SEQUENCES: dict[str, tuple[list[Arguments], list[str]]] = {
    "the same document": ([FIRST, FIRST], ["new", "same"]),
    "the same document with other arguments": ([FIRST, FIRST | OTHERWISE], ["new", "same"]),
    "redacted anew": ([FIRST, {"document": document(2), "redaction_version": 2}], ["new", "update"]),
    "redacted anew, twice": (
        [FIRST, {"document": document(2), "redaction_version": 2}, {"document": document(3), "redaction_version": 3}],
        ["new", "update", "update"],
    ),
    "another document": ([FIRST, {"document": document(2)}], ["new", "contradiction"]),
    "a lower redaction version": (
        [FIRST | {"redaction_version": 2}, {"document": document(2), "redaction_version": 1}], ["new", "contradiction"]),
    "another date": ([FIRST, {"document": document(2), "redaction_version": 2, "date": 5}], ["new", "contradiction"]),
    "another tag": ([FIRST, {"document": document(2), "redaction_version": 2, "tag": ["award"]}], ["new", "contradiction"]),
    "a tag more": ([FIRST, {"document": document(2), "redaction_version": 2, "tag": ["award", "contract"]}], ["new", "contradiction"]),
    "an update after a contradiction": (
        [FIRST, {"document": document(2), "date": 5}, {"document": document(3), "redaction_version": 2}],
        ["new", "contradiction", "update"],
    ),
    "a contradiction is no measure": (
        [FIRST, {"document": document(2), "date": 5}, {"document": document(3), "date": 5, "redaction_version": 2}],
        ["new", "contradiction", "contradiction"],
    ),
    "measured against the newest update": (
        [FIRST, {"document": document(2), "redaction_version": 3}, {"document": document(3), "redaction_version": 2}],
        ["new", "update", "contradiction"],
    ),
    "an earlier version again": (
        [FIRST, {"document": document(2), "redaction_version": 2}, FIRST],
        ["new", "update", "same"],
    ),
    "a contradiction again": ([FIRST, {"document": document(2)}, {"document": document(2)}], ["new", "contradiction", "same"]),
    "another release of the process": ([FIRST, FIRST | {"release_id": "r2"}], ["new", "new"]),
    "another process with the same release id": ([FIRST, FIRST | {"ocid": "ocds-abc123-2"}], ["new", "new"]),
    "ids that run together otherwise": (
        [FIRST | {"ocid": "ocds-abc123-1", "release_id": "23"}, FIRST | {"ocid": "ocds-abc123-12", "release_id": "3"}],
        ["new", "new"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SEQUENCES)
def test_what_another_document_is(tmp_path: Path, name: str) -> None:
    versions, kinds = SEQUENCES[name]
    assert play(Ledger(tmp_path), *versions) == kinds


def test_the_record_keeps_every_version_oldest_first(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    other: Signer = ("publisher-2/publisher", "procurement.publisher")
    assert ledger.do("procurement.attest_release", release(7, publisher="publisher-2", ocid="x"), other) == ACCEPTED
    play(
        ledger, FIRST, {"document": document(2), "redaction_version": 2, "suppliers": ["XX-9"]}, {"document": document(3), "buyer": "XX-8"}
    )
    record = json.loads(ledger.records()[f"procurement/release/{key('publisher-1', 'ocds-abc123-1', 'r1')}"])
    assert {name: record[name] for name in ("number", "ocid", "publisher", "release_id")} == {
        "number": 0, "ocid": "ocds-abc123-1", "publisher": "publisher-1", "release_id": "r1",
    }  # fmt: skip
    assert [(version["kind"], version["document"], version["redaction_version"], version["time"]) for version in record["versions"]] == [
        (kind, document(number)["sha256"], redaction, ledger.time)
        for kind, number, redaction in (("new", 1, 1), ("update", 2, 2), ("contradiction", 3, 1))
    ]
    counts = [ledger.application.query(f"procurement/{party}/count") for party in ("supplier/XX-9", "buyer/XX-8")]
    assert counts == [b"1", b"1"], "later versions name parties too"


def test_the_largest_events_fit(tmp_path: Path) -> None:
    """What JSON escapes doubles: quotes all through both ids stay far below 2,048 bytes."""
    ledger = Ledger(tmp_path)
    arguments = release(publisher="publisher-2", ocid='"' * 128, release_id="\\" * 256)
    assert ledger.seal(attest(ledger, arguments)) == [ACCEPTED]
    assert 768 < len(bytes(ledger.results[-1].receipts[0].events)) < MAX_EVENTS_BYTES // 2


def test_the_codelist_is_that_of_the_standard() -> None:
    """releaseTag of OCDS 1.1.5, which is closed, from the official schema."""
    with zipfile.ZipFile(shared("ocds", "schema", "ocds-1.1.5-with-10-extensions.zip")) as schema:
        name = next(name for name in schema.namelist() if name.endswith("codelists/releaseTag.csv"))
        rows = list(csv.DictReader(io.StringIO(schema.read(name).decode("utf-8"))))
    assert sorted(row["Code"] for row in rows) == list(RELEASE_TAGS)


PARTIES = st.sampled_from([[], ["p"], ["p", "p:0"], ["q"]])
ATTESTS = st.builds(
    lambda publisher, process, name, number, date, version, buyer, suppliers, tag: release(
        publisher=f"publisher-{publisher}",
        ocid=f"ocds-abc123-{process}",
        release_id=name,
        document=document(number),
        date=date,
        redaction_version=version,
        buyer=buyer,
        suppliers=suppliers,
        tag=tag,
    ),
    st.integers(1, 3), st.integers(1, 2), st.sampled_from(["a", "b"]), st.integers(1, 4), st.integers(1, 2), st.integers(1, 3),
    st.sampled_from(["", "p", "p:0", "q"]), PARTIES, st.sampled_from([["award"], ["contract"], ["gift"]]),
)  # fmt: skip


class Model:
    """The rules in a few lines over plain lists, to compare the state with."""

    def __init__(self) -> None:
        self.releases: dict[tuple[str, str, str], list[tuple[str, Arguments]]] = {}
        self.lists: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.named: set[tuple[str, str]] = set()

    def attest(self, arguments: Arguments) -> str:
        publisher, ocid, release_id = arguments["publisher"], arguments["ocid"], arguments["release_id"]
        if publisher == "publisher-3":
            return "procurement.45.1"
        if arguments["tag"] == ["gift"]:
            return "procurement.45.2"
        known = self.releases.setdefault((publisher, ocid, release_id), [])
        if any(each["document"] == arguments["document"] for _, each in known):
            return ACCEPTED
        measure = [each for kind, each in known if kind != "contradiction"][-1:]
        is_newer = [arguments["redaction_version"] > each["redaction_version"] for each in measure]
        if not known:
            kind = "new"
            self.append("publisher", publisher, {"ocid": ocid, "release_id": release_id})
        elif is_newer[0] and all(arguments[name] == measure[0][name] for name in ("tag", "date")):
            kind = "update"
        else:
            kind = "contradiction"
        known.append((kind, arguments))
        self.named.add((arguments["document"]["sha256"], publisher))
        for name, parties in (("buyer", [arguments["buyer"]]), ("supplier", arguments["suppliers"])):
            for party in filter(None, parties):
                process = {"ocid": ocid, "publisher": publisher}
                if process not in self.lists.get((name, party), []):
                    self.append(name, party, process)
        return ACCEPTED

    def append(self, name: str, party: str, item: dict[str, str]) -> None:
        self.lists.setdefault((name, party), []).append(item)

    def records(self) -> dict[str, Any]:
        """What stands under ``procurement/``, versions left to a look of their own."""
        found: dict[str, Any] = {}
        for (name, party), items in self.lists.items():
            found[f"procurement/{name}/{party}/count"] = len(items)
            for number, item in enumerate(items):
                found[f"procurement/{name}/{party}:{number // 256}/{number}"] = item
                if name != "publisher":
                    found[f"procurement/listed/{key(name, party, item['publisher'], item['ocid'])}"] = {"number": number}
        for (publisher, ocid, release_id), versions in self.releases.items():
            number = self.lists["publisher", publisher].index({"ocid": ocid, "release_id": release_id})
            kinds = [(kind, arguments["document"]["sha256"]) for kind, arguments in versions]
            found[f"procurement/release/{key(publisher, ocid, release_id)}"] = (number, publisher, ocid, release_id, kinds)
        return found


@given(blocks=st.lists(st.lists(ATTESTS, min_size=1, max_size=6), max_size=6))
@settings(max_examples=60)
def test_lists_are_numbered_without_gaps(blocks: list[list[Arguments]]) -> None:
    """After any sequence: counts equal items, no number is left out, each (publisher, ocid) stands once with a party."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder))
        model = Model()
        for block in blocks:
            expected = [model.attest(arguments) for arguments in block]
            assert ledger.seal(*(attest(ledger, arguments) for arguments in block)) == expected
        state = {name: json.loads(value) for name, value in ledger.records().items()}
        found = {name: value for name, value in state.items() if name.startswith("procurement/")}
        for name, record in found.items():
            if name.startswith("procurement/release/"):
                kinds = [(version["kind"], version["document"]) for version in record["versions"]]
                found[name] = (record["number"], record["publisher"], record["ocid"], record["release_id"], kinds)
        assert found == model.records()
        named = {(name.split("/")[2], name.split("/")[3]) for name in state if name.startswith("governance/document/")}
        assert named == model.named
        ledger.close()


def test_pages_hold_256_items(tmp_path: Path) -> None:
    """A home stays bounded; one record more is the count of an id that ends like a page (RULES.md, Records)."""
    ledger = Ledger(tmp_path)
    total = 520
    arguments = [
        release(number, publisher="publisher-2", ocid=f"o{number}", buyer="b", suppliers=["b", "b:0"] if number < 3 else ["b"])
        for number in range(total)
    ]
    assert ledger.seal(*(attest(ledger, each) for each in arguments)) == [ACCEPTED] * total
    homes = Counter("/".join(name.split("/")[:3]) for name in ledger.records())
    assert homes["procurement/publisher/publisher-2:0"] == homes["procurement/publisher/publisher-2:1"] == 256
    assert homes["procurement/publisher/publisher-2:2"] == total - 512
    assert homes["procurement/supplier/b:0"] == 257
    assert max(homes.values()) == 257
    assert ledger.application.query("procurement/supplier/b/count") == str(total).encode()
    assert ledger.application.query("procurement/supplier/b:0/count") == b"3"
    assert ledger.application.query(item_key("supplier", "b", total - 1)) == b'{"ocid":"o519","publisher":"publisher-2"}'
    assert ledger.application.query(item_key("supplier", "b", total)) is None


def test_the_largest_release_record_stays_readable() -> None:
    """64 versions with every tag: about a hundred kilobytes, read again only when the same release comes."""
    version = ReleaseVersion(2**53 - 1, "f" * 64, "contradiction", 9_999, [f"{number:02}" + "t" * 62 for number in range(16)], 2**53 - 1)
    record = ReleaseRecord(2**53 - 1, "\u00e9" * 64, "p" * 100, "\u00e9" * 128, [version] * MAX_VERSIONS)
    assert len(encode_canonical(record)) < 100_000


def test_the_kind_is_computed_from_values_alone() -> None:
    arguments = AttestRelease("", 5, Document("application/json", "2" * 64, 1), "o", "p", 2, "r", [], ["award"])
    version = ReleaseVersion(5, "1" * 64, "new", 1, ["award"], 0)
    assert compute_version_kind(None, arguments) == "new"
    assert compute_version_kind(ReleaseRecord(0, "o", "p", "r", [version]), arguments) == "update"
