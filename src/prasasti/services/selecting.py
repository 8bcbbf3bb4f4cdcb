"""Drafting the messages of a selection: from what a person gives to arguments that the contract can read, and what to know
before they are signed.

Owns the forms in which a person gives them, read off the messages' own shapes, and what a command finds in the state instead
of asking: rounds, due envelopes, drafts. Owns no rule: what would be refused is asked of the contract.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from prasasti.contracts.procurement.agreement.records import AgreementRecord, agreement_key
from prasasti.contracts.procurement.evaluation.effects import find_sheet, list_scored
from prasasti.contracts.procurement.lots import list_proposals
from prasasti.contracts.procurement.process import LotRecord, find_lot, find_process, get_lot_terms, get_terms
from prasasti.contracts.procurement.proposal.checks import is_due
from prasasti.contracts.procurement.proposal.records import EnvelopeRecord, envelope_key
from prasasti.contracts.procurement.rounds import get_round_record
from prasasti.contracts.procurement.sealing.contents import (
    SLOT_QUALIFICATION,
    SLOT_SCORES,
    SLOT_TECHNICAL,
    Proposal,
    Qualification,
    ScoreSheet,
    Technical,
)
from prasasti.contracts.procurement.sealing.framing import Round, Trustee
from prasasti.contracts.treasury.orders import find_order
from prasasti.core.contract import Call, Message, Rejection, View, evaluate
from prasasti.core.encoding import decode_base64, decode_strict, encode_base64
from prasasti.core.envelope import Signer as PayloadSigner
from prasasti.core.genesis import KeyRecord
from prasasti.core.types import MAX_AMOUNT_MINOR, Amount, Document, SignedAmount, require
from prasasti.readmodel.money import find_decimals
from prasasti.services.ledger import Ledger
from prasasti.services.sealing import make_share, seal_proposal, seal_scores
from prasasti.services.submitting import DraftProblem

MAX_SHARES = 150
PLAIN_SUITE = 0
DAY_FORMATS = ("%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")
# Who of the signers acts: the first of these roles' organisation.
ROLE_ORDER = (
    "procurement.officer", "procurement.committee", "procurement.authority", "governance.auditor", "procurement.contractor",
    "procurement.bidder",
)  # fmt: skip

_media_type = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+")


class Field(NamedTuple):
    """A field of a message as a person gives it: ``kind`` is change (money with a sign), choice,
    document, flag, json, money, number, text or texts."""

    name: str
    encoded: str
    kind: str
    required: bool
    choices: tuple[str, ...] = ()


class Submission(NamedTuple):
    """What a sealed message will hold, and what the sealer keeps of it: the envelope's id, its slot, the contents."""

    arguments: dict[str, Any]
    envelope: str
    slot: str
    contents: bytes


def list_fields(arguments: type[Struct]) -> list[Field]:
    """Fields of a message, those that must be given first, as its Struct tells them."""
    hints = get_type_hints(arguments, include_extras=True)
    defaults = {field.name: field.required for field in msgspec.structs.fields(arguments)}
    names = zip(arguments.__struct_fields__, arguments.__struct_encode_fields__, strict=True)
    found = [Field(name, encoded, *_read_kind(hints[name], defaults[name])) for name, encoded in names]
    return sorted(found, key=lambda field: not field.required)


def _read_kind(hint: Any, required: bool) -> tuple[str, bool, tuple[str, ...]]:
    if get_origin(hint) in (Union, UnionType):
        (hint,) = [each for each in get_args(hint) if each is not NoneType]
    if hint in (Amount, SignedAmount):
        return "money" if hint == Amount else "change", required, ()
    bare = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    if get_origin(bare) is Literal:
        return "choice", required, tuple(map(str, get_args(bare)))
    if get_origin(bare) is list:
        item = get_args(bare)[0]
        item = get_args(item)[0] if get_origin(item) is Annotated else item
        return "texts" if item is str else "json", required, ()
    kinds = {Document: "document", bool: "flag", int: "number", str: "text"}
    return kinds.get(bare, "json"), required, ()


