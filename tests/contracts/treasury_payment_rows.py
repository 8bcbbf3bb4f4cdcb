"""Rows of the treasury's payments and statements: accounts, approvals, batches, statements, open items, receipts (04 to 13)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from prasasti.contracts import CONTRACTS
from tests.contracts.drawing import DRAWING
from tests.contracts.plays import Play, Step, after, do, holder, in_one_block, wait
from tests.contracts.treasury_rows import COMMITTED, DRAWER, set_budget
from tests.core.examples import APPROVER, PAYER, REGISTRAR, SCAN, registration
from tests.core.ledger import ACCEPTED, PARAMETERS, START, Ledger, Signer, build_genesis, key_of

DAY = 86_400
PAYEE: Signer = ("bidder-1/director", "procurement.contractor")
APPROVER_2: Signer = ("treasury-1/approver-2", "treasury.approver")
PAYER_2: Signer = ("treasury-1/payer-2", "treasury.payer")
OTHER_APPROVER: Signer = ("treasury-2/approver", "treasury.approver")
OTHER_PAYER: Signer = ("treasury-2/payer", "treasury.payer")
BOTH_APPROVE = (APPROVER, APPROVER_2)
ACCOUNT, ACCOUNT_2 = "66" * 32, "77" * 32
FILE = "88" * 32
NET, TAX = 1_000, 110


TREASURY_KEYS = {
    "approver": ["treasury.approver"], "approver-2": ["treasury.approver"], "budget": ["treasury.budget"], "payer": ["treasury.payer"],
    "payer-2": ["treasury.payer"],
}  # fmt: skip
KEYS: dict[str, dict[str, list[str]]] = {
    "bidder-1": {"bidder": ["procurement.bidder"], "director": ["procurement.contractor"]},
    "treasury-1": TREASURY_KEYS,
    "treasury-2": TREASURY_KEYS,
}
# Who may set budgets, under which accounts.
TREASURIES = {"treasury.chart": "bas", "treasury.organisations": "agency-1,treasury-1,treasury-2"}


def open_ledger(folder: Path, **parameters: Any) -> Ledger:
    """A ledger of two treasuries with all their people, a payee, and a contract that draws on budgets."""
    others = [each for each in json.loads(build_genesis())["organisations"] if each["id"] not in KEYS]
    organisations: list[dict[str, Any]] = [
        {
            "id": owner, "keys": sorted(
                ({"handle": name, "key": key_of(f"{owner}/{name}"), "roles": roles} for name, roles in keys.items()),
                key=lambda key: str(key["key"]),
            ),
            "licence": "", "ocid_prefixes": [], "publication_policy": "",
        }
        for owner, keys in KEYS.items()
    ]  # fmt: skip
    found = sorted([*others, *organisations], key=lambda each: str(each["id"]))
    return Ledger(folder, (*CONTRACTS, DRAWING), organisations=found, parameters=PARAMETERS | TREASURIES | parameters)


def name(account: str = ACCOUNT, signer: Signer = PAYEE) -> Play:
    return do("treasury.name_account", {"account": account}, signer)


def verify(account: str = ACCOUNT, signer: Signer = PAYER, organisation: str = "bidder-1") -> Play:
    return do("treasury.verify_account", {"account": account, "organisation": organisation}, signer)


def order(number: int = 1, net: int = NET, signers: tuple[Signer, ...] = (DRAWER,), **changes: Any) -> Play:
    """The drawing contract orders a payment of 1,000 and a tax of 110, out of its commitment c-1 of 60,000."""
    arguments = {
        "commitment": "c-1", "net": str(net), "order": f"c-1-{number}", "payee": "bidder-1", "taxes": {"ppn": str(TAX)}, "year": 2026,
    }  # fmt: skip
    return do("drawing.order", arguments | changes, *signers)


def approve(*orders: str, total: int | None = None, count: int | None = None, signers: tuple[Signer, ...] = BOTH_APPROVE) -> Play:
    names = list(orders or ("c-1-1",))
    arguments = {
        "count": len(names) if count is None else count, "orders": names,
        "sum": str(len(names) * (NET + TAX) if total is None else total),
    }  # fmt: skip
    return do("treasury.approve", arguments, *signers)


def batch(*orders: str, total: int | None = None, signer: Signer = PAYER, identifier: str = "b-1") -> Play:
    names = list(orders or ("c-1-1",))
    total_minor = len(names) * NET if total is None else total
    return do("treasury.make_batch", {"batch": identifier, "orders": names, "sum": str(total_minor)}, signer)


def pause(identifier: str = "b-1", signer: Signer = PAYER, reason: str = "doubt") -> Play:
    return do("treasury.pause_batch", {"batch": identifier, "reason": reason}, signer)


def resume(identifier: str = "b-1", signer: Signer = PAYER, reason: str = "resolved") -> Play:
    return do("treasury.resume_batch", {"batch": identifier, "reason": reason}, signer)


def send(identifier: str = "b-1", signer: Signer = PAYER) -> Play:
    return do("treasury.send_batch", {"batch": identifier, "file": FILE}, signer)


def entry(amount: int = -NET, identifier: str = "e-1", reference: str = "c-1-1.0", account: str = ACCOUNT) -> dict[str, Any]:
    return {"account": account, "amount": str(amount), "entry": identifier, "reference": reference}


def statement(*entries: dict[str, Any], signer: Signer = PAYER, opening: int = 5_000, start: int = START - DAY, **changes: Any) -> Play:
    closing = opening + sum(int(each["amount"]) for each in entries)
    arguments = {
        "bank": "bank-1", "closing": str(closing), "entries": list(entries), "from": start, "opening": str(opening),
        "statement": SCAN, "to": START,
    }  # fmt: skip
    return do("treasury.record_statement", arguments | changes, signer)


def resolve(resolved_as: str = "order", signers: tuple[Signer, ...] = (PAYER, APPROVER), item: int = 0, **changes: Any) -> Play:
    arguments = {"as": resolved_as, "document": SCAN, "item": f"treasury-1-{item}"}
    return do("treasury.resolve_item", arguments | changes, *signers)


def due(matter: str = "advance:c-1", amount: int = 500, treasury: str = "treasury-1", currency: str = "IDR") -> Play:
    return do("drawing.due", {"amount": str(amount), "currency": currency, "matter": matter, "treasury": treasury}, DRAWER)


def receipt(amount: int = 500, matter: str = "advance", identifier: str = "r-1", signer: Signer = PAYER, **changes: Any) -> Play:
    """Of a guarantee or a contract, whichever the matter has, unless changes name others."""
    named = {"guarantee": "g-1"} if matter == "guarantee" else {"contract": "c-1"}
    arguments = {"amount": str(amount), "entry": identifier, "for": matter, "statement": SCAN}
    return do("treasury.record_receipt", arguments | (changes or named), signer)


def report(outcome: str = "paid", amount: int = NET, identifier: str = "own-1", line: int = 0, number: int = 1, **changes: Any) -> Play:
    """What procurement's 36 does."""
    arguments = {
        "account": ACCOUNT, "amount": str(amount), "bank": "treasury-1", "entry": identifier, "line": line, "ntpn": "",
        "order": f"c-1-{number}", "outcome": outcome,
    }  # fmt: skip
    return do("drawing.report", arguments | changes, DRAWER)


