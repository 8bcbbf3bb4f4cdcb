"""Opening what is sealed: the t-th share opens an envelope, the last envelope opens its lot.

Owns what an opened envelope does to its proposal or score sheet, and the document that tells everybody what it held, and whom
that put out. What a message's shares open is one document, since a hundred and fifty would not fit into the events of one entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from msgspec.structs import replace

from prasasti.contracts.offices import Draft
from prasasti.contracts.procurement.evaluation.effects import (
    Excluded,
    begin_evaluation,
    count_scores,
    exclude,
    take_sheet,
)
from prasasti.contracts.procurement.lots import get_proposal, put_lot, put_proposal
from prasasti.contracts.procurement.process import (
    MALFORMED,
    OPENED,
    OPENING,
    LotRecord,
    TermsRecord,
    get_lot,
    get_lot_terms,
    get_process,
    get_terms,
)
from prasasti.contracts.procurement.proposal.records import (
    EnvelopeRecord,
    OfferItemsRecord,
    OfferRecord,
    ProposalRecord,
    ShareRecord,
    envelope_key,
    offer_items_key,
    share_key,
)
from prasasti.contracts.procurement.rounds import get_round
from prasasti.contracts.procurement.scoring import compute_lump_sum, compute_unit_price_total
from prasasti.contracts.procurement.sealing.contents import Contents, Proposal, Qualification, decode_contents
from prasasti.contracts.procurement.sealing.framing import PURPOSE_BALLOT, compute_context
from prasasti.contracts.procurement.sealing.sealer import Malformed, Opened, Share
from prasasti.contracts.procurement.sealing.suites import choose_sealer
from prasasti.core.contract import Call, View
from prasasti.core.encoding import decode_base64, encode_canonical
from prasasti.core.types import Document, Event, MoneyOverflow, format_amount, parse_amount, require

OPENED_MEDIA_TYPE = "application/json"


class OpenedEnvelope(NamedTuple):
    """What came out of an envelope: its plaintext, or why it is malformed."""

    envelope: str
    sealer: str
    slot: str
    plaintext: str | None
    reason: str


def accept_share(draft: Draft, call: Call, share: Any) -> list[OpenedEnvelope]:
    """Keep a trustee's share; what the t-th one opens."""
    record = require(draft.get(envelope_key(share.envelope), EnvelopeRecord), share.envelope)
    round_ = get_round(draft, call, record.round)
    draft.put(share_key(share.envelope, share.index), ShareRecord(share.point, share.proof))
    record = replace(record, shares=[*record.shares, share.index])
    if len(record.shares) < round_.threshold:
        draft.put(envelope_key(share.envelope), record)
        return []
    sealed = decode_base64(record.sealed)
    context = compute_context(bytes.fromhex(record.round), record.lot, record.slot, record.sealer)
    sealer = require(choose_sealer(sealed), f"the suite of {share.envelope}")
    result = sealer.open(round_, context, sealed, [_find_share(draft, share.envelope, index) for index in record.shares])
    return [_take(draft, share.envelope, record, result)]


def make_document(
    process: str, lot: str, opened: Sequence[OpenedEnvelope], excluded: Sequence[Excluded]
) -> tuple[bytes, Document]:
    """The document of what a message opened, in the order of envelope ids, and how an event names it; where it read the last envelope
    that was due, also whom the ledger put out, by bidder, and why."""
    envelopes = [
        {"envelope": each.envelope, "malformed": each.reason, "plaintext": each.plaintext or "", "sealer": each.sealer, "slot": each.slot}
        for each in sorted(opened)
    ]
    out = [each._asdict() for each in sorted(excluded)]
    body = encode_canonical({"envelopes": envelopes, "excluded": out, "lot": lot, "process": process})
    return body, Document(OPENED_MEDIA_TYPE, sha256(body).hexdigest(), len(body))


def finish_opening(draft: Draft, call: Call, process: str, lot_name: str) -> tuple[list[Event], list[Excluded]]:
    """Where the last envelope that was due is read, the lot goes on: to its evaluation, or to its counted scores. What happened, and
    whom the ledger put out."""
    lot = get_lot(draft, process, lot_name)
    if lot.read < lot.due:
        return [], []
    if lot.state == OPENING:
        excluded = exclude(draft, lot)
        return begin_evaluation(draft, call, lot, excluded), excluded
    return (count_scores(draft, call, lot) if lot.counting else []), []


