"""A ledger on which an agency buys park benches, and the steps of a selection as plays: by default the shortest whole one."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from prasasti.contracts import CONTRACTS
from prasasti.contracts.procurement.agreement.records import AgreementRecord
from prasasti.contracts.procurement.process import ProcessRecord
from prasasti.contracts.procurement.sealing.framing import Round, Trustee, compute_context, compute_envelope_id, compute_round
from prasasti.contracts.procurement.sealing.plain import PlainSealer
from prasasti.core.contract import Contract
from prasasti.core.encoding import encode_canonical
from tests.core.ledger import ACCEPTED, PARAMETERS, Ledger, Signer, key_of

DAY = 86_400
BUYER = "agency-1"
PLAN, PROCESS, LOT = "benches", "ocds-213czf-benches", "lot-1"
COMMITTEE = ("committee-1", "committee-2", "committee-3")
TRUSTEES = ("auditor-1", "citizens-1", "operator-1")
BIDDERS = ("bidder-1", "bidder-2", "bidder-3")
MILLION = 100_000_000

BUYERS_KEYS = {
    "authority": ["procurement.authority"],
    "bidder": ["procurement.bidder"],
    "certifier": ["procurement.certifier"],
    "certifier-2": ["procurement.certifier"],
    "clerk": ["governance.officer"],
    "inspector": ["procurement.inspector"],
    "officer": ["procurement.officer"],
    "registrar": ["identity.registrar"],
    "officer-2": ["procurement.officer"],
    "publisher": ["procurement.publisher"],
    "inspector-2": ["procurement.inspector"],
    "reviewer": ["procurement.reviewer"],
    **{name: ["procurement.committee"] for name in (*COMMITTEE, "alternate-1", "committee-4")},
}
GOVERNING = {"officer": ["governance.officer"], "registrar": ["identity.registrar"]}
KEEPING = {"bidder": ["procurement.bidder"], "store": ["governance.store"], "trustee": ["procurement.trustee"]}
MEMBERS = {
    "agency-1": ("agency", BUYERS_KEYS),
    "auditor-1": ("auditor", GOVERNING | KEEPING | {"auditor": ["governance.auditor"]}),
    "auditor-2": ("auditor", GOVERNING | KEEPING),
    "citizens-1": ("citizens", GOVERNING | KEEPING | {"desk": ["governance.desk"], "witness": ["procurement.witness"]}),
    "operator-1": ("operator", GOVERNING | {"trustee": ["procurement.trustee"]}),
}
ORGANISATIONS = {
    **{name: {"guarantor": ["procurement.guarantor"], "payer": ["treasury.payer"]} for name in ("bank-1", "bank-2")},
    "agency-2": {
        "authority": ["procurement.authority"], "committee": ["procurement.committee"], "inspector": ["procurement.inspector"],
        "officer": ["procurement.officer"], "payer": ["treasury.payer"],
    },
    **{name: {"bidder": ["procurement.bidder"], "director": ["procurement.contractor"]} for name in (*BIDDERS, "bidder-4")},
    "community-1": {"director": ["procurement.contractor"]},
    "treasury-1": {
        "approver": ["treasury.approver"], "approver-2": ["treasury.approver"], "budget": ["treasury.budget"], "payer": ["treasury.payer"],
        "payer-2": ["treasury.payer"],
    },
    "trustees-1": {"second": ["procurement.trustee"], "trustee": ["procurement.trustee"]},
    "trustees-2": {"bidder": ["procurement.bidder"], "trustee": ["procurement.trustee"]},
}
REQUEST = {"media_type": "application/pdf", "sha256": "a1" * 32, "size": 1_000}
MINUTES = {"media_type": "application/pdf", "sha256": "a2" * 32, "size": 1_000}
TERMS = {
    "advance_bp": 0, "amounts": "lump_sum", "bid_bp": 0, "damages_cap_bp": 500, "damages_on": "part", "defects_days": 180,
    "performance_bp": 0, "recovery_span_bp": 10_000, "recovery_start_bp": 0, "retention": "each", "retention_bp": 500,
}  # fmt: skip


def found(
    folder: Path, *, bidders: tuple[str, ...] = (), contracts: Sequence[Contract] = CONTRACTS, training: bool = True,
    parts: Any = None, **parameters: Any,
) -> Ledger:  # fmt: skip
    """A training ledger of five members, four bidders, and more where they are named, and a treasury, with Indonesia's figures."""

    def keys(owner: str, roles: dict[str, list[str]]) -> list[dict[str, Any]]:
        listed = [{"handle": name, "key": key_of(f"{owner}/{name}"), "roles": held} for name, held in roles.items()]
        return sorted(listed, key=lambda key: str(key["key"]))

    members = [{"class": kind, "id": owner, "keys": keys(owner, roles)} for owner, (kind, roles) in MEMBERS.items()]
    organisations = [
        {"id": owner, "keys": keys(owner, roles), "licence": "", "ocid_prefixes": [], "publication_policy": ""}
        for owner, roles in sorted((ORGANISATIONS | {name: {"bidder": ["procurement.bidder"]} for name in bidders}).items())
    ]
    values = PARAMETERS | {"max_expiry_seconds": 604_800, "governance.profile": "indonesia"} | parameters
    changes = {"consensus_parts": parts} if parts is not None else {}
    return Ledger(folder, contracts, members=members, organisations=organisations, parameters=values, training=training, **changes)


