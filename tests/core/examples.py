"""One valid transaction of every message, to be spoiled one field at a time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from tests.contracts.procurement_rows import EXAMPLES as PROCUREMENT_EXAMPLES
from tests.core.ledger import START, Signer, key_of

REGISTRAR: Signer = ("agency-1/registrar", "identity.registrar")
OFFICER: Signer = ("agency-1/officer", "governance.officer")
PUBLISHER: Signer = ("publisher-1/publisher", "procurement.publisher")
PUBLISHERS_OFFICER: Signer = ("publisher-1/officer", "governance.officer")
AUDITOR: Signer = ("auditor-1/auditor", "governance.auditor")
NEW_KEY: Signer = ("agency-1/new", "identity.new_key")
BUDGET: Signer = ("treasury-1/budget", "treasury.budget")
APPROVER: Signer = ("treasury-1/approver", "treasury.approver")
PAYER: Signer = ("treasury-1/payer", "treasury.payer")
PAYEE: Signer = ("bidder-1/director", "procurement.contractor")

DOCUMENT = {"media_type": "application/json", "sha256": "11" * 32, "size": 1_000}


class Example(NamedTuple):
    """Arguments and signers that admission accepts on a new ledger."""

    arguments: dict[str, Any]
    signers: tuple[Signer, ...]


def release(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Arguments of a release of publisher-1; another ``number`` is another process and document."""
    return {
        "buyer": "XX-1",
        "date": START - 86_400,
        "document": DOCUMENT | {"sha256": f"{number:064x}"},
        "ocid": f"ocds-abc123-{number}",
        "publisher": "publisher-1",
        "redaction_version": 1,
        "release_id": "r1",
        "suppliers": ["XX-2", "XX-3"],
        "tag": ["contract"],
    } | changes


def registration(name: str = "agency-1/new", **changes: Any) -> dict[str, Any]:
    """Arguments that register the key of a name for its organisation."""
    return {
        "handle": "person-1",
        "key": key_of(name),
        "organisation": name.partition("/")[0],
        "roles": ["governance.officer"],
    } | changes


def attestation(relation: str = "director", **changes: Any) -> dict[str, Any]:
    """Arguments that tie a tag to publisher-1."""
    return {
        "from": START - 86_400,
        "key_id": "tags-1",
        "organisation": "publisher-1",
        "relation": relation,
        "share_bp": 0,
        "tag": "77" * 16,
    } | changes


SCAN = {"media_type": "application/pdf", "sha256": "22" * 32, "size": 1_000}
SUCCESSOR = {"handle": "officer", "key": key_of("agency-1/new"), "old": key_of("agency-1/officer"), "organisation": "agency-1"}

IDENTITY_BUILDERS: dict[str, Callable[[], Example]] = {
    "identity.announce_recovery": lambda: Example(
        {"document": SCAN, "key": key_of("agency-1/new"), "old": key_of("agency-1/officer"), "recovery": "r-1"},
        (("operator-1/registrar", "identity.registrar"), AUDITOR),
    ),
    "identity.attest_tag": lambda: Example(attestation(), (REGISTRAR,)),
    "identity.close_organisation": lambda: Example(
        {"organisation": "publisher-1", "reason": "merged"}, (REGISTRAR, ("operator-1/registrar", "identity.registrar"))
    ),
    "identity.complete_recovery": lambda: Example(
        SUCCESSOR | {"held_back": ["treasury.payer"], "recovery": "r-1", "roles": ["governance.officer"]},
        (("citizens-1/officer", "identity.holder"), NEW_KEY),
    ),
    "identity.confirm_acts": lambda: Example({"finding": "own", "ids": ["33" * 32], "key": key_of("agency-1/registrar")}, (OFFICER,)),
    "identity.delegate_office": lambda: Example(
        {"key": key_of("agency-1/registrar"), "role": "governance.officer", "until": START + 86_400},
        (("agency-1/officer", "identity.holder"),),
    ),
    "identity.end_key": lambda: Example({"key": key_of("agency-1/officer")}, (REGISTRAR,)),
    "identity.end_office": lambda: Example({"key": key_of("agency-1/officer"), "role": "governance.officer"}, (REGISTRAR,)),
    "identity.grant_office": lambda: Example(
        {"key": key_of("agency-1/officer"), "role": "procurement.publisher", "until": START + 86_400}, (REGISTRAR,)
    ),
    "identity.object_recovery": lambda: Example({"reason": "key_not_lost", "recovery": "r-1"}, (("agency-1/officer", "identity.holder"),)),
    "identity.register_key": lambda: Example(registration(), (REGISTRAR, NEW_KEY)),
    "identity.register_organisation": lambda: Example(
        {
            "class": "",
            "keys": [{"handle": "person-1", "key": key_of("agency-1/new"), "roles": ["identity.registrar"]}],
            "organisation": "supplier-1",
        },
        (REGISTRAR, NEW_KEY),
    ),
    "identity.register_publisher": lambda: Example(
        {
            "licence": "https://creativecommons.org/licenses/by/4.0/",
            "ocid_prefixes": ["ocds-new789-"],
            "organisation": "agency-1",
            "publication_policy": "https://agency.example/policy",
        },
        (REGISTRAR,),
    ),
    "identity.review_offices": lambda: Example(
        {"keys": 2, "offices": 2, "quarter": "2025-Q4"}, (REGISTRAR, ("operator-1/officer", "governance.officer"))
    ),
    "identity.rotate_key": lambda: Example(
        SUCCESSOR | {"roles": ["governance.officer"]}, (("agency-1/officer", "identity.holder"), NEW_KEY)
    ),
}