def replace(number: int = 1, new: int = 2, lines: tuple[int, ...] = (0,), account: str = ACCOUNT, signer: Signer = DRAWER) -> Play:
    """What procurement's 37 does."""
    return do("drawing.replace", {"account": account, "lines": list(lines), "new_order": f"c-1-{new}", "order": f"c-1-{number}"}, signer)


NAMED = name()
VERIFIED = after(NAMED, verify())
RAISED = after(COMMITTED, VERIFIED, order())
APPROVED = after(RAISED, approve())
BATCHED = after(APPROVED, batch())
PAUSED = after(BATCHED, pause())
SENT = after(BATCHED, send())
PAID = after(SENT, statement(entry()))
RETURNED = after(PAID, statement(entry(NET, "e-2"), opening=4_000))
REJECTED = after(SENT, report("rejected"))
REPLACED = after(REJECTED, replace())
AGED = after(COMMITTED, VERIFIED, wait(30 * DAY), order())
OPEN = after(SENT, statement(entry(reference="nothing")))
DOLLARS = after(set_budget("dollars-1", currency="USD"), do(
    "drawing.commit", {"amounts": {"dollars-1": "5000"}, "commitment": "c-2", "reservation": ""}, DRAWER
))  # fmt: skip
DOLLAR_ORDER = after(DOLLARS, order(commitment="c-2", order="c-2-1"))
END_PAYER: Step = ("identity.end_key", {"key": key_of(PAYER[0])}, (holder(PAYER[0]),))


