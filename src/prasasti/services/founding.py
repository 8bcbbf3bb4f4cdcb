"""Founding a ledger: from a founders' file, or as a training ledger with members and keys of its own.

Owns making a genesis file. Its form and what it means are ``core.genesis``'s; the folder is bootstrap's.
"""

from __future__ import annotations

import re
import secrets
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from prasasti.contracts import CONTRACTS
from prasasti.contracts.governance.parameters import PARAMETERS, is_value_fit, keeps_order
from prasasti.contracts.offices import MAX_PERSON_KEYS, find_exclusion, is_role_allowed
from prasasti.core.contract import Contract, Record, encode_table
from prasasti.core.encoding import EncodingProblem, encode_canonical
from prasasti.core.genesis import REQUIRED_PARAMETERS, ConsensusParts, Genesis, ParameterRecord, decode_genesis, list_founders
from prasasti.core.parameters import Value
from prasasti.integrations.signers import create_training_key, open_training_key, write_new_secret

DEFAULT_PARAMETERS = {each.name: each.default for each in PARAMETERS if each.name in REQUIRED_PARAMETERS}
DEFAULT_BUCKET_BITS = 20
TRAINING_BUCKET_BITS = 16
TRAINING_PUBLISHER = "publisher-1"
LOG_KEY_NAME = "log"
MAX_MEMBERS = 200  # What befalls all of them at the close of one vote must fit into one block entry.
OCID_PREFIX = re.compile("ocds-[a-z0-9]{6}[a-z0-9-]*")


class FoundingProblem(ValueError):
    """A founders' file that no genesis can be made of; the message says where and why."""


@dataclass(frozen=True, slots=True)
class TrainingKey:
    """A founder's key to be made: organisation, handle, roles."""

    organisation: str
    handle: str
    roles: tuple[str, ...]


# Four members, one a class, and an organisation that publishes contract records. Two people a member, where an office
# must not be alone.
TRAINING_MEMBERS = {"agency-1": "agency", "auditor-1": "auditor", "citizens-1": "citizens", "operator-1": "operator"}
TRAINING_KEYS = (
    TrainingKey("agency-1", "agency-1-officer", ("governance.officer", "procurement.officer")),
    TrainingKey("agency-1", "agency-1-registrar", ("identity.registrar",)),
    TrainingKey("auditor-1", "auditor-1-auditor", ("governance.auditor",)),
    TrainingKey("auditor-1", "auditor-1-officer", ("governance.officer",)),
    TrainingKey("auditor-1", "auditor-1-registrar", ("identity.registrar",)),
    TrainingKey("citizens-1", "citizens-1-officer", ("governance.officer",)),
    TrainingKey("citizens-1", "citizens-1-registrar", ("identity.registrar",)),
    TrainingKey("operator-1", "operator-1-officer", ("governance.officer",)),
    TrainingKey("operator-1", "operator-1-registrar", ("identity.registrar",)),
    TrainingKey(TRAINING_PUBLISHER, TRAINING_PUBLISHER, ("governance.officer", "procurement.publisher")),
)


def make_training_genesis(
    keys_folder: Path, name: str, time: int, parts: ConsensusParts, bucket_bits: int, parameters: Mapping[str, Value] | None = None
) -> bytes:
    """Genesis of a training ledger; writes its keys in clear under ``keys_folder``, each marked ``training``.

    Keys that stand there, of an attempt that was interrupted, are taken: nothing was ever signed with them.
    """
    keys_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    public = {key.handle: _make_key(keys_folder, key.handle) for key in TRAINING_KEYS}
    log_key = _make_key(keys_folder, LOG_KEY_NAME)
    redaction_key = keys_folder / f"{TRAINING_PUBLISHER}.redaction.key"
    if not redaction_key.exists():
        make_redaction_key(redaction_key)
    founders: dict[str, Any] = {
        "domain": "ledger.example",
        "ledger": name,
        "log_key": log_key,
        "members": [
            {"id": member, "class": member_class, "keys": _list_keys(member, public)} for member, member_class in TRAINING_MEMBERS.items()
        ],
        "organisations": [
            {
                "id": TRAINING_PUBLISHER,
                "keys": _list_keys(TRAINING_PUBLISHER, public),
                "licence": "https://creativecommons.org/licenses/by/4.0/",
                "ocid_prefixes": [""],
                "publication_policy": "",
            }
        ],
        "parameters": dict(parameters or {}),
    }
    return build_genesis(founders, time, parts, bucket_bits, training=True)


