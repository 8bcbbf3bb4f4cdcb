"""A ledger made by hand, from the formats alone: entries, signatures, tiles, folders, proofs. Imports neither node nor verifier.

Hashes by naive recursion over RFC 6962's and CometBFT's definitions, so that it judges what the verifier computes cleverly.
"""

from __future__ import annotations

import json
import shutil
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256 as _sha256
from pathlib import Path
from typing import Any

from nacl.signing import SigningKey

START = 1_767_225_600
PAYLOAD_TYPE = "application/vnd.prasasti.transaction.v1+json"
REGISTRAR, OFFICER, LOG, PUBLISHER = 1, 2, 3, 4
Json = dict[str, Any]


def sha256(data: bytes) -> bytes:
    return _sha256(data).digest()


def canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def signing_key(seed: int) -> SigningKey:
    return SigningKey(bytes([seed]) * 32)


def key_of(seed: int) -> str:
    return bytes(signing_key(seed).verify_key).hex()


def sign(seed: int, message: bytes) -> bytes:
    return bytes(signing_key(seed).sign(message).signature)


def compute_tree(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, 2.1, over leaf hashes."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"")
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + compute_tree(leaves[:split]) + compute_tree(leaves[split:]))


def list_aunts(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """RFC 6962, 2.1.1."""
    if len(leaves) < 2:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return [*list_aunts(index, leaves[:split]), compute_tree(leaves[split:])]
    return [*list_aunts(index - split, leaves[split:]), compute_tree(leaves[:split])]


def hash_entry(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry)


def hash_pair(key: bytes, value_hash: bytes) -> bytes:
    """Leaf of CometBFT's ``simple:v``."""
    length = bytes([len(key)]) if len(key) < 128 else bytes([len(key) & 127 | 128, len(key) >> 7])
    return sha256(b"\x00" + length + key + b"\x20" + value_hash)


class State:
    """Records under the state tree."""

    def __init__(self, records: Mapping[str, object], bits: int) -> None:
        self.bits = bits
        self.texts = {key: canonical(value).decode() for key, value in records.items()}

    def bucket_of(self, key: str) -> int:
        return int.from_bytes(sha256("/".join(key.split("/")[:3]).encode()), "big") >> (256 - self.bits)

    def keys_in(self, bucket: int) -> list[str]:
        return sorted(key for key in self.texts if self.bucket_of(key) == bucket)

    def leaves(self) -> list[bytes]:
        buckets = range(1 << self.bits)
        pairs = ([hash_pair(key.encode(), sha256(self.texts[key].encode())) for key in self.keys_in(number)] for number in buckets)
        return [hash_pair(b"", sha256(compute_tree(leaves))) for leaves in pairs]

    def root(self) -> bytes:
        return compute_tree(self.leaves())

    def show(self, bucket: int, asked: Iterable[str]) -> Json:
        """A whole bucket as a proof file holds it."""
        asked = set(asked)
        records: list[Json] = []
        for key in self.keys_in(bucket):
            text = self.texts[key]
            records.append({"key": key, "value": text} if key in asked else {"key": key, "hash": sha256(text.encode()).hex()})
        return {"bucket": bucket, "records": records, "aunts": [aunt.hex() for aunt in list_aunts(bucket, self.leaves())]}


def compute_app_hash(state_root: bytes, log_root: bytes) -> bytes:
    return compute_tree([hash_pair(b"log", sha256(log_root)), hash_pair(b"state", sha256(state_root))])


def action(roles: Sequence[str], effects: Sequence[Json] = (), minimum: int = 1, maximum: int = 1) -> Json:
    signers = {"minimum": minimum, "maximum": maximum, "roles": sorted(roles)}
    return {"documents": [], "effects": list(effects), "number": "01", "signers": signers}


def table(contract: str, version: int = 1, **actions: Json) -> Json:
    return {"actions": actions, "contract": contract, "version": version}


BIND = {"effect": "bind_key", "key": "key", "organisation": "organisation", "possession": True, "roles": "roles"}
WITHHOLD = action(["governance.auditor", "governance.officer"], [{"effect": "withhold", "sha256": "sha256"}], 2, 2)
END_KEY = action(["identity.registrar"], [{"effect": "end_key", "key": "key"}]) | {"number": "02"}
REGISTER_KEY = action(["identity.new_key", "identity.registrar"], [BIND], 2, 2)
EXAMPLE_TABLES = (
    table("governance", withhold_document=WITHHOLD),
    table("identity", end_key=END_KEY, register_key=REGISTER_KEY),
)


def build_genesis(tables: Iterable[Json], **changes: Any) -> Json:
    """That of the worked example, with other tables or other fields."""
    contracts = [{"name": one["contract"], "table": sha256(canonical(one)).hex(), "version": one["version"]} for one in tables]
    publisher = {"handle": "publisher-1", "key": key_of(PUBLISHER), "roles": ["governance.officer", "procurement.publisher"]}
    registrar = {"handle": "registrar-1", "key": key_of(REGISTRAR), "roles": ["identity.registrar"]}
    return {
        "bucket_bits": 4,
        "consensus_parts": {
            "ed25519_verdicts": "9111cd3acbe211e15031707588bc9d68cb7b0c2d8f500fad1ebfedfc4362ffab",
            "libsodium": "1.0.20-stable",
            "msgspec": "0.22.0",
            "pynacl": "1.6.2",
            "python": ["3.11", "3.12", "3.13"],
        },
        "contracts": contracts,
        "domain": "ledger.example",
        "ledger": "prasasti-example",
        "log_key": key_of(LOG),
        "members": [{"class": "agency", "id": "agency-1", "keys": [registrar]}],
        "organisations": [
            {
                "id": "publisher-1",
                "keys": [publisher],
                "licence": "https://creativecommons.org/licenses/by/4.0/",
                "ocid_prefixes": [""],
                "publication_policy": "",
            }
        ],
        "parameters": {"max_expiry_seconds": 86400, "max_expiry_seconds_several": 604800, "max_gap_seconds": 300},
        "time": START,
        "training": True,
    } | changes


def build_records(genesis: Json) -> dict[str, Json]:
    """The records that formats.md derives from a genesis."""
    records: dict[str, Json] = {}
    since = genesis["time"]
    for one in genesis["contracts"]:
        records[f"governance/contract/{one['name']}"] = {"height": 0, "table": one["table"], "version": one["version"]}
    for one in genesis["members"]:
        records[f"governance/member/{one['id']}"] = {"class": one["class"], "id": one["id"], "standing": "active"}
    for name, value in genesis["parameters"].items():
        records[f"governance/parameter/{name}"] = {"since": since, "value": value}
    for one in genesis["organisations"]:
        facts = {name: one[name] for name in ("id", "licence", "ocid_prefixes", "publication_policy")}
        records[f"identity/organisation/{one['id']}"] = facts | {"standing": "active"}
    for one in genesis["members"] + genesis["organisations"]:
        for key in one["keys"]:
            facts = {"handle": key["handle"], "organisation": one["id"], "roles": key["roles"]}
            records[f"identity/key/{key['key']}"] = facts | {"since": since}
    return records


@dataclass
class Sent:
    """An envelope on its way: what the entry holds, and the id."""

    payload: bytes
    envelope: Json

    @property
    def id(self) -> str:
        return sha256(self.payload).hex()


def frame(payload: bytes) -> bytes:
    return b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)