def read_field(ledger: Ledger, field: Field, text: str, currency: str) -> Any:
    """What a person gave for a field as it stands in a message; DraftProblem says what it should have been."""
    if field.kind == "money":
        return read_money(text, currency, field.name)
    if field.kind == "change":
        return read_change(text, currency, field.name)
    if field.kind == "number":
        return read_number(text, field.name)
    if field.kind == "document":
        return store_document(ledger, text)
    if field.kind == "texts":
        return sorted(filter(None, text.split(",")))
    if field.kind == "json":
        data = Path(text[1:]).read_bytes() if text.startswith("@") else text.encode("utf-8", "surrogateescape")
        return resolve_files(ledger, decode_strict(data), Path(text[1:]).parent if text.startswith("@") else Path())
    return text


def read_money(text: str, currency: str, name: str) -> str:
    """Minor units of an amount in plain digits, with a point before decimals; DraftProblem."""
    try:
        scaled = Decimal(text).scaleb(find_decimals(currency)) if re.fullmatch(r"[0-9]{1,19}(\.[0-9]{1,4})?", text) else None
    except InvalidOperation:
        scaled = None
    if scaled is None or scaled != scaled.to_integral_value() or scaled > MAX_AMOUNT_MINOR:
        raise DraftProblem(f"{name}: {text} is no amount; give plain digits of the currency's units, such as 280000000 or 280000000.50")
    return str(int(scaled))


def read_change(text: str, currency: str, name: str) -> str:
    """Minor units of an amount that may have a sign; DraftProblem."""
    minor = read_money(text.removeprefix("-" if text.startswith("-") else "+"), currency, name)
    return f"-{minor}" if text.startswith("-") and minor != "0" else minor


def read_number(text: str, name: str) -> int:
    """A whole number, or a time (UTC) as 2026-12-31 or 2026-12-31T10:00; DraftProblem."""
    if text.isascii() and text.isdecimal():
        return int(text)
    for form in DAY_FORMATS:
        try:
            return int(datetime.strptime(text, form).replace(tzinfo=UTC).timestamp())
        except ValueError:
            continue
    raise DraftProblem(f"{name}: {text} is neither a whole number nor a time such as 2026-12-31 or 2026-12-31T10:00 (UTC)")


def store_document(ledger: Ledger, text: str) -> dict[str, Any]:
    """Store a file named FILE[:MEDIA/TYPE] (PDF unless named) and name it as a message does; a stored one is named by its hash again."""
    name, _, media_type = text.rpartition(":") if has_media_type(text) else (text, "", "application/pdf")
    (document,) = ledger.documents.put([(Path(name).read_bytes(), media_type)])
    stored: dict[str, Any] = msgspec.to_builtins(document)
    return stored


def has_media_type(text: str) -> bool:
    """Whether a file is named with its media type, FILE:MEDIA/TYPE."""
    return _media_type.fullmatch(text.rpartition(":")[2]) is not None and ":" in text


def resolve_files(ledger: Ledger, value: Any, folder: Path) -> Any:
    """JSON in which ``{"file": "request.pdf", "media_type": …}`` stands for a document: stored, and named by its hash."""
    if isinstance(value, list):
        return [resolve_files(ledger, each, folder) for each in value]
    if not isinstance(value, dict):
        return value
    if {"file"} <= value.keys() <= {"file", "media_type"}:
        return store_document(ledger, f"{folder / str(value['file'])}:{value.get('media_type', 'application/pdf')}")
    return {name: resolve_files(ledger, each, folder) for name, each in value.items()}


def find_currency(view: View, arguments: Mapping[str, Any]) -> str:
    """The currency of what a message is about: its own, its process's, its contract's, its order's; "" where none is known."""
    if isinstance(arguments.get("currency"), str):
        return str(arguments["currency"])
    process = find_process(view, str(arguments["process"])) if arguments.get("process") else None
    contract = view.get(agreement_key(str(arguments["contract"])), AgreementRecord) if arguments.get("contract") else None
    order = find_order(view, str(arguments["order"])) if arguments.get("order") else None
    return next((found.currency for found in (process, contract, order) if found is not None), "")


def convert_arguments(message: Message, arguments: Mapping[str, Any]) -> Struct:
    """The arguments as the contract will read them; DraftProblem, so that what it cannot read is never signed."""
    try:
        return msgspec.convert(msgspec.to_builtins(arguments), message.arguments)
    except msgspec.ValidationError as problem:
        raise DraftProblem(f"{problem}; nothing was signed") from problem


