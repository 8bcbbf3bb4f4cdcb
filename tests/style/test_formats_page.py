"""docs/formats.md says what the code does: limits, fields, effects, files and the worked example's values are compared."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import fields

from prasasti.core import admission, encoding, entries, envelope, genesis, types
from prasasti.core.contract import encode_table
from prasasti.core.key_types import KEY_TYPES
from prasasti.log.checkpoint import build_log_key, format_vkey, sign_checkpoint
from prasasti.log.publish import MAX_ENTRY_BYTES, PUBLISHED_NAMES
from prasasti.log.source import Withheld
from prasasti.services.state_proofs import format_state_proof
from prasasti.storage.documents import MAX_DOCUMENT_BYTES, MEDIA_TYPES
from prasasti.storage.ledger_database import LedgerDatabase
from prasasti_verify.hashing import bucket_of, compute_root
from prasasti_verify.standing import EFFECTS, compute_state_root
from prasasti_verify.verify import REFUSED_ID_SECONDS
from tests.core.worked_example import LOG, OFFICER, PUBLISHER, REGISTRAR, build_contracts, build_envelopes, build_genesis, key_of
from tests.log.worlds import SeedKey
from tests.services.example import build_example

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "formats.md"
TEXT = PAGE.read_text(encoding="utf-8")
MAX_LINES = 350
OFFICER_RECORD = f"identity/key/{key_of(OFFICER)}"

LIMITS = {
    "integer, either sign": (types.MAX_SAFE_INTEGER,),
    "depth of nesting": (encoding.MAX_DEPTH,),
    "envelope": (envelope.MAX_ENVELOPE_BYTES,),
    "payload": (envelope.MAX_PAYLOAD_BYTES,),
    "signatures of an envelope": (1, envelope.MAX_SIGNATURES),
    "parameters `max_expiry_seconds`, `max_expiry_seconds_several`": (genesis.MAX_EXPIRY_SECONDS,),
    f"refusals of an actor within {admission.QUOTA_WINDOW_SECONDS:,} seconds, from which on nothing is admitted": (
        admission.QUOTA_REFUSALS,
    ),
    "`events` of a transaction": (entries.MAX_EVENTS_BYTES,),
    "one event of a deadline": (entries.MAX_DEADLINE_EVENT_BYTES,),
    "events of all deadlines in a block, with a comma each": (entries.MAX_BLOCK_EVENTS_BYTES,),
    "log entry": (entries.MAX_ENTRY_BYTES,),
    "`bucket_bits`": (4, 22),
    "document": (1, MAX_DOCUMENT_BYTES),
}
STRUCTS: dict[str, type[Struct]] = {
    "genesis": genesis.Genesis,
    "contract": genesis.ContractReference,
    "member": genesis.FoundingMember,
    "organisation": genesis.FoundingOrganisation,
    "founding key": genesis.FoundingKey,
    "consensus parts": genesis.ConsensusParts,
    "envelope": envelope.Envelope,
    "signature": envelope.Signature,
    "payload": envelope.Payload,
    "signer": envelope.Signer,
    "block entry": entries.BlockEntry,
    "transaction entry": entries.TransactionEntry,
    "refusal": entries.Refusal,
    "receipt": entries.Receipt,
    "document": types.Document,
}


def read_tables(first: str, text: str = TEXT) -> list[list[str]]:
    """Rows of all tables whose first column has this heading."""
    rows: list[list[str]] = []
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
        rows += cells[2:] if cells[0][0] == first else []
    return rows


def read_pairs(first: str) -> dict[str, str]:
    """The first two columns of such tables, no row twice."""
    rows = read_tables(first)
    pairs = {row[0]: row[1] for row in rows}
    assert len(pairs) == len(rows) > 0
    return pairs


def read_fields(cell: str) -> list[str]:
    """Names in the first code span of a cell."""
    found = re.match("`([^`]+)`", cell)
    assert found, cell
    return found[1].split()


def find_numbers(cell: str) -> tuple[int, ...]:
    return tuple(int(number.replace(",", "")) for number in re.findall(r"[0-9][0-9,]*", cell))


@pytest.fixture
def database(tmp_path: Path) -> LedgerDatabase:
    return build_example(tmp_path)


def sign_tip(database: LedgerDatabase) -> tuple[bytes, str]:
    """Checkpoint and vkey of the example."""
    parsed = genesis.decode_genesis(build_genesis())
    key = build_log_key(genesis.compute_origin(parsed), LOG.verify_key.encode())
    root = compute_root([leaf for leaf, _ in database.entries(0, database.size())])
    return sign_checkpoint(key, database.size(), root, SeedKey(LOG.encode())), format_vkey(key)


def test_types_of_keys_are_those_of_the_page() -> None:
    def spell(size: int | None) -> str:
        return "–" if size is None else f"{size:,}"

    kinds = [
        (f"{number:02x}", each.what, spell(each.public_key_bytes), spell(each.signature_bytes)) for number, each in KEY_TYPES.items()
    ]
    rows = read_tables("type")
    assert [tuple(row[:4]) for row in rows] == kinds
    assert [row[4].startswith("verified") for row in rows] == [each.is_verified for each in KEY_TYPES.values()]


def test_the_page_stays_short_and_its_links_lead_somewhere() -> None:
    assert len(TEXT.splitlines()) <= MAX_LINES
    links = re.findall(r"\]\(([^)#:]+)\)", TEXT)
    assert "refusals.md" in links
    assert [link for link in links if not (PAGE.parent / link).is_file()] == []


def test_limits_are_the_constants() -> None:
    assert {what: find_numbers(value) for what, value in read_pairs("limit").items()} == LIMITS
    assert entries.MAX_ENTRY_BYTES == MAX_ENTRY_BYTES
    assert "for 7 days" in TEXT
    assert REFUSED_ID_SECONDS == genesis.MAX_EXPIRY_SECONDS == 7 * 86_400
    assert f"type `{envelope.PAYLOAD_TYPE}`" in TEXT
    for name in genesis.REQUIRED_PARAMETERS:
        assert f"`{name}`" in TEXT
    taken = TEXT[TEXT.index("these media types:") : TEXT.index("The door is no part of consensus")]
    assert tuple(re.findall("`([^`]+)`", taken)) == MEDIA_TYPES


def test_bucket_bits_are_bounded_as_the_page_says() -> None:
    for bits in (3, *LIMITS["`bucket_bits`"], 23):
        changed = build_genesis().replace(b'"bucket_bits":4', b'"bucket_bits":%d' % bits)
        if bits in LIMITS["`bucket_bits`"]:
            assert genesis.decode_genesis(changed).bucket_bits == bits
        else:
            with pytest.raises(encoding.EncodingProblem, match="bucket_bits"):
                genesis.decode_genesis(changed)


def test_objects_have_the_fields_that_the_page_lists(database: LedgerDatabase) -> None:
    expected: dict[str, list[str]] = {name: sorted(field.encode_name for field in fields(kind)) for name, kind in STRUCTS.items()}
    table = json.loads(encode_table(build_contracts()[1]))
    action = table["actions"]["register_key"]
    proof = json.loads(format_state_proof(database, sign_tip(database)[0], OFFICER_RECORD))
    asked = [record for record in proof["buckets"][0]["records"] if "value" in record]
    others = [record for record in proof["buckets"][0]["records"] if "value" not in record]
    expected |= {"table": sorted(table), "action": sorted(action), "allowed signers": sorted(action["signers"])}
    expected |= {"proof": sorted(proof), "proof's block": sorted(proof["block"]), "proof's bucket": sorted(proof["buckets"][0])}
    expected |= {"record shown": sorted(asked[0]), "record beside it": sorted(others[0]), "withheld document": sorted(Withheld._fields)}
    assert {name: read_fields(cell) for name, cell in read_pairs("object").items()} == expected


def test_the_records_of_genesis_are_those() -> None:
    found: dict[str, list[str]] = {}
    for key, value in genesis.list_genesis_records(genesis.decode_genesis(build_genesis())).items():
        found[key.rpartition("/")[0]] = sorted(json.loads(value))
    assert {key.strip("`").rpartition("/")[0]: read_fields(cell) for key, cell in read_pairs("key").items()} == found


def test_effects_are_those_that_the_verifier_knows() -> None:
    listed = {name.strip("`"): "|".join(re.findall("`([^`]+)`", cell)) for name, cell in read_pairs("effect").items()}
    assert listed == EFFECTS


def test_files_of_the_folder_are_those_that_are_published() -> None:
    names = [path.split("/")[0] for row in read_tables("file") for path in re.findall("`([^`]+)`", row[0])]
    assert sorted(dict.fromkeys(names)) == sorted(PUBLISHED_NAMES)


def compute_example(database: LedgerDatabase) -> dict[str, str]:
    """Every value of the worked example's table, under its heading there."""
    contracts, genesis_bytes = build_contracts(), build_genesis()
    keys = {"registrar's": REGISTRAR, "officer's new": OFFICER, "log's": LOG, "publisher's": PUBLISHER}
    values = {f"{name} public key, seed {key.encode()[:1].hex()}": key_of(key) for name, key in keys.items()}
    for contract in contracts:
        table = encode_table(contract)
        values[f"H of {contract.name}'s table, {len(table):,} bytes"] = sha256(table).hexdigest()
    values[f"H of genesis.json, {len(genesis_bytes):,} bytes"] = sha256(genesis_bytes).hexdigest()
    envelopes = [envelope.decode_envelope(data) for data in build_envelopes(genesis.compute_chain(genesis_bytes))]
    for height, (_, payload) in enumerate(envelopes, 1):
        values[f"id of block {height}'s transaction, {len(payload):,} bytes"] = envelope.compute_id(payload)
    signed, payload = envelopes[0]
    encoded = envelope.encode_pae(payload)
    values[f"H of block 1's pre-authentication encoding, {len(encoded):,} bytes"] = sha256(encoded).hexdigest()
    for name, key in (("registrar", REGISTRAR), ("officer's key", OFFICER)):
        values[f"its signature by the {name}"] = b64encode(key.sign(encoded).signature).decode()
    assert sorted(each.sig for each in signed.signatures) == sorted(
        values[f"its signature by the {name}"] for name in ("registrar", "officer's key")
    )
    blocks = [row for row, _ in database.iterate_blocks()]
    log = list(database.entries(0, database.size()))
    first = json.loads(log[0][1])
    records = genesis.list_genesis_records(genesis.decode_genesis(genesis_bytes))
    values["state root at genesis"] = compute_state_root({key: json.loads(value) for key, value in records.items()}, 4).hex()
    values["state root after blocks 1 and 2"] = first["state_root"]
    values["app hash at genesis"] = first["previous_app_hash"]
    values |= {f"app hash after block {row.height}": row.app_hash.hex() for row in blocks if row.height}
    values |= {f"leaf of entry {at}, {len(entry):,} bytes": leaf.hex() for at, (leaf, entry) in enumerate(log)}
    values |= {f"log root of {size} entries": compute_root([leaf for leaf, _ in log[:size]]).hex() for size in (2, 4)}
    proof = format_state_proof(database, sign_tip(database)[0], OFFICER_RECORD)
    values[f"H of the state proof of the officer's key, {len(proof):,} bytes"] = sha256(proof).hexdigest()
    return values