def seal(payload: bytes, seeds: Iterable[int]) -> Sent:
    """An envelope over exactly these bytes."""
    signatures = sorted(
        ({"keyid": key_of(seed), "sig": b64encode(sign(seed, frame(payload))).decode()} for seed in seeds), key=lambda one: one["keyid"]
    )
    return Sent(payload, {"payload": b64encode(payload).decode(), "payloadType": PAYLOAD_TYPE, "signatures": signatures})


@dataclass
class Ledger:
    """A log that grows block by block. Whatever it is told to hold, it holds: it knows no rule."""

    tables: Sequence[Json] = EXAMPLE_TABLES
    changes: Json = field(default_factory=dict)
    entries: list[bytes] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    documents: list[bytes] = field(default_factory=list)
    withheld: list[Json] = field(default_factory=list)
    height: int = 0
    time: int = START
    state_root: bytes = b""
    nonce: int = 0

    def __post_init__(self) -> None:
        self.genesis = build_genesis(self.tables, **self.changes)
        self.genesis_bytes = canonical(self.genesis)
        self.chain = sha256(self.genesis_bytes)[:16].hex()
        kind = "prasasti-training" if self.genesis["training"] else "prasasti"
        self.origin = f"{self.genesis['domain']}/{kind}/{self.genesis['ledger']}"
        self.state_root = State(build_records(self.genesis), self.genesis["bucket_bits"]).root()
        self.documents += [canonical(one) for one in self.tables]

    def send(self, action: str, arguments: Json, *signers: tuple[int, str], actor: str = "agency-1", **changes: Any) -> Sent:
        """Sign an envelope; ``changes`` replace fields of its payload, ``seeds`` who signs it."""
        self.nonce += 1
        seeds = changes.pop("seeds", [seed for seed, _ in signers])
        payload = {
            "action": action,
            "actor": actor,
            "arguments": arguments,
            "chain": self.chain,
            "expires": self.time + 3600,
            "nonce": f"{self.nonce:032x}",
            "signers": [{"key": key_of(seed), "role": role} for seed, role in signers],
        } | changes
        return seal(canonical(payload), seeds)

    def accept(self, sent: Sent, events: Sequence[Json] = (), **changes: Any) -> Json:
        """An entry that holds the envelope; ``block`` fills in position and time."""
        entry = {"envelope": sent.envelope, "events": list(events), "id": sent.id, "kind": "transaction", "refusal": None}
        return entry | changes

    def refuse(self, sent: Sent, number: str = "identity.01.2", **changes: Any) -> Json:
        payload = json.loads(sent.payload)
        refusal = {"action": payload["action"], "actor": payload["actor"], "number": number}
        return {"envelope": None, "events": [], "id": sent.id, "kind": "transaction", "refusal": refusal} | changes

    def block(self, *transactions: Json, seconds: int = 60, events: Sequence[Json] = (), root: bytes | None = None, **changes: Any) -> int:
        """Append a block; the position of its entry. ``root`` is the state root after it, else some new one where anything was accepted."""
        self.time += seconds
        previous = compute_app_hash(self.state_root, compute_tree([hash_entry(entry) for entry in self.entries]))
        self.height += 1
        is_moved = bool(events) or any(one.get("refusal") is None for one in transactions)
        self.state_root = root or (sha256(b"state %d" % self.height) if is_moved else self.state_root)
        position = len(self.entries)
        head = {
            "deadline_count": len(events),
            "events": list(events),
            "height": self.height,
            "kind": "block",
            "previous_app_hash": previous.hex(),
            "state_root": self.state_root.hex(),
            "time": self.time,
            "transaction_count": len(transactions),
        } | changes
        self.entries.append(canonical(head))
        for one in transactions:
            self.entries.append(canonical({"position": len(self.entries), "time": self.time} | one))
        self.ends.append(len(self.entries))
        return position

    def publish(self, folder: Path, sizes: Sequence[int] | None = None, **options: Any) -> Path:
        """Write the folder that all these sizes leave behind, the last one's checkpoint on top."""
        return publish(folder, self, sizes or [len(self.entries)], **options)