def signer(name: str, role: str) -> Signer:
    return (name if "/" in name else f"{BUYER}/{name}", f"procurement.{role}")


OFFICER, AUTHORITY = signer("officer", "officer"), signer("authority", "authority")
MAJORITY = tuple(signer(name, "committee") for name in COMMITTEE[:2])


def person(handle: str, organisation: str = BUYER) -> dict[str, str]:
    return {"handle": handle, "organisation": organisation}


def budget(line: str = "2026-parks", amount: int = 1_000 * MILLION, year: int = 2026) -> tuple[str, dict[str, Any], tuple[Signer, ...]]:
    arguments = {
        "account": "532111", "amount": str(amount), "currency": "IDR", "line": line, "programme": "parks", "unit": BUYER, "year": year,
    }  # fmt: skip
    return "treasury.set_budget", arguments, (("treasury-1/budget", "treasury.budget"),)


def plan(amount: int = 500 * MILLION, **changes: Any) -> dict[str, Any]:
    return {
        "budgets": [{"amount": str(amount), "line": "2026-parks"}],
        "currency": "IDR",
        "early": False,
        "estimate": str(amount),
        "family": "5610",
        "kind": "goods",
        "method": "open",
        "plan": PLAN,
        "title": "Benches for city parks",
        "unit": "parks",
    } | changes


def lot(name: str = LOT, amount: int = 300 * MILLION, **changes: Any) -> dict[str, Any]:
    return {
        "ceiling": [{"amount": str(amount), "line": "2026-parks"}],
        "estimate": str(amount),
        "items": [
            {"class": "56101600", "id": f"{name}-bench", "quantity": "40000", "scheme": "UNSPSC", "title": "Bench", "unit": "piece"},
        ],
        "lot": name,
        "milestones": [
            {"days": 30, "id": "half", "share_bp": 5_000, "title": "Twenty benches"},
            {"days": 60, "id": "rest", "share_bp": 5_000, "title": "The other twenty"},
        ],
        "reserved": True,
        "title": "Benches",
    } | changes


def tender(now: int, **changes: Any) -> dict[str, Any]:
    return {
        "criteria": [],
        "deadline": now + 14 * DAY,
        "documents": [{"document": REQUEST, "title": "Request"}, {"document": MINUTES, "title": "Draft of the contract"}],
        "estimate_date": now - DAY,
        "files": "one",
        "lots": [lot()],
        "opening": now + 14 * DAY + 3_600,
        "plan": PLAN,
        "preference_bp": 0,
        "process": PROCESS,
        "qualification": False,
        "question_end": now + 7 * DAY,
        "requirements": [{"id": "licence", "stage": "qualification", "title": "Licence to trade"}],
        "seats": {
            "alternates": [person("alternate-1")],
            "certifier": person("certifier"),
            "committee": [person(name) for name in COMMITTEE],
            "inspector": person("inspector"),
            "officer": person("officer"),
        },
        "selection": "price_only",
        "t": 2,
        "technical_bp": 0,
        "terms": TERMS,
        "threshold": 0,
        "tkdn_minimum_bp": 0,
        "trustees": [{"key_id": key_of(f"{name}/trustee"), "organisation": name} for name in TRUSTEES],
        "valid_until": now + 120 * DAY,
    } | changes


