"""The genesis file: who founds a ledger, with which keys, contracts, parameters and consensus parts.

Owns its form and the records that it fixes (formats: Genesis). Its bytes as they lie are hashed: they name the chain.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from prasasti.core.encoding import EncodingProblem, decode_strict, encode_canonical
from prasasti.core.tree import TopTree, hash_records, update_records
from prasasti.core.types import HexHash, HexKey, Identifier, Instant, Role, is_ascending
from prasasti_verify.hashing import bucket_of, hash_bucket_leaf

MemberClass = Literal["agency", "auditor", "citizens", "operator"]
REQUIRED_PARAMETERS = ("max_expiry_seconds", "max_expiry_seconds_several", "max_gap_seconds")
# A refused leaf shows no expiry: its id counts as used for this long, so that no envelope may live longer.
MAX_EXPIRY_SECONDS = 7 * 86_400


class ConsensusParts(Struct, frozen=True, forbid_unknown_fields=True):
    """Versions that decide what a signature or an encoding means; a node with others does not start."""

    ed25519_verdicts: HexHash
    libsodium: str
    msgspec: str
    pynacl: str
    python: list[str]


class ContractReference(Struct, frozen=True, forbid_unknown_fields=True):
    """A contract version by the SHA-256 of its table.json."""

    name: Identifier
    table: HexHash
    version: Annotated[int, Meta(ge=1, le=9999)]


class FoundingKey(Struct, frozen=True, forbid_unknown_fields=True):
    """A founder's key with its pseudonymous handle and roles."""

    handle: Identifier
    key: HexKey
    roles: list[Role]


class FoundingMember(Struct, frozen=True, forbid_unknown_fields=True, rename={"member_class": "class"}):
    """A member of the consortium."""

    member_class: MemberClass
    id: Identifier
    keys: list[FoundingKey]


class FoundingOrganisation(Struct, frozen=True, forbid_unknown_fields=True):
    """An organisation that is no member; publishers have ocid prefixes, a licence and a publication policy."""

    id: Identifier
    keys: list[FoundingKey]
    licence: str
    ocid_prefixes: list[str]
    publication_policy: str


class Genesis(Struct, frozen=True, forbid_unknown_fields=True):
    """genesis.json; see ``decode_genesis``."""

    bucket_bits: Annotated[int, Meta(ge=4, le=22)]
    consensus_parts: ConsensusParts
    contracts: list[ContractReference]
    domain: Annotated[str, Meta(pattern=r"\A[a-z0-9.-]{1,128}\Z")]
    ledger: Identifier
    log_key: HexKey
    members: list[FoundingMember]
    organisations: list[FoundingOrganisation]
    parameters: dict[Identifier, int | bool | str]
    time: Instant
    training: bool


class ComingValue(Struct, frozen=True):
    """A parameter's next value, decided by a resolution."""

    effective_from: int
    resolution: str
    value: int | bool | str


class ParameterRecord(Struct, frozen=True, omit_defaults=True):
    """``governance/parameter/<name>``; ``coming`` is what holds from a later time on, if that is decided."""

    since: int
    value: int | bool | str
    coming: ComingValue | None = None

    def value_at(self, time: int) -> int | bool | str:
        """The value in force at a time, seconds UTC."""
        return self.coming.value if self.coming is not None and self.coming.effective_from <= time else self.value


class KeyRecord(Struct, frozen=True, omit_defaults=True):
    """``identity/key/<key>``; ``until`` is the time of the block in which it ended, absent while it stands."""

    handle: str
    organisation: str
    roles: list[str]
    since: int
    until: int | None = None
    suspended: bool = False


class OrganisationRecord(Struct, frozen=True):
    """``identity/organisation/<id>``."""

    id: str
    licence: str
    ocid_prefixes: list[str]
    publication_policy: str
    standing: str


class MemberRecord(Struct, frozen=True, omit_defaults=True, rename={"member_class": "class"}):
    """``governance/member/<id>``. ``standing``: active, dormant, leaving, suspended or removed; times are seconds UTC.

    ``since`` is the admission's time, 0 of a founder; ``term_ends`` a term's end, 0 without one; ``group`` names the
    control that several organisations are under.
    """

    member_class: str
    id: str
    standing: str
    since: int = 0
    term_ends: int = 0
    group: str = ""


class ContractRecord(Struct, frozen=True):
    """``governance/contract/<name>``: the version that acts from ``height``."""

    height: int
    table: str
    version: int