def build_example() -> Ledger:
    """The worked example of formats.md."""
    ledger = Ledger()
    arguments = {"handle": "officer-7", "key": key_of(OFFICER), "organisation": "agency-1", "roles": ["procurement.officer"]}
    signers = ((REGISTRAR, "identity.registrar"), (OFFICER, "identity.new_key"))
    register = "identity.register_key"
    records: dict[str, Json] = build_records(ledger.genesis)
    facts = {"handle": "officer-7", "organisation": "agency-1", "roles": ["procurement.officer"], "since": START + 60}
    root = State(records | {f"identity/key/{key_of(OFFICER)}": facts}, 4).root()
    first = ledger.send(register, arguments, *signers, nonce="00112233445566778899aabbccddeeff", expires=START + 3600)
    event = {"event": "identity.key_registered", "key": key_of(OFFICER), "organisation": "agency-1"}
    ledger.block(ledger.accept(first, [event]), root=root)
    second = ledger.send(register, arguments, *signers, nonce="ffeeddccbbaa99887766554433221100", expires=START + 3660)
    ledger.block(ledger.refuse(second))
    return ledger


def note(origin: str, size: int, root: bytes, *seeds: int) -> bytes:
    """A checkpoint, signed by these log keys."""
    body = f"{origin}\n{size}\n{b64encode(root).decode()}\n".encode()
    return body + b"\n" + b"".join(format_line(origin, 1, seed, sign(seed, body)) for seed in seeds)


def format_line(name: str, kind: int, seed: int, signature: bytes) -> bytes:
    """A signature line."""
    return f"— {name} ".encode() + b64encode(key_id(name, kind, seed) + signature) + b"\n"


def cosign(checkpoint: bytes, name: str, seed: int, seconds: int) -> bytes:
    """The checkpoint with one cosignature more."""
    body = checkpoint[: checkpoint.rindex(b"\n\n") + 1]
    signature = seconds.to_bytes(8, "big") + sign(seed, b"cosignature/v1\ntime %d\n" % seconds + body)
    return checkpoint + format_line(name, 4, seed, signature)


def key_id(name: str, kind: int, seed: int) -> bytes:
    return sha256(name.encode() + b"\n" + bytes([kind]) + bytes.fromhex(key_of(seed)))[:4]