HOLDER: Signer = ("agency-1/officer", "identity.holder")
CONSENSUS_PARTS = {"ed25519_verdicts": "44" * 32, "libsodium": "1.0.20", "msgspec": "0.22.0", "pynacl": "1.6.2", "python": ["3.11", "3.13"]}
NEWCOMERS = ("agency-9/one", "agency-9/two")
NEWCOMERS_KEYS = [
    {"handle": name.partition("/")[2], "key": key_of(name), "roles": ["governance.officer", "identity.registrar"]} for name in NEWCOMERS
]

CITIZENS_NEW = "citizens-1/new"
CEREMONY_KEYS = [{"handle": "new", "key": key_of(CITIZENS_NEW), "organisation": "citizens-1", "roles": ["governance.officer"]}]

GOVERNANCE_BUILDERS: dict[str, Callable[[], Example]] = {
    "governance.activate_contract": lambda: Example(
        {"contract": "procurement", "height": 1_000, "resolution": "p-1", "table": "55" * 32, "version": 2}, (HOLDER,)
    ),
    "governance.admit_member": lambda: Example(
        {
            "class": "agency",
            "group": "agency-9",
            "keys": sorted(NEWCOMERS_KEYS, key=lambda key: str(key["key"])),
            "organisation": "agency-9",
            "resolution": "p-1",
        },
        (HOLDER, *((name, "identity.new_key") for name in NEWCOMERS)),
    ),
    "governance.advance_clock": lambda: Example({"seconds": 60}, (OFFICER,)),
    "governance.announce_ceremony": lambda: Example(
        {"ceremony": "c-1", "document": SCAN, "keys": CEREMONY_KEYS},
        (("operator-1/recovery", "governance.recovery"), ("auditor-1/recovery", "governance.recovery")),
    ),
    "governance.complete_ceremony": lambda: Example(
        {"ceremony": "c-1", "ended": [key_of("agency-1/officer")], "keys": CEREMONY_KEYS}, (HOLDER, (CITIZENS_NEW, "identity.new_key"))
    ),
    "governance.leave": lambda: Example({"reason": "own_wish"}, (OFFICER, ("auditor-1/registrar", "identity.registrar"))),
    "governance.name_validator": lambda: Example(
        {"handle": "node", "key": key_of("agency-1/new"), "organisation": "agency-1", "roles": ["governance.validator"]}, (OFFICER, NEW_KEY)
    ),
    "governance.plan_upgrade": lambda: Example(
        {"consensus_parts": CONSENSUS_PARTS, "height": 1_000, "release": "release.2", "resolution": "p-1", "version": "2"}, (HOLDER,)
    ),
    "governance.propose": lambda: Example(
        {
            "action": "welfare.adopt_rule",
            "arguments": "",
            "document": SCAN,
            "end": START + 15 * 86_400,
            "fields": ["t:programme-1", f"h:{'66' * 32}"],
            "form": "adopt",
            "name": "",
            "proposal": "p-1",
            "reason": "improvement",
        },
        (OFFICER,),
    ),
    "governance.reinstate_member": lambda: Example({"organisation": "operator-1", "resolution": "p-1"}, (HOLDER,)),
    "governance.remove_member": lambda: Example({"organisation": "operator-1", "resolution": "p-1"}, (HOLDER,)),
    "governance.rotate_log_key": lambda: Example({"height": 1_000, "key": key_of("agency-1/new"), "resolution": "p-1"}, (HOLDER, NEW_KEY)),
    "governance.set_parameter": lambda: Example(
        {"effective_from": START + 40 * 86_400, "name": "governance.rule.veto", "resolution": "p-1", "value": "auditor"}, (HOLDER,)
    ),
    "governance.strike": lambda: Example({"ceremony": "c-1"}, (HOLDER,)),
    "governance.suspend_at_once": lambda: Example(
        {"decision": "s-1", "document": SCAN, "key": "", "organisation": "operator-1", "reason": "misconduct"},
        (OFFICER, ("auditor-1/officer", "governance.officer")),
    ),
    "governance.suspend_member": lambda: Example(
        {"organisation": "operator-1", "resolution": "p-1", "until": START + 20 * 86_400}, (HOLDER,)
    ),
    "governance.vote": lambda: Example({"choice": "yes", "proposal": "p-1", "reason": "agreed"}, (OFFICER,)),
    "governance.wake": lambda: Example({}, (OFFICER,)),
    "governance.withdraw_proposal": lambda: Example({"proposal": "p-1", "reason": "mistake"}, (OFFICER,)),
    "governance.withhold_document": lambda: Example({"legal_basis": "a court", "sha256": "11" * 32}, (PUBLISHERS_OFFICER, AUDITOR)),
}