def read_founders(path: Path) -> dict[str, Any]:
    """Contents of a founders' file (TOML); FoundingProblem says what is wrong with it."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise FoundingProblem(f"{path} cannot be read: {problem.strerror}") from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise FoundingProblem(f"{path}: {problem}") from problem


def build_genesis(
    founders: dict[str, Any],
    time: int,
    parts: ConsensusParts,
    bucket_bits: int,
    *,
    training: bool = False,
    contracts: Sequence[Contract] = CONTRACTS,
) -> bytes:
    """genesis.json from who founds the ledger: contracts, parts and defaults filled in, lists sorted; FoundingProblem."""
    try:
        genesis = {
            "bucket_bits": bucket_bits,
            "consensus_parts": parts,
            "contracts": sorted(
                (
                    {"name": contract.name, "table": sha256(encode_table(contract)).hexdigest(), "version": contract.version}
                    for contract in contracts
                ),
                key=lambda reference: str(reference["name"]),
            ),
            "domain": founders["domain"],
            "ledger": founders["ledger"],
            "log_key": founders["log_key"],
            "members": sorted((_sort_keys(member) for member in founders["members"]), key=_id_of),
            "organisations": sorted((_sort_keys(organisation) for organisation in founders.get("organisations", [])), key=_id_of),
            "parameters": DEFAULT_PARAMETERS | founders.get("parameters", {}),
            "time": time,
            "training": training,
        }
        data = encode_canonical(genesis)
        _check_founders(decode_genesis(data))
        _check_parameters(decode_genesis(data), contracts)
    except KeyError as problem:
        raise FoundingProblem(f"the founders' file lacks {problem}") from problem
    except (EncodingProblem, TypeError, AttributeError) as problem:
        raise FoundingProblem(f"no genesis can be made of the founders' file: {problem}") from problem
    return data


def make_redaction_key(path: Path) -> None:
    """A publisher's redaction key: 32 random bytes in hex, mode 0600, apart from its signing keys; never overwritten."""
    write_new_secret(path, f"{secrets.token_hex(32)}\n".encode)


def _check_founders(genesis: Genesis) -> None:
    """What a registrar may not give later, a genesis does not give either; FoundingProblem names organisation and handle."""
    if len(genesis.members) > MAX_MEMBERS:
        raise FoundingProblem(f"{len(genesis.members)} members; a ledger begins with {MAX_MEMBERS} at most")
    classes = {member.id: member.member_class for member in genesis.members}
    for founder in list_founders(genesis):
        for key in founder.keys:
            for role in key.roles:
                if not is_role_allowed(role, classes.get(founder.id, "")):
                    raise FoundingProblem(f"{founder.id}, {key.handle}: the role {role} is unknown, or not for such an organisation")
        for handle in dict.fromkeys(key.handle for key in founder.keys):
            keys = [key for key in founder.keys if key.handle == handle]
            if len(keys) > MAX_PERSON_KEYS:
                raise FoundingProblem(f"{founder.id}, {handle}: a person has {MAX_PERSON_KEYS} keys at most")
            excluded = find_exclusion({role for key in keys for role in key.roles})
            if excluded is not None:
                raise FoundingProblem(
                    f"{founder.id}, {handle}: one person may not hold {excluded[0]} and {excluded[1]}; give one to another"
                )
        if founder.id in classes and not any("identity.registrar" in key.roles for key in founder.keys):
            raise FoundingProblem(f"{founder.id}: a member needs a key with the role identity.registrar, to register further ones")
    for organisation in genesis.organisations:
        for prefix in organisation.ocid_prefixes:
            if prefix and not OCID_PREFIX.fullmatch(prefix):
                raise FoundingProblem(
                    f"{organisation.id}: {prefix!r} is no ocid prefix; one is ocds- and six letters or digits, in lower case"
                )
        is_publisher = any("procurement.publisher" in key.roles for key in organisation.keys)
        if is_publisher and not organisation.ocid_prefixes:
            raise FoundingProblem(f"{organisation.id}: a publisher needs ocid_prefixes")


class _FirstParameters:
    """The parameters of a genesis as the rules read them (``core.contract.View``)."""

    def __init__(self, genesis: Genesis) -> None:
        self._genesis = genesis

    def get(self, key: str, kind: type[Record]) -> Record | None:
        value = self._genesis.parameters.get(key.removeprefix("governance/parameter/"))
        record = ParameterRecord(self._genesis.time, value) if value is not None else None
        return record if isinstance(record, kind) else None


def _check_parameters(genesis: Genesis, contracts: Sequence[Contract]) -> None:
    """What no contract declares, and no vote could set, a genesis does not set either; FoundingProblem names the parameter."""
    registry = {contract.name: contract for contract in contracts}
    for name, value in genesis.parameters.items():
        if not is_value_fit(registry, name, value):
            raise FoundingProblem(f"the parameter {name} is unknown, or may not be {value!r}")
    if not keeps_order(_FirstParameters(genesis), "", 0):
        raise FoundingProblem("the parameters governance.constitution.… must be at least as strict as those of every other kind of vote")


def _make_key(keys_folder: Path, handle: str) -> str:
    path = keys_folder / f"{handle}.training.seed"
    return (open_training_key(path, training=True) if path.exists() else create_training_key(path)).public_key.hex()


def _list_keys(organisation: str, public: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {"handle": key.handle, "key": public[key.handle], "roles": list(key.roles)}
        for key in TRAINING_KEYS
        if key.organisation == organisation
    ]


def _sort_keys(founder: dict[str, Any]) -> dict[str, Any]:
    keys = [dict(key, roles=sorted(key["roles"])) for key in founder["keys"]]
    sorted_founder = dict(founder, keys=sorted(keys, key=lambda key: str(key["key"])))
    if "class" not in founder:
        sorted_founder["ocid_prefixes"] = sorted(founder.get("ocid_prefixes", []))
        sorted_founder.setdefault("licence", "")
        sorted_founder.setdefault("publication_policy", "")
    return sorted_founder


def _id_of(founder: dict[str, Any]) -> str:
    return str(founder["id"])