REGISTER_OPERATORS = do(
    "identity.register_key", registration("operator-1/new", roles=["treasury.budget"]), ("operator-1/registrar", "identity.registrar"),
    ("operator-1/new", "identity.new_key"),
)  # fmt: skip

ROWS: dict[str, tuple[str, Play]] = {
    # treasury.01
    "a budget of who is no treasury": (
        "treasury.01.3", after(REGISTER_OPERATORS, set_budget(signer=("operator-1/new", "treasury.budget")))),
    "an account of income": ("treasury.01.4", set_budget(account="424111")),
    "an account of transfers": (ACCEPTED, set_budget(account="611111")),
    "an account of five digits": ("treasury.01.4", set_budget(account="52411")),
    # treasury.00
    "a payer's key ended earlier in the block": (
        "treasury.00.1", in_one_block(END_PAYER, ("treasury.make_batch", {"batch": "b-1", "orders": ["c-1-1"], "sum": "1"}, (PAYER,)))),
    "a pause for no reason": ("treasury.00.6", after(BATCHED, pause(reason="whim"))),
    "a batch that nobody made": ("treasury.00.7", after(BATCHED, pause("b-2"))),
    "sending what nobody made": ("treasury.00.7", after(BATCHED, send("b-2"))),
    "going on with what nobody made": ("treasury.00.7", after(PAUSED, resume("b-2"))),
    "approved by another treasury": ("treasury.00.8", after(RAISED, approve(signers=(OTHER_APPROVER,)))),
    "approved by another treasury too": ("treasury.00.8", after(RAISED, approve(signers=(APPROVER, OTHER_APPROVER)))),
    "batched by another treasury": ("treasury.00.8", after(APPROVED, batch(signer=OTHER_PAYER))),
    "paused by another treasury": ("treasury.00.8", after(BATCHED, pause(signer=OTHER_PAYER))),
    "going on by another treasury": ("treasury.00.8", after(PAUSED, resume(signer=OTHER_PAYER))),
    "sent by another treasury": ("treasury.00.8", after(BATCHED, send(signer=OTHER_PAYER))),
    "resolved by another treasury": (
        "treasury.00.8", after(OPEN, resolve(order="c-1-1", signers=(OTHER_PAYER, OTHER_APPROVER)))),
    "received by another treasury": ("treasury.00.8", after(due(), receipt(signer=OTHER_PAYER))),
    "an order approved twice in one message": ("treasury.00.9", after(RAISED, approve("c-1-1", "c-1-1"))),
    "orders downwards": ("treasury.00.9", after(RAISED, order(2), approve("c-1-2", "c-1-1"))),
    "orders upwards": (ACCEPTED, after(RAISED, order(2), approve("c-1-1", "c-1-2"))),
    "a batch of one order twice": ("treasury.00.9", after(APPROVED, batch("c-1-1", "c-1-1"))),
    # treasury.04
    "an account": (ACCEPTED, NAMED),
    "an account named by a bidder": (ACCEPTED, name(signer=("bidder-1/bidder", "procurement.bidder"))),
    "an account named again": ("treasury.04.1", after(NAMED, name())),
    "another account": (ACCEPTED, after(NAMED, name(ACCOUNT_2))),
    "the first account once more": (ACCEPTED, after(NAMED, name(ACCOUNT_2), name())),
    # treasury.05
    "an account verified": (ACCEPTED, VERIFIED),
    "an account that nobody named": ("treasury.05.1", verify()),
    "an account that was named before the last": ("treasury.05.1", after(NAMED, name(ACCOUNT_2), verify())),
    "an account verified by who named it": ("treasury.05.2", after(
        do("identity.register_key", registration("treasury-1/clerk", handle="payer", organisation="treasury-1",
           roles=["procurement.bidder"]), REGISTRAR, ("treasury-1/clerk", "identity.new_key")),
        name(signer=("treasury-1/clerk", "procurement.bidder")), verify(organisation="treasury-1"))),
    "an account verified by another than who named it": (ACCEPTED, after(
        do("identity.register_key", registration("treasury-1/clerk", handle="clerk", organisation="treasury-1",
           roles=["procurement.bidder"]), REGISTRAR, ("treasury-1/clerk", "identity.new_key")),
        name(signer=("treasury-1/clerk", "procurement.bidder")), verify(organisation="treasury-1"))),
    "an account verified twice": ("treasury.05.3", after(VERIFIED, verify(signer=PAYER_2))),
    "an account verified by two treasuries": (ACCEPTED, after(VERIFIED, verify(signer=OTHER_PAYER))),
    "an account verified, named anew, verified": (ACCEPTED, after(VERIFIED, name(ACCOUNT_2), verify(ACCOUNT_2))),
    # treasury.06
    "an order approved by two": (ACCEPTED, APPROVED),
    "an order that nobody raised": ("treasury.06.1", after(VERIFIED, approve())),
    "an order approved twice": ("treasury.06.1", after(APPROVED, approve())),
    "an order sent approved again": ("treasury.06.1", after(SENT, name(ACCOUNT_2), verify(ACCOUNT_2), approve())),
    "an order approved again for another account": (ACCEPTED, after(APPROVED, name(ACCOUNT_2), verify(ACCOUNT_2), approve())),
    "an order in a batch approved again for another account": (ACCEPTED, after(BATCHED, name(ACCOUNT_2), verify(ACCOUNT_2), approve())),
    "an order approved by who raised it": (
        "treasury.06.2", after(COMMITTED, VERIFIED, order(signers=(holder(APPROVER[0]),)), approve())),
    "a replacement approved by who raised the first": (
        "treasury.06.2", after(COMMITTED, VERIFIED, order(signers=(holder("treasury-1/approver-2"),)), wait(30 * DAY),
                               approve(signers=(APPROVER,)), batch(), send(), report("rejected"), replace(),
                               approve("c-1-2", total=NET, signers=(APPROVER_2,)))),
    "a replacement approved by who approved the first": (ACCEPTED, after(REPLACED, approve("c-1-2", total=NET))),
    "an order to an account that nobody named": ("treasury.06.3", after(COMMITTED, order(), approve())),
    "an order to an account that nobody verified": ("treasury.06.3", after(COMMITTED, NAMED, order(), approve())),
    "an order to an account that another treasury verified": (
        "treasury.06.3", after(COMMITTED, NAMED, verify(signer=OTHER_PAYER), order(), approve())),
    "an order to an account named anew": ("treasury.06.3", after(RAISED, name(ACCOUNT_2), approve())),
    "one approver for an account of 30 days": (ACCEPTED, after(AGED, approve(signers=(APPROVER,)))),
    "one approver for an account of fewer days": ("treasury.06.4", after(RAISED, wait(29 * DAY), approve(signers=(APPROVER,)))),
    "one approver with two keys": ("treasury.06.4", after(RAISED, do(
        "identity.register_key", registration("treasury-1/spare", handle="approver", organisation="treasury-1",
        roles=["treasury.approver"]), REGISTRAR, ("treasury-1/spare", "identity.new_key")),
        approve(signers=(APPROVER, ("treasury-1/spare", "treasury.approver"))))),
    "one approver for an amount of the tier": (ACCEPTED, after(
        set_budget("large", amount=str(10**12)),
        do("drawing.commit", {"amounts": {"large": str(10**12)}, "commitment": "c-1", "reservation": ""}, DRAWER),
        VERIFIED, wait(30 * DAY), order(net=25 * 10**10 - TAX), approve(total=25 * 10**10, signers=(APPROVER,)))),
    "one approver for an amount above the tier": ("treasury.06.4", after(
        set_budget("large", amount=str(10**12)),
        do("drawing.commit", {"amounts": {"large": str(10**12)}, "commitment": "c-1", "reservation": ""}, DRAWER),
        VERIFIED, wait(30 * DAY), order(net=25 * 10**10 - TAX + 1), approve(total=25 * 10**10 + 1, signers=(APPROVER,)))),
    "another sum": ("treasury.06.5", after(RAISED, approve(total=NET))),
    "another count": ("treasury.06.5", after(RAISED, approve(count=2))),
    "two currencies approved": ("treasury.06.6", after(RAISED, DOLLAR_ORDER, approve("c-1-1", "c-2-1"))),
    # treasury.07
    "a batch": (ACCEPTED, BATCHED),
    "a batch of what nobody raised": ("treasury.07.1", after(APPROVED, batch("c-1-1", "c-1-9"))),
    "a batch of what nobody approved": ("treasury.07.1", after(RAISED, batch())),
    "an order in two batches": ("treasury.07.2", after(BATCHED, batch(identifier="b-2"))),
    "an order of a paused batch in another": ("treasury.07.2", after(PAUSED, batch(identifier="b-2"))),
    "an order of a sent batch in another": ("treasury.07.2", after(SENT, batch(identifier="b-2"))),
    "an order that was rejected in another batch": ("treasury.07.2", after(REJECTED, batch(identifier="b-2"))),
    "a batch with the taxes in its sum": ("treasury.07.3", after(APPROVED, batch(total=NET + TAX))),
    "a batch of who raised it": (
        "treasury.07.4", after(COMMITTED, VERIFIED, order(signers=(holder(PAYER[0]),)), approve(), batch())),
    "a batch of another payer than who raised it": (
        ACCEPTED, after(COMMITTED, VERIFIED, order(signers=(holder(PAYER[0]),)), approve(), batch(signer=PAYER_2))),
    "a batch under a used id": ("treasury.07.5", after(BATCHED, order(2), approve("c-1-2"), batch("c-1-2"))),
    "a second batch": (ACCEPTED, after(BATCHED, order(2), approve("c-1-2"), batch("c-1-2", identifier="b-2"))),
    "a batch of two currencies": (
        "treasury.07.6", after(APPROVED, DOLLAR_ORDER, approve("c-2-1"), batch("c-1-1", "c-2-1"))),
    # treasury.08, 09
    "a batch paused": (ACCEPTED, PAUSED),
    "a batch paused twice": ("treasury.08.2", after(PAUSED, pause())),
    "a batch paused after it was sent": ("treasury.08.2", after(SENT, pause())),
    "a batch goes on": (ACCEPTED, after(PAUSED, resume())),
    "a batch goes on that was not paused": ("treasury.09.2", after(BATCHED, resume())),
    # treasury.10
    "a batch sent": (ACCEPTED, SENT),
    "a paused batch sent": ("treasury.10.1", after(PAUSED, send())),
    "a batch sent that went on": (ACCEPTED, after(PAUSED, resume(), send())),
    "a batch to an account named anew": ("treasury.10.2", after(BATCHED, name(ACCOUNT_2), send())),
    "a batch to an account named anew and verified": ("treasury.10.2", after(BATCHED, name(ACCOUNT_2), verify(ACCOUNT_2), send())),
    "a batch to an account named anew, verified and approved": (
        ACCEPTED, after(BATCHED, name(ACCOUNT_2), verify(ACCOUNT_2), approve(), send())),
    "a batch sent by who raised an order of it": (
        "treasury.10.3", after(COMMITTED, VERIFIED, order(signers=(holder(PAYER_2[0]),)), approve(), batch(), send(signer=PAYER_2))),
    "a batch sent by another payer": (ACCEPTED, after(BATCHED, send(signer=PAYER_2))),
    "a batch sent twice": ("treasury.10.4", after(SENT, send())),
    # treasury.11
    "a statement": (ACCEPTED, PAID),
    "a statement of nothing": (ACCEPTED, statement()),
    "a statement as a picture": ("treasury.00.5", statement(statement=SCAN | {"media_type": "image/png"})),
    "a statement as a table": (ACCEPTED, statement(statement=SCAN | {"media_type": "text/csv"})),
    "a balance one short": ("treasury.11.1", after(SENT, statement(entry(), closing="3999"))),
    "a balance below nothing": (ACCEPTED, after(SENT, statement(entry(), opening=0))),
    "a period backwards": ("treasury.11.2", statement(start=START + 1)),
    "a period that is not over": ("treasury.11.2", statement(to=START + DAY)),
    "an entry twice": ("treasury.11.3", after(SENT, statement(entry(), entry()))),
    "two entries for one order": (ACCEPTED, after(SENT, statement(entry(), entry(identifier="e-2")))),
    # treasury.12
    "an item resolved as an order": (ACCEPTED, after(OPEN, resolve(order="c-1-1"))),
    "an item resolved by approver and payer": (ACCEPTED, after(OPEN, resolve(order="c-1-1", signers=(APPROVER, PAYER)))),
    "an item as a picture": ("treasury.00.5", after(OPEN, resolve(order="c-1-1", document=SCAN | {"media_type": "image/png"}))),
    "an item that is not there": ("treasury.12.1", after(OPEN, resolve(order="c-1-1", item=1))),
    "an item resolved twice": ("treasury.12.1", after(OPEN, resolve("error"), resolve(order="c-1-1"))),
    "an item of another amount": ("treasury.12.2", after(SENT, statement(entry(1 - NET)), resolve(order="c-1-1"))),
    "an item of what was paid already": (
        "treasury.12.2", after(PAID, statement(entry(identifier="e-2")), resolve(order="c-1-1"))),
    "an item of an order that is not there": ("treasury.12.2", after(OPEN, resolve(order="c-1-9"))),
    "an item in another currency": (
        "treasury.12.2", after(SENT, statement(entry(), currency="USD"), resolve(order="c-1-1"))),
    "an item resolved as what came in": ("treasury.12.2", after(OPEN, due(amount=NET), resolve("receipt", contract="c-1"))),
    "a receipt resolved": (ACCEPTED, after(due(amount=NET), statement(entry(NET)), resolve("receipt", contract="c-1"))),
    "a receipt of more than is due": (
        "treasury.12.2", after(due(amount=NET - 1), statement(entry(NET)), resolve("receipt", contract="c-1"))),
    "a receipt of a guarantee": (
        ACCEPTED, after(due("guarantee:g-1", NET), statement(entry(NET)), resolve("receipt", guarantee="g-1"))),
    "what came in resolved as outside": ("treasury.12.2", after(statement(entry(NET)), resolve("outside", contract="c-1"))),
    "what left resolved as outside": (ACCEPTED, after(OPEN, resolve("outside", contract="c-1"))),
    "an item resolved by two payers": ("treasury.12.3", after(OPEN, resolve("error", signers=(PAYER, PAYER_2)))),
    "an item resolved by an approver of another treasury": (
        "treasury.12.3", after(OPEN, resolve("error", signers=(PAYER, OTHER_APPROVER)))),
    "an error": (ACCEPTED, after(OPEN, resolve("error"))),
    "an error with an order": ("treasury.12.4", after(OPEN, resolve("error", order="c-1-1"))),
    "an order without a name": ("treasury.12.4", after(OPEN, resolve())),
    "a receipt of two matters": (
        "treasury.12.4", after(due(amount=NET), statement(entry(NET)), resolve("receipt", contract="c-1", guarantee="g-1"))),
    "an item resolved by who raised the order": (
        "treasury.12.5", after(COMMITTED, VERIFIED, order(signers=(holder(PAYER_2[0]),)), approve(), batch(), send(),
                               statement(entry(reference="nothing")), resolve(order="c-1-1", signers=(PAYER_2, APPROVER)))),
    # treasury.13
    "a receipt": (ACCEPTED, after(due(), receipt())),
    "a part of a receipt": (ACCEPTED, after(due(), receipt(499))),
    "a receipt by a picture": (
        "treasury.00.5", after(due(), receipt(contract="c-1", statement=SCAN | {"media_type": "image/png"}))),
    "a receipt twice": ("treasury.13.1", after(due(), receipt(1), receipt(1))),
    "two receipts": (ACCEPTED, after(due(), receipt(1), receipt(1, identifier="r-2"))),
    "a receipt of an entry that is an open item": (
        "treasury.13.1", after(due(), statement(entry(500)), receipt(identifier="e-1", contract="c-1", bank="bank-1"))),
    "more than is due": ("treasury.13.2", after(due(), receipt(501))),
    "a receipt of nothing": ("treasury.13.2", after(due(), receipt(0))),
    "a receipt of what nobody owes": ("treasury.13.2", receipt()),
    "a guarantee by its contract": (
        "treasury.13.3", after(due("guarantee:g-1"), receipt(matter="guarantee", contract="c-1"))),
    "a guarantee": (ACCEPTED, after(due("guarantee:g-1"), receipt(matter="guarantee"))),
    "an advance by its contract and a guarantee": ("treasury.13.3", after(due(), receipt(contract="c-1", guarantee="g-1"))),
}  # fmt: skip