def budget(line: str = "line-1", **changes: Any) -> dict[str, Any]:
    """Arguments that set a budget line of the year 2026."""
    return {
        "account": "524111",
        "amount": "100000",
        "currency": "IDR",
        "line": line,
        "programme": "parks",
        "unit": "agency-1",
        "year": 2026,
    } | changes


TREASURY_BUILDERS: dict[str, Callable[[], Example]] = {
    "treasury.approve": lambda: Example({"count": 1, "orders": ["c-1-1"], "sum": "1000"}, (APPROVER,)),
    "treasury.carry_over": lambda: Example({"amount": "1", "from": "line-1", "to": "line-2"}, (BUDGET,)),
    "treasury.change_budget": lambda: Example({"amount": "90000", "document": SCAN, "line": "line-1", "reason": "revision"}, (BUDGET,)),
    "treasury.make_batch": lambda: Example({"batch": "b-1", "orders": ["c-1-1"], "sum": "1000"}, (PAYER,)),
    "treasury.name_account": lambda: Example({"account": "66" * 32}, (PAYEE,)),
    "treasury.pause_batch": lambda: Example({"batch": "b-1", "reason": "doubt"}, (PAYER,)),
    "treasury.record_receipt": lambda: Example({"amount": "1", "entry": "e-1", "for": "advance", "statement": SCAN}, (PAYER,)),
    "treasury.record_statement": lambda: Example(
        {
            "bank": "bank-1",
            "closing": "-1000",
            "entries": [{"account": "66" * 32, "amount": "-1000", "entry": "e-1", "reference": "c-1-1.0"}],
            "from": START - 86_400,
            "opening": "0",
            "statement": SCAN,
            "to": START,
        },
        (PAYER,),
    ),
    "treasury.resolve_item": lambda: Example(
        {"as": "order", "document": SCAN, "item": "treasury-1-0"}, (APPROVER, ("agency-2/payer", "treasury.payer"))
    ),
    "treasury.resume_batch": lambda: Example({"batch": "b-1", "reason": "resolved"}, (PAYER,)),
    "treasury.send_batch": lambda: Example({"batch": "b-1", "file": "88" * 32}, (PAYER,)),
    "treasury.set_budget": lambda: Example(budget(), (BUDGET,)),
    "treasury.verify_account": lambda: Example({"account": "66" * 32, "organisation": "bidder-1"}, (PAYER,)),
}

BUILDERS: dict[str, Callable[[], Example]] = {
    **GOVERNANCE_BUILDERS,
    **IDENTITY_BUILDERS,
    **TREASURY_BUILDERS,
    "procurement.attest_release": lambda: Example(release(), (PUBLISHER,)),
    **{action: partial(Example, *example) for action, example in PROCUREMENT_EXAMPLES.items()},
}