def test_the_worked_example_is_what_the_code_computes(database: LedgerDatabase) -> None:
    assert {what: value.strip("`") for what, value in read_pairs("what").items()} == compute_example(database)


def test_the_texts_of_the_worked_example_are_its_bytes(database: LedgerDatabase) -> None:
    genesis_bytes = build_genesis()
    founding = [*(encode_table(contract) for contract in build_contracts()), genesis_bytes]
    _, payload = envelope.decode_envelope(build_envelopes(genesis.compute_chain(genesis_bytes))[0])
    log = [entry for _, entry in database.entries(0, database.size())]
    whole: dict[str, Any] = json.loads(log[1])
    log[1] = log[1].replace(encoding.encode_canonical(whole["envelope"]), b"<envelope>")
    proof = json.loads(format_state_proof(database, sign_tip(database)[0], OFFICER_RECORD))
    record = next(each["value"] for each in proof["buckets"][0]["records"] if each["key"] == OFFICER_RECORD)
    blocks = [block.splitlines() for block in re.findall(r"^```json\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)]
    assert blocks == [[line.decode() for line in founding], [line.decode() for line in (payload, *log)] + [record]]
    note, vkey = sign_tip(database)
    assert re.findall(r"^```text\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL) == [note.decode(), f"{vkey}\n"]


def test_buckets_of_the_worked_example_are_where_the_page_says() -> None:
    records = genesis.list_genesis_records(genesis.decode_genesis(build_genesis()))
    listed = {key.strip("`"): int(number) for key, number in read_pairs("record").items()}
    assert listed == {key: bucket_of(key, 4) for key in records}
    assert f"That of the officer's key is {bucket_of(OFFICER_RECORD, 4)}." in TEXT