def _find_share(view: View, envelope: str, index: int) -> Share:
    record = require(view.get(share_key(envelope, index), ShareRecord), f"share {index} of {envelope}")
    return Share(index, bytes.fromhex(record.point), bytes.fromhex(record.proof))


def _take(draft: Draft, envelope: str, record: EnvelopeRecord, result: Opened | Malformed) -> OpenedEnvelope:
    """The envelope is read: its bytes leave the state, its contents join the proposal, or the score sheet."""
    lot = get_lot(draft, record.process, record.lot)
    put_lot(draft, replace(lot, read=lot.read + 1, opened=lot.opened + 1))
    for index in record.shares:
        draft.put(share_key(envelope, index), None)
    is_sheet = record.purpose == PURPOSE_BALLOT
    reason = take_sheet(draft, record, result) if is_sheet else _take_proposal(draft, lot, record, result)
    secret = result.secret.hex() if isinstance(result, Opened) and not reason else ""
    draft.put(envelope_key(envelope), replace(record, sealed="", secret=secret, state=MALFORMED if reason else OPENED))
    plaintext = _as_text(result)
    return OpenedEnvelope(envelope, record.sealer, record.slot, None if reason else plaintext, reason)


def _as_text(result: Opened | Malformed) -> str | None:
    """Contents that are well formed are canonical JSON, so UTF-8."""
    if isinstance(result, Malformed):
        return None
    try:
        return result.plaintext.decode()
    except UnicodeDecodeError:
        return None


def _take_proposal(draft: Draft, lot: LotRecord, record: EnvelopeRecord, result: Opened | Malformed) -> str:
    """A proposal's contents, and why they are malformed, "" where they are not."""
    process, terms = get_process(draft, record.process), get_terms(draft, record.process)
    items = [item.id for item in get_lot_terms(draft, record.process, record.lot).items]
    contents: Contents | Malformed = Malformed(result.reason) if isinstance(result, Malformed) else decode_contents(
        record.slot, result.plaintext, process.currency, items
    )  # fmt: skip
    proposal = get_proposal(draft, lot, record.sealer)
    offer = None if isinstance(contents, Malformed) else _make_offer(draft, terms, lot, proposal, contents)
    reason = contents.reason if isinstance(contents, Malformed) else ("amount" if offer is None else "")
    slots = [replace(slot, state=MALFORMED if reason else OPENED) if slot.slot == record.slot else slot for slot in proposal.slots]
    out = "malformed" if reason else proposal.out
    put_proposal(draft, replace(proposal, offer=offer or proposal.offer, opened=proposal.opened + 1, out=out, slots=slots))
    if isinstance(contents, Proposal) and not reason:
        draft.put(offer_items_key(record.process, record.lot, record.sealer), OfferItemsRecord(contents.items))
    return reason


def _make_offer(view: View, terms: TermsRecord, lot: LotRecord, proposal: ProposalRecord, contents: Contents) -> OfferRecord | None:
    """What a proposal offers so far, its price by the rules of arithmetic; None where that exceeds an amount, or comes to nothing."""
    if isinstance(contents, Qualification):
        return proposal.offer or OfferRecord(0, "", "0", "0", 0, 0)
    if not isinstance(contents, Proposal):
        return OfferRecord(contents.bmp_bp, contents.currency, "0", "0", contents.tkdn_bp, contents.valid_until)
    stated_minor = parse_amount(contents.price)
    try:
        if terms.terms.amounts == "measured":
            quantities = [int(item.quantity) for item in get_lot_terms(view, lot.process, lot.lot).items]
            arithmetic = compute_unit_price_total(stated_minor, quantities, [parse_amount(price) for _, price in contents.items])
        else:
            arithmetic = compute_lump_sum(stated_minor)
    except MoneyOverflow:
        return None
    # Against a price of nothing all others have no points, whoever wins in the end.
    if not arithmetic.price_minor:
        return None
    return OfferRecord(
        contents.bmp_bp, contents.currency, format_amount(arithmetic.price_minor), contents.price, contents.tkdn_bp, contents.valid_until
    )