def vkey(name: str, kind: int, seed: int) -> str:
    material = b64encode(bytes([kind]) + bytes.fromhex(key_of(seed))).decode()
    return f"{name}+{key_id(name, kind, seed).hex()}+{material}"


def tile_path(level: str, index: int, width: int) -> str:
    digits = f"{index:0{(len(str(index)) + 2) // 3 * 3}d}"
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join(["tile", level, *(f"x{group}" for group in groups[:-1]), groups[-1]])
    return path if width == 256 else f"{path}.p/{width}"


def write(folder: Path, path: str, data: bytes) -> None:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(data)


def write_tiles(folder: Path, entries: Sequence[bytes], size: int) -> None:
    """Every tile and bundle that a checkpoint of this size needs; full ones that lie there already stay."""
    bundled = [len(entry).to_bytes(2, "big") + entry for entry in entries[:size]]
    hashes = [hash_entry(entry) for entry in entries[:size]]
    for index in range(0, size, 256):
        write(folder, tile_path("entries", index // 256, min(256, size - index)), b"".join(bundled[index : index + 256]))
    level = 0
    while hashes:
        for index in range(0, len(hashes), 256):
            row = hashes[index : index + 256]
            write(folder, tile_path(str(level), index // 256, len(row)), b"".join(row))
        hashes = [compute_tree(hashes[index : index + 256]) for index in range(0, len(hashes) - 255, 256)]
        level += 1


def publish(
    folder: Path,
    ledger: Ledger,
    sizes: Sequence[int],
    *,
    seeds: Sequence[int] = (LOG,),
    quorum: str = "none",
    witnesses: Sequence[tuple[str, str, int]] = (),
    groups: str = "",
    cosignatures: Sequence[tuple[str, int, int]] = (),
) -> Path:
    """Write a published folder. ``witnesses``: policy name, key name, seed. ``cosignatures``: key name, seed, time."""
    for size in sizes:
        write_tiles(folder, ledger.entries, size)
    root = compute_tree([hash_entry(entry) for entry in ledger.entries[: sizes[-1]]])
    checkpoint = note(ledger.origin, sizes[-1], root, *seeds)
    for name, seed, seconds in cosignatures:
        checkpoint = cosign(checkpoint, name, seed, seconds)
    key = vkey(ledger.origin, 1, seeds[0])
    lines = [f"witness {name} {vkey(key_name, 4, seed)}" for name, key_name, seed in witnesses]
    policy = "\n".join([f"log {key}", *lines, *([groups] if groups else []), f"quorum {quorum}"])
    write(folder, "checkpoint", checkpoint)
    write(folder, "log.vkey", f"{key}\n".encode())
    write(folder, "policy", f"{policy}\n".encode())
    for name, key_name, seed in witnesses:
        write(folder, f"witness/{name}.vkey", f"{vkey(key_name, 4, seed)}\n".encode())
    write(folder, "genesis.json", ledger.genesis_bytes)
    write(folder, "withheld.json", canonical(sorted(ledger.withheld, key=lambda item: str(item["sha256"]))))
    for document in ledger.documents:
        digest = sha256(document).hex()
        write(folder, f"documents/sha256/{digest[:2]}/{digest}", document)
    return folder


def resign(folder: Path, ledger: Ledger, entries: Sequence[bytes]) -> None:
    """Show other entries in the folder, under a checkpoint signed with the log's key."""
    shutil.rmtree(folder / "tile", ignore_errors=True)
    write_tiles(folder, entries, len(entries))
    write(folder, "checkpoint", note(ledger.origin, len(entries), compute_tree([hash_entry(entry) for entry in entries]), LOG))


def relink(ledger: Ledger, entries: Sequence[bytes]) -> list[bytes]:
    """The entries with positions, times, counts and previous app hashes made to fit, as a careful liar would."""
    linked: list[bytes] = []
    state_root = State(build_records(ledger.genesis), ledger.genesis["bucket_bits"]).root()
    values = [json.loads(entry) for entry in entries]
    time = START
    for at, value in enumerate(values):
        if value["kind"] == "block":
            following = next((index for index in range(at + 1, len(values)) if values[index]["kind"] == "block"), len(values))
            value["transaction_count"] = following - at - 1
            value["previous_app_hash"] = compute_app_hash(state_root, compute_tree([hash_entry(entry) for entry in linked])).hex()
            state_root, time = bytes.fromhex(value["state_root"]), value["time"]
        else:
            value |= {"position": at, "time": time}
        linked.append(canonical(value))
    return linked


def read_payload(entry: bytes) -> Json:
    """Payload of an accepted entry."""
    payload: Json = json.loads(b64decode(json.loads(entry)["envelope"]["payload"]))
    return payload