def decode_genesis(data: bytes) -> Genesis:
    """Genesis of its bytes; EncodingProblem says what is missing, unknown, out of order or doubled."""
    try:
        genesis = msgspec.convert(decode_strict(data), Genesis)
    except msgspec.ValidationError as problem:
        raise EncodingProblem(f"genesis.json: {problem}") from problem
    problems = _find_problems(genesis, data)
    if problems:
        raise EncodingProblem(f"genesis.json: {'; '.join(problems)}")
    return genesis


def compute_chain(genesis_bytes: bytes) -> str:
    """The chain that envelopes name: the first 16 bytes of SHA-256 of the genesis file, in hex."""
    return sha256(genesis_bytes).hexdigest()[:32]


def compute_origin(genesis: Genesis) -> str:
    """Origin of the log's checkpoints, also the name of its key."""
    return f"{genesis.domain}/{'prasasti-training' if genesis.training else 'prasasti'}/{genesis.ledger}"


def list_founders(genesis: Genesis) -> list[FoundingMember | FoundingOrganisation]:
    """Members, then other organisations."""
    return [*genesis.members, *genesis.organisations]


def list_genesis_records(genesis: Genesis) -> dict[str, bytes]:
    """The records of the genesis state, key to canonical value."""
    records: dict[str, Struct] = {}
    for contract in genesis.contracts:
        records[f"governance/contract/{contract.name}"] = ContractRecord(0, contract.table, contract.version)
    for name, value in genesis.parameters.items():
        records[f"governance/parameter/{name}"] = ParameterRecord(genesis.time, value)
    for member in genesis.members:
        records[f"governance/member/{member.id}"] = MemberRecord(member.member_class, member.id, "active")
    for organisation in genesis.organisations:
        records[f"identity/organisation/{organisation.id}"] = OrganisationRecord(
            organisation.id, organisation.licence, organisation.ocid_prefixes, organisation.publication_policy, "active"
        )
    for founder in list_founders(genesis):
        for key in founder.keys:
            records[f"identity/key/{key.key}"] = KeyRecord(key.handle, founder.id, key.roles, genesis.time)
    return {key: encode_canonical(record) for key, record in records.items()}


def build_genesis_tree(genesis: Genesis) -> tuple[TopTree, dict[int, list[tuple[str, bytes, bytes]]]]:
    """Top tree and bucket records of the genesis state."""
    by_bucket: dict[int, dict[str, bytes | None]] = {}
    for key, value in list_genesis_records(genesis).items():
        by_bucket.setdefault(bucket_of(key, genesis.bucket_bits), {})[key] = value
    buckets = {number: update_records([], values) for number, values in by_bucket.items()}
    top = TopTree(genesis.bucket_bits)
    top.apply(top.compute_update({number: hash_bucket_leaf(hash_records(records)) for number, records in buckets.items()}))
    return top, buckets


def _find_problems(genesis: Genesis, data: bytes) -> list[str]:
    problems = []
    if encode_canonical(genesis) != data:
        problems.append("not RFC 8785 (key order, white space or number form)")
    for name in REQUIRED_PARAMETERS:
        value = genesis.parameters.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
            problems.append(f"the parameter {name} must be a positive number of seconds")
        elif name.startswith("max_expiry") and value > MAX_EXPIRY_SECONDS:
            problems.append(f"the parameter {name} must be at most {MAX_EXPIRY_SECONDS} seconds")
    founders = list_founders(genesis)
    keys = [key for founder in founders for key in founder.keys]
    sorted_lists: list[tuple[str, list[str]]] = [
        ("contracts by name", [contract.name for contract in genesis.contracts]),
        ("members by id", [member.id for member in genesis.members]),
        ("organisations by id", [organisation.id for organisation in genesis.organisations]),
        ("consensus_parts.python", genesis.consensus_parts.python),
        *((f"keys of {founder.id}", [key.key for key in founder.keys]) for founder in founders),
        *((f"roles of {key.handle}", key.roles) for key in keys),
        *((f"ocid_prefixes of {organisation.id}", organisation.ocid_prefixes) for organisation in genesis.organisations),
    ]
    for what, names in sorted_lists:
        if not is_ascending(names):
            problems.append(f"{what}: not sorted bytewise, or one stands twice")
    for what, names in (("an id", [founder.id for founder in founders]), ("a key", [key.key for key in keys] + [genesis.log_key])):
        if len(dict.fromkeys(names)) != len(names):
            problems.append(f"{what} stands twice")
    return problems