def check_fields(message: Message, given: Mapping[str, Any]) -> None:
    """That each field that is given, perhaps not all, is of its kind; DraftProblem. Whoever computes with them can count on it."""
    hints = get_type_hints(message.arguments, include_extras=True)
    names = zip(message.arguments.__struct_encode_fields__, message.arguments.__struct_fields__, strict=True)
    for encoded, name in names:
        if encoded not in given:
            continue
        try:
            msgspec.convert(msgspec.to_builtins(given[encoded]), hints[name])
        except msgspec.ValidationError as problem:
            raise DraftProblem(f"{encoded}: {problem}; nothing was signed") from problem


def choose_role(view: View, message: Message, key: str) -> str:
    """In which of a message's roles a registered key (hex) signs; DraftProblem where it holds none of them, or several."""
    if len(message.roles) == 1:
        return message.roles[0]
    record = view.get(f"identity/key/{key}", KeyRecord)
    held = [role for role in message.roles if record is not None and role in record.roles]
    if len(held) == 1:
        return held[0]
    told = "holds none of them" if not held else f"holds {' and '.join(held)}"
    raise DraftProblem(f"the key {key} signs as {' or '.join(message.roles)}, and {told}: name the role, as ROLE=KEY")


def order_signers(signers: Sequence[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Signers (role, key) with whoever acts first: a process's officer or committee before who only agrees."""
    return sorted(signers, key=lambda signer: ROLE_ORDER.index(signer[0]) if signer[0] in ROLE_ORDER else -1)


def foresee_refusal(
    ledger: Ledger, message: Message, arguments: Struct, actor: str, signers: Sequence[tuple[str, str]]
) -> Rejection | None:
    """What the contract would refuse the message for if it were judged now; signers are (key in hex, role). None: nothing."""
    return evaluate(message, ledger.state, make_call(ledger, arguments, actor, signers))


def make_call(ledger: Ledger, arguments: Struct, actor: str, signers: Sequence[tuple[str, str]]) -> Call:
    """What the contract would know of a message if it were judged now; signers are (key in hex, role)."""
    return Call(
        time=ledger.now(), height=0, previous_app_hash=bytes(32), chain=ledger.chain, genesis=ledger.genesis, transaction="",
        registry=ledger.registry, actor=actor, signers=tuple(PayloadSigner(key, role) for key, role in signers), arguments=arguments,
    )  # fmt: skip


def require_lot(view: View, process: str, lot: str) -> LotRecord:
    """A lot that is there; DraftProblem."""
    found = find_lot(view, process, lot)
    if found is None:
        raise DraftProblem(f"this ledger has no lot {lot} of a process {process}")
    return found


def find_round(ledger: Ledger, identifier: str) -> Round:
    """A round of sealing as it is pinned."""
    record = get_round_record(ledger.state, identifier)
    trustees = tuple(Trustee(each.organisation, each.key_id, bytes.fromhex(each.key)) for each in record.trustees)
    return Round(ledger.genesis.ledger, record.purpose, record.process, record.number, record.t, trustees)


def build_submission(
    ledger: Ledger, process: str, lot: str, slot: str, organisation: str, contents: Any, members: list[Any], receipts: Mapping[str, Any]
) -> Submission:
    """Arguments of message 08: contents sealed to the lot's round; DraftProblem, SealingProblem.

    ``contents`` as the plaintext of the slot, its ``currency`` and empty lists may be left out; ``receipts`` by a file's hash.
    """
    view = ledger.state
    found, record = require_lot(view, process, lot), require(find_process(view, process), process)
    kinds: dict[str, type[Struct]] = {SLOT_QUALIFICATION: Qualification, SLOT_TECHNICAL: Technical}
    kind = kinds.get(slot, Proposal)
    wanted = {"bmp_bp": 0, "currency": record.currency, "files": [], "items": [], "tkdn_bp": 0}
    filled = {name: value for name, value in wanted.items() if name in kind.__struct_fields__} | dict(contents)
    try:
        converted: Any = msgspec.convert(filled, kind)
    except msgspec.ValidationError as problem:
        raise DraftProblem(f"the contents: {problem}; nothing was sealed") from problem
    items = [item.id for item in get_lot_terms(view, process, lot).items]
    sealed = seal_proposal(
        find_round(ledger, found.proposal_round), lot, slot, organisation, converted, record.currency, items, PLAIN_SUITE
    )
    files = [{"receipts": list(receipts.get(digest, [])), "sha256": digest, "size": size} for digest, size in sealed.files]
    arguments = {
        "files": files, "lot": lot, "members": members, "process": process, "round": found.proposal_round,
        "sealed": encode_base64(sealed.sealed), "slot": slot,
    }  # fmt: skip
    return Submission(arguments, sealed.envelope_id.hex(), slot, sealed.plaintext)


def build_scores(ledger: Ledger, process: str, lot: str, organisation: str, handle: str, scores: Mapping[str, Any]) -> Submission:
    """Arguments of message 16: a sheet sealed to the lot's ballot round; ``scores`` by criterion and bidder; DraftProblem.

    A bidder that is out needs no score.
    """
    view = ledger.state
    found = require_lot(view, process, lot)
    if not found.ballot_round:
        raise DraftProblem(f"nothing is scored in lot {lot} of {process}")
    criteria = [criterion.id for criterion in get_terms(view, process).criteria]
    scored = list_scored(view, found)
    try:
        given = {each: [int(scores[each].get(bid.bidder, -1)) for bid in scored] for each in criteria}
        sheet = msgspec.convert({"scores": given}, ScoreSheet)
    except (KeyError, AttributeError, TypeError, ValueError, msgspec.ValidationError) as problem:
        raise DraftProblem(f"the scores: {problem!r}; they are {{criterion: {{bidder: score from 0 to 1000000}}}}") from problem
    is_out = [bool(bid.out) for bid in scored]
    round_ = find_round(ledger, found.ballot_round)
    sealed = seal_scores(round_, lot, organisation, handle, sheet, criteria, is_out, PLAIN_SUITE)
    arguments = {"lot": lot, "process": process, "round": found.ballot_round, "sealed": encode_base64(sealed.sealed)}
    return Submission(arguments, sealed.envelope_id.hex(), SLOT_SCORES, sealed.plaintext)


def build_shares(ledger: Ledger, process: str, lot: str, trustee: str, secret: bytes = b"") -> list[dict[str, Any]]:
    """Arguments of messages 10: a trustee's shares of everything in a lot that is due and not shared yet, 150 a message; DraftProblem."""
    view = ledger.state
    found = require_lot(view, process, lot)
    shares: list[dict[str, Any]] = []
    for envelope in sorted(list_due(view, found)):
        record = require(view.get(envelope_key(envelope), EnvelopeRecord), envelope)
        round_ = find_round(ledger, record.round)
        index = next((position for position, each in enumerate(round_.trustees, 1) if each.organisation == trustee), 0)
        if index in record.shares:
            continue
        share = make_share(round_, lot, record.slot, record.sealer, decode_base64(record.sealed), bytes.fromhex(envelope), trustee, secret)
        shares.append({"envelope": envelope, "index": share.index, "point": share.point.hex(), "proof": share.proof.hex()})
    if not shares:
        raise DraftProblem(f"nothing in lot {lot} of {process} waits for a share of {trustee}")
    parts = [shares[start : start + MAX_SHARES] for start in range(0, len(shares), MAX_SHARES)]
    return [{"lot": lot, "process": process, "shares": part} for part in parts]


def list_due(view: View, lot: LotRecord) -> Iterator[str]:
    """Envelopes of a lot that trustees are to open now: proposals of its stage, or score sheets."""
    process = require(find_process(view, lot.process), lot.process)
    sheets = [find_sheet(view, lot, seat.person) for seat in process.seats.committee]
    proposed = (slot.envelope for proposal in list_proposals(view, lot) for slot in proposal.slots)
    candidates = [sheet.envelope for sheet in sheets if sheet is not None] if lot.counting else list(proposed)
    return (envelope for envelope in candidates if is_due(view, lot, envelope))


def find_draft(view: View, contract: str) -> str:
    """The id of the message that drafted a contract; DraftProblem."""
    record = view.get(agreement_key(contract), AgreementRecord)
    if record is None:
        raise DraftProblem(f"no contract {contract} was drafted on this ledger")
    return record.draft