def proposal(ledger: Ledger, price: int, items: list[list[str]] | None = None, **changes: Any) -> bytes:
    """Plaintext of a proposal."""
    return encode_canonical(
        {
            "bmp_bp": 0, "currency": "IDR", "files": [], "items": items or [[f"{LOT}-bench", str(price // 40)]], "price": str(price),
            "tkdn_bp": 0, "valid_until": ledger.time + 90 * DAY,
        } | changes
    )  # fmt: skip


def round_of(ledger: Ledger, purpose: str = "proposal", number: int = 1, trustees: tuple[str, ...] = TRUSTEES) -> Round:
    pinned = tuple(Trustee(name, key_of(f"{name}/trustee"), bytes.fromhex(key_of(f"{name}/trustee"))) for name in trustees)
    return Round("test", purpose, PROCESS, number, len(trustees) // 2 + 1, pinned)


def seal(round_: Round, plaintext: bytes, lot_name: str, slot: str, sealer: str) -> tuple[bytes, str]:
    """Sealed bytes, and the envelope's id."""
    context = compute_context(compute_round(*round_), lot_name, slot, sealer)
    sealed = PlainSealer().seal(round_, context, plaintext, bytes(32)).sealed
    return sealed, compute_envelope_id(context, sealed).hex()


def list_sealers(bidder: str, arguments: dict[str, Any]) -> list[Signer]:
    """Who signs a proposal: the bidder, and each member of its consortium."""
    others = dict.fromkeys(member["organisation"] for member in arguments["members"] if member["organisation"] != bidder)
    return [(f"{each}/bidder", "procurement.bidder") for each in (bidder, *others)]


class Selection:
    """A selection under way: the ledger, and the envelopes that were sent in, by bidder and slot."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.envelopes: dict[tuple[str, str], str] = {}
        self.published = 0
        self.draft_id = ""

    def do(self, action: str, arguments: dict[str, Any], *signers: Signer) -> str:
        return self.ledger.do(action, arguments, *signers)

    def wait_until(self, time: int) -> None:
        """A block at a time; what is due runs."""
        assert time >= self.ledger.time
        self.ledger.time = time
        self.ledger.seal()

    def process(self) -> ProcessRecord:
        record = self.ledger.application.state.view.get(f"procurement/process/{PROCESS}", ProcessRecord)
        assert record is not None
        return record

    def prepare(self) -> None:
        """Money and a plan line."""
        action, arguments, signers = budget()
        assert self.do(action, arguments, *signers) == ACCEPTED
        assert self.do("procurement.announce_plan", plan(), OFFICER, AUTHORITY) == ACCEPTED

    def publish(self, **changes: Any) -> str:
        self.published = self.ledger.time
        return self.do("procurement.publish_tender", tender(self.ledger.time, **changes), OFFICER, *MAJORITY)

    def propose(self, bidder: str, price: int, lot_name: str = LOT, **changes: Any) -> str:
        round_ = round_of(self.ledger)
        sealed, envelope = seal(round_, proposal(self.ledger, price), lot_name, "proposal", bidder)
        arguments = {
            "files": [], "lot": lot_name, "members": [], "process": PROCESS, "round": compute_round(*round_).hex(),
            "sealed": base64.b64encode(sealed).decode(), "slot": "proposal",
        } | changes  # fmt: skip
        answer = self.do("procurement.submit_sealed", arguments, *list_sealers(bidder, arguments))
        if answer == ACCEPTED:
            self.envelopes[bidder, lot_name] = envelope
        return answer

    def share(self, trustee: str, *envelopes: str, lot_name: str = LOT) -> str:
        index = TRUSTEES.index(trustee) + 1
        shares = [{"envelope": each, "index": index, "point": "", "proof": ""} for each in sorted(envelopes)]
        arguments = {"lot": lot_name, "process": PROCESS, "shares": shares}
        return self.do("procurement.publish_opening_shares", arguments, (f"{trustee}/trustee", "procurement.trustee"))

    def open(self, lot_name: str = LOT) -> None:
        """The deadline passes, two trustees share."""
        process = self.process()
        self.wait_until(process.deadline)
        if process.opening > process.deadline:
            self.wait_until(process.opening)
        envelopes = [envelope for (_, name), envelope in self.envelopes.items() if name == lot_name]
        for trustee in TRUSTEES[:2]:
            assert self.share(trustee, *envelopes, lot_name=lot_name) == ACCEPTED

    def declare(self, name: str, role: str, *interests: dict[str, str]) -> str:
        return self.do("procurement.declare_interests", {"interests": list(interests), "process": PROCESS}, signer(name, role))

    def declare_all(self) -> None:
        for name in COMMITTEE:
            assert self.declare(name, "committee") == ACCEPTED
        for role in ("officer", "inspector"):
            assert self.declare(role, role) == ACCEPTED

    def require_of(self, *outcomes: tuple[str, bool], lot_name: str = LOT, requirement: str = "licence") -> str:
        listed = [
            {
                "bidder": bidder, "document": MINUTES, "page": 1, "pass": passed, "reason": "met" if passed else "not_met",
                "requirement": requirement,
            }
            for bidder, passed in outcomes
        ]  # fmt: skip
        return self.do("procurement.record_requirements", {"lot": lot_name, "outcomes": listed, "process": PROCESS}, *MAJORITY)

    def vote(self, name: str, choice: str = "adopt", ballot: int = 1, ranking: int = 1, lot_name: str = LOT) -> str:
        arguments = {
            "ballot": ballot, "choice": choice, "lot": lot_name, "process": PROCESS, "ranking": ranking,
            "reason": "agreed" if choice == "adopt" else "not_convinced", **({} if choice == "adopt" else {"document": MINUTES}),
        }  # fmt: skip
        return self.do("procurement.vote", arguments, signer(name, "committee"))

    def award(self, bidder: str, price: int, award: str = "award-1", lot_name: str = LOT) -> str:
        arguments = {"award": award, "bidder": bidder, "lot": lot_name, "price": str(price), "process": PROCESS, "reasons": MINUTES}
        return self.do("procurement.notify_award", arguments, *MAJORITY)

    def activate(self, award: str = "award-1", lot_name: str = LOT, **changes: Any) -> str:
        return self.do("procurement.activate_award", {"award": award, "lot": lot_name, "process": PROCESS} | changes, OFFICER)

    def draft(
        self, price: int, contract: str = "contract-1", award: str = "award-1", lot_name: str = LOT, guaranteed: bool = True, **changes: Any
    ) -> str:
        """Draft a contract; one that is ``guaranteed`` has its performance guarantee at once, for all of its price."""
        now = self.ledger.time
        arguments = {
            "award": award,
            "bill": [{"item": f"{lot_name}-bench", "unit_price": str(price // 40)}],
            "contract": contract,
            "document": MINUTES,
            "lot": lot_name,
            "milestones": [
                {"amount": str(price // 2), "due": now + days * DAY, "id": name, "items": [], "title": name}
                for name, days in (("half", 30), ("rest", 60))
            ],
            "price": str(price),
            "process": PROCESS,
            "terms": TERMS,
            "years": [{"amount": str(price), "line": "2026-parks"}],
        } | changes
        answer = self.do("procurement.draft_contract", arguments, OFFICER)
        self.draft_id = self.ledger.results[-1].receipts[-1].id
        if answer == ACCEPTED and guaranteed:
            assert self.guarantee(price, contract=contract, until=arguments["milestones"][-1]["due"] + 30 * DAY) == ACCEPTED
        return answer

    def guarantee(self, amount: int, guarantee: str = "", guarantor: str = "bank-1", **changes: Any) -> str:
        """Register a guarantee: for the contract's performance, by the organisation that won it, where nothing else is said."""
        contract = changes.get("contract", "contract-1")
        agreement = self.ledger.application.state.view.get(f"procurement/contract/{contract}", AgreementRecord)
        arguments = {
            "amount": str(amount), "beneficiary": BUYER, "document": MINUTES, "from": self.ledger.time,
            "guarantee": guarantee or f"guarantee-{self.ledger.application.info().height}", "obligation": "performance",
            "principal": agreement.supplier if agreement is not None else "", "unconditional": True, "until": self.ledger.time + 300 * DAY,
        } | ({} if "process" in changes else {"contract": contract}) | changes  # fmt: skip
        return self.do("procurement.register_guarantee", arguments, (f"{guarantor}/guarantor", "procurement.guarantor"))

    def sign(self, name: str, role: str, contract: str = "contract-1", **changes: Any) -> str:
        arguments = {"contract": contract, "draft": self.draft_id} | changes
        return self.do("procurement.sign_contract", arguments, signer(name, role))
