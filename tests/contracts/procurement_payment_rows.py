"""Rows of payment: who may sign, what is refused, one example of each message."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from prasasti.contracts.procurement.agreement.records import CoverRecord
from tests.contracts.delivering import CONTRACT, CONTRACTOR, PRICE, SUPPLIER
from tests.contracts.paying import ACCOUNT, APPROVERS, NEW_ACCOUNT, PAYER, STATEMENT, Payments
from tests.contracts.plays import Play
from tests.contracts.procurement_agreement_rows import COMMUNITY_DIRECTOR, by_community
from tests.contracts.procurement_agreement_rows import community as plan_for_community
from tests.contracts.procurement_change_rows import accepting, ending_at_will, notifying
from tests.contracts.selection import DAY, MILLION, MINUTES, OFFICER, signer
from tests.core.ledger import ACCEPTED, START, Ledger, Signer, key_of

RUPIAH = 100
OTHER_PAYER: Signer = ("agency-2/payer", "treasury.payer")
BANKS_PAYER: Signer = ("bank-1/payer", "treasury.payer")
SECOND_OFFICER = signer("officer-2", "officer")
OTHERS: Signer = ("bidder-1/director", "procurement.contractor")
ARCHIVE = STATEMENT | {"media_type": "application/zip"}
ADVANCE = PRICE // 5
ADVANCE_TERMS = {"advance_bp": 2_000}
# Of which a tax of 100 % and VAT leave nothing.
DIVISIBLE = 11 * MILLION + 10 * MILLION // 100
# Indonesia's rates, in the order of the lines.
RATES = {"goods": {"pph22": 150, "ppn": 1_100}, "social": {}, "services": {"pph23": 200, "ppn": 1_100}}
Act = Callable[[Payments], str]


def taxes(amount: int, kind: str = "goods", **rates: int) -> list[dict[str, Any]]:
    """What is withheld of an amount, to whole rupiah; ``rates`` are others than the State's, for a reason."""
    listed = RATES[kind]
    base = amount * 10_000 // (10_000 + listed.get("ppn", 0)) // RUPIAH * RUPIAH
    return [
        {
            "amount": str(base * rates.get(code, rate) // 10_000 // RUPIAH * RUPIAH), "base": str(base), "code": code,
            "rate_bp": rates.get(code, rate), **({"reason": "treaty"} if code in rates else {}),
        }
        for code, rate in listed.items()
    ]  # fmt: skip


WITHHELD = sum(int(each["amount"]) for each in taxes(ADVANCE))


# -- 32 -----------------------------------------------------------------------------------------------------------------------------------


def begin(ledger: Ledger, price: int = PRICE, advance_bp: int = 2_000, **changes: Any) -> Payments:
    """A signed contract under which an advance may be taken, and nobody guarantees it yet."""
    return Payments.begin(ledger, price, terms={"advance_bp": advance_bp} | changes)


def secure(delivery: Payments, amount: int = ADVANCE, **changes: Any) -> str:
    return delivery.guarantee(amount, **({"guarantee": "advance-1", "obligation": "advance"} | changes))


def take(amount: int = ADVANCE, by: Signer = CONTRACTOR, lines: list[dict[str, Any]] | None = None) -> Act:
    """The contractor takes an advance."""
    arguments = {"amount": str(amount), "contract": CONTRACT, "taxes": taxes(amount) if lines is None else lines}
    return lambda delivery: delivery.do("procurement.take_advance", arguments, by)


def on(*acts: Act, start: Callable[[Ledger], Payments] = begin) -> Play:
    """Acts under a signed contract, all but the last accepted."""

    def play(ledger: Ledger) -> str:
        delivery = start(ledger)
        for act in acts[:-1]:
            assert act(delivery) == ACCEPTED
        return acts[-1](delivery)

    return play


def of(price: int = PRICE, **terms: Any) -> Callable[[Ledger], Payments]:
    """A contract of a price and other terms."""
    return lambda ledger: begin(ledger, price, **terms)


def community(**terms: Any) -> Callable[[Ledger], Payments]:
    """A contract of a community, signed."""

    def start(ledger: Ledger) -> Payments:
        delivery = Payments(ledger)
        delivery.draft_id = open_community(delivery, terms)
        assert delivery.sign("officer", "officer") == delivery.sign(COMMUNITY_DIRECTOR[0], "contractor") == ACCEPTED
        return delivery

    return start


def open_community(delivery: Payments, terms: dict[str, Any]) -> str:
    """A community's draft, its overseers' interests declared; the draft's id."""
    selection = plan_for_community(delivery.ledger)
    assert by_community(terms=terms)(selection) == ACCEPTED
    for role in ("officer", "inspector"):
        declared = {"contract": CONTRACT, "interests": []}
        assert delivery.do("procurement.declare_interests", declared, signer(role, role)) == ACCEPTED
    return selection.draft_id


def securing(amount: int = ADVANCE, **changes: Any) -> Act:
    return lambda delivery: secure(delivery, amount, **changes)


class Large(Payments):
    """A contract too large to be reserved to small firms."""

    def do(self, action: str, arguments: dict[str, Any], *signers: Signer) -> str:
        if action == "procurement.publish_tender":
            arguments = arguments | {"lots": [each | {"reserved": False} for each in arguments["lots"]]}
        return super().do(action, arguments, *signers)


def large(ledger: Ledger) -> Payments:
    return Large.begin(ledger, 16_000 * MILLION, terms={"advance_bp": 5_000})


def two_years(first: int) -> Callable[[Ledger], Payments]:
    """A contract over two years, so much of it in the first."""
    return lambda ledger: Payments.begin(ledger, terms=ADVANCE_TERMS, later=PRICE - first)


def calling(delivery: Payments) -> str:
    """The advance's guarantee is called, for a trifle."""
    arguments = {"amount": str(MILLION), "document": MINUTES, "ground": "unrecovered_advance", "guarantee": "advance-1"}
    return delivery.do("procurement.call_guarantee", arguments, OFFICER)


def failing(delivery: Payments) -> str:
    """The guarantor does not pay what was called of another guarantee of it."""
    cover = delivery.ledger.application.state.view.get(f"procurement/contract/{CONTRACT}/guarantees", CoverRecord)
    assert cover is not None
    arguments = {"amount": str(MILLION), "document": MINUTES, "ground": "default", "guarantee": cover.performance}
    assert delivery.do("procurement.call_guarantee", arguments, OFFICER) == ACCEPTED
    return waiting(25)(delivery)


def waiting(days: int) -> Act:
    def act(delivery: Payments) -> str:
        delivery.wait_until(delivery.ledger.time + days * DAY)
        return ACCEPTED

    return act


# -- 36 and 37 ----------------------------------------------------------------------------------------------------------------------------


def raised(ledger: Ledger) -> Payments:
    """The order of an advance."""
    delivery = begin(ledger)
    assert secure(delivery) == take()(delivery) == ACCEPTED
    return delivery


def approved(ledger: Ledger) -> Payments:
    """As ``raised``, and approved for the payee's account."""
    delivery = raised(ledger)
    delivery.settle_account()
    assert delivery.approve() == ACCEPTED
    return delivery


def sent(ledger: Ledger) -> Payments:
    """As ``approved``, and the bank has it."""
    delivery = approved(ledger)
    assert delivery.batch() == delivery.send() == ACCEPTED
    return delivery


def paid(ledger: Ledger) -> Payments:
    delivery = sent(ledger)
    assert delivery.report() == ACCEPTED
    return delivery


def rejected(ledger: Ledger) -> Payments:
    delivery = sent(ledger)
    assert delivery.report(outcome="rejected") == ACCEPTED
    return delivery


def returned(ledger: Ledger) -> Payments:
    delivery = paid(ledger)
    assert delivery.report(outcome="returned") == ACCEPTED
    return delivery


def replaced(ledger: Ledger) -> Payments:
    delivery = returned(ledger)
    assert delivery.replace() == ACCEPTED
    return delivery


def certified(ledger: Ledger) -> Payments:
    """Half of the contract is certified, its order at the bank."""
    delivery = begin(ledger, advance_bp=0)
    delivery.deliver()
    delivery.settle_account()
    delivery.put_out()
    return delivery


def certified_and_rejected(ledger: Ledger) -> Payments:
    delivery = certified(ledger)
    assert delivery.report(outcome="rejected") == ACCEPTED
    return delivery


def reporting(**changes: Any) -> Act:
    return lambda delivery: delivery.report(**changes)


def replacing(**changes: Any) -> Act:
    return lambda delivery: delivery.replace(**changes)


def naming(account: str = NEW_ACCOUNT) -> Act:
    return lambda delivery: delivery.name_account(account)


def verifying(account: str = NEW_ACCOUNT) -> Act:
    return lambda delivery: delivery.verify(account)


def putting_out(order: int) -> Act:
    def act(delivery: Payments) -> str:
        delivery.put_out(order)
        return ACCEPTED

    return act


def delivering(milestone: str, part: int = 0) -> Act:
    """A milestone is certified, all of it or so much."""

    def act(delivery: Payments) -> str:
        delivery.deliver(milestone, **({"outcome": "part", "accepted": str(part)} if part else {}))
        return ACCEPTED

    return act


def become_payer(delivery: Payments) -> str:
    """Who approved the order has the payer's office now."""
    key = key_of(APPROVERS[0][0])
    held = {"key": key, "role": "treasury.approver"}
    assert delivery.do("identity.end_office", held, (APPROVERS[0][0], "identity.holder")) == ACCEPTED
    given = {"key": key, "role": "treasury.payer", "until": delivery.ledger.time + 100 * DAY}
    return delivery.do("identity.grant_office", given, ("auditor-1/registrar", "identity.registrar"))


# -- 50 -----------------------------------------------------------------------------------------------------------------------------------


def outside(act: str = "record", by: tuple[Signer, ...] = (PAYER,), **changes: Any) -> Act:
    """A payment that no order here asked for, recorded or explained."""
    arguments = {
        "act": act, "amount": str(MILLION), "contract": CONTRACT, "entry": "entry-1", "payee": SUPPLIER, "payment": "payment-1",
        "statement": STATEMENT, **({"document": MINUTES} if act == "explain" else {}),
    } | changes  # fmt: skip
    return lambda delivery: delivery.do("procurement.record_outside_payment", arguments, *by)


def explain(by: tuple[Signer, ...] = (OFFICER, PAYER), **changes: Any) -> Act:
    return outside("explain", by, **changes)


def drafted(ledger: Ledger) -> Payments:
    """A contract that nobody signed."""

    class Unsigned(Payments):
        def sign(self, name: str, role: str, contract: str = CONTRACT, **changes: Any) -> str:
            return ACCEPTED

    return Unsigned.begin(ledger)


ALLOWED: dict[tuple[str, int], set[str]] = {
    ("procurement.take_advance", 0): {"procurement.contractor"},
    ("procurement.report_payment", 0): {"treasury.payer"},
    ("procurement.replace_order", 0): {"procurement.contractor", "procurement.officer"},
    ("procurement.replace_order", 1): {"procurement.contractor", "procurement.officer"},
    ("procurement.record_outside_payment", 0): {"procurement.officer", "treasury.payer"},
}

ROWS: dict[str, tuple[str, Play]] = {
    # procurement.32
    "an advance": (ACCEPTED, on(secure, take())),
    "an advance by another supplier": ("procurement.00.1", on(secure, take(by=OTHERS))),
    "an advance of no contract": ("procurement.00.1", lambda ledger: take()(Payments(ledger))),
    "an advance of a contract that nobody signed": ("procurement.00.1", on(take(), start=drafted)),
    "an advance under a suspended contract": ("procurement.00.3", on(secure, notifying("suspend"), take())),
    "an advance when the contract goes on": (ACCEPTED, on(secure, notifying("suspend"), notifying("resume"), take())),
    "an advance under a contract that ended": ("procurement.00.2", on(secure, ending_at_will(), take())),
    "an advance after the first certificate": ("procurement.32.3", on(secure, delivering("half"), take())),
    "an advance while a part awaits its certificate": (ACCEPTED, on(secure, accepting("half"), take())),
    "an advance of nothing": ("procurement.32.1", on(secure, take(0, lines=taxes(0)))),
    "an advance of half a rupiah more": ("procurement.32.1", on(secure, take(ADVANCE - 50))),
    "an advance above the terms": ("procurement.32.1", on(securing(PRICE), take(ADVANCE + RUPIAH))),
    "an advance where the terms allow none": ("procurement.32.1", on(secure, take(), start=of(advance_bp=0))),
    "a small firm's advance of 30 %": (ACCEPTED, on(securing(PRICE), take(PRICE * 3 // 10), start=of(advance_bp=5_000))),
    "a small firm's advance above 30 %": (
        "procurement.32.1", on(securing(PRICE), take(PRICE * 3 // 10 + RUPIAH), start=of(advance_bp=5_000))),
    "a large firm's advance of 20 %": (
        ACCEPTED, on(securing(4_000 * MILLION), take(3_200 * MILLION), start=large)),
    "a large firm's advance above 20 %": (
        "procurement.32.1", on(securing(4_000 * MILLION), take(3_200 * MILLION + RUPIAH), start=large)),
    "an advance of 15 % over two years": (ACCEPTED, on(secure, take(PRICE * 15 // 100), start=two_years(PRICE // 2))),
    "an advance above 15 % over two years": (
        "procurement.32.1", on(secure, take(PRICE * 15 // 100 + RUPIAH), start=two_years(PRICE // 2))),
    "a community's advance of 40 %": (
        ACCEPTED, on(take(24 * MILLION, COMMUNITY_DIRECTOR, lines=[]), start=community())),
    "a community's advance above 40 %": (
        "procurement.32.1", on(take(24 * MILLION + RUPIAH, COMMUNITY_DIRECTOR, lines=[]), start=community())),
    "a community's advance above its terms": (
        "procurement.32.1", on(take(6 * MILLION + RUPIAH, COMMUNITY_DIRECTOR, lines=[]), start=community(advance_bp=1_000))),
    "an advance without a guarantee": ("procurement.32.2", on(take())),
    "an advance above its guarantee": ("procurement.32.2", on(securing(ADVANCE - 1), take())),
    "an advance above its latest guarantee": (
        "procurement.32.2", on(secure, securing(ADVANCE - 1, guarantee="advance-2"), take())),
    "an advance on a guarantee that was called": ("procurement.32.2", on(secure, calling, take())),
    "an advance on a guarantor that did not pay": ("procurement.32.2", on(secure, failing, take())),
    "an advance on another guarantor, while one did not pay": (ACCEPTED, on(securing(guarantor="bank-2"), failing, take())),
    "an advance on a guarantee that is over": ("procurement.32.2", on(secure, waiting(301), take())),
    "a second advance": ("procurement.32.3", on(secure, take(MILLION), take(MILLION))),
    "an advance without its taxes": ("procurement.32.4", on(secure, take(lines=[]))),
    "an advance with its taxes in another order": ("procurement.32.4", on(secure, take(lines=taxes(ADVANCE)[::-1]))),
    "an advance with the taxes of another amount": ("procurement.32.4", on(secure, take(lines=taxes(ADVANCE - 100 * RUPIAH)))),
    "an advance with a tax one rupiah short": (
        "procurement.32.4",
        on(secure, take(lines=[each | {"amount": str(int(each["amount"]) - RUPIAH)} for each in taxes(ADVANCE)]))),
    "an advance with another rate and its reason": (ACCEPTED, on(secure, take(lines=taxes(ADVANCE, pph22=50)))),
    "an advance with another rate and no reason": (
        "procurement.32.4",
        on(secure, take(lines=[{name: each for name, each in line.items() if name != "reason"} for line in taxes(ADVANCE, pph22=50)]))),
    "an advance with another rate and an unknown reason": (
        "procurement.32.4", on(secure, take(lines=[line | {"reason": "friendship"} for line in taxes(ADVANCE, pph22=50)]))),
    "an advance that is all withheld": (ACCEPTED, on(secure, take(DIVISIBLE, lines=taxes(DIVISIBLE, pph22=10_000)))),
    "an advance of which more is withheld": ("procurement.32.4", on(secure, take(lines=taxes(ADVANCE, pph22=10_000, ppn=10_000)))),
    "an advance beyond the year's money": ("procurement.32.5", on(secure, take(PRICE * 15 // 100), start=two_years(PRICE // 10))),
    "an advance of all of the year's money": (ACCEPTED, on(secure, take(PRICE // 10), start=two_years(PRICE // 10))),
    "an advance before the year of its money": ("procurement.32.5", on(secure, take(PRICE // 10), start=two_years(0))),
    # procurement.36
    "a payment": (ACCEPTED, on(reporting(), start=sent)),
    "a payment under a suspended contract": (ACCEPTED, on(notifying("suspend"), reporting(), start=sent)),
    "a payment under a contract that ended": (ACCEPTED, on(ending_at_will(), reporting(), start=sent)),
    "a payment with the numbers of the state's books": (
        ACCEPTED, on(reporting(spp="SPP-1", spm="SPM-1", sp2d="SP2D-1"), start=sent)),
    "a payment by another treasury's payer": ("procurement.00.1", on(reporting(by=OTHER_PAYER), start=sent)),
    "a payment by the bank itself": ("procurement.00.1", on(reporting(by=BANKS_PAYER), start=sent)),
    "a payment by the treasury's other payer": (ACCEPTED, on(reporting(by=("treasury-1/payer-2", "treasury.payer")), start=sent)),
    "a payment of no order": ("procurement.00.2", on(reporting(order=2), start=sent)),
    "a statement in a format that nobody reads": ("procurement.00.5", on(reporting(statement=ARCHIVE), start=sent)),
    "a payment of no line": ("procurement.36.1", on(reporting(line=3), start=sent)),
    "a payment of another amount": ("procurement.36.1", on(reporting(amount=str(ADVANCE - WITHHELD - 1)), start=sent)),
    "a payment to another account": ("procurement.36.1", on(reporting(account=NEW_ACCOUNT), start=sent)),
    "a payment to the account that was named since": (
        "procurement.36.1", on(naming(), verifying(), reporting(account=NEW_ACCOUNT), start=sent)),
    "a payment to the account that it was sent to": (ACCEPTED, on(naming(), verifying(), reporting(account=ACCOUNT), start=sent)),
    "a payment of an order that nobody approved": ("procurement.36.1", on(reporting(account=ACCOUNT), start=raised)),
    "a payment of an order that was not sent": ("procurement.36.1", on(reporting(), start=approved)),
    "a rejection of an order that was not sent": ("procurement.36.1", on(reporting(outcome="rejected"), start=approved)),
    "a payment twice": ("procurement.36.1", on(reporting(), start=paid)),
    "a rejection of what was paid": ("procurement.36.1", on(reporting(outcome="rejected"), start=paid)),
    "a return of what was not paid": ("procurement.36.1", on(reporting(outcome="returned"), start=sent)),
    "a rejection by the bank": (ACCEPTED, on(reporting(outcome="rejected"), start=sent)),
    "a return": (ACCEPTED, on(reporting(outcome="returned"), start=paid)),
    "a return twice": ("procurement.36.1", on(reporting(outcome="returned"), start=returned)),
    "a payment after its rejection": ("procurement.36.1", on(reporting(), start=rejected)),
    "a payment after its return": ("procurement.36.1", on(reporting(), start=returned)),
    "a payment of a line that another order pays": ("procurement.36.1", on(putting_out(2), reporting(), start=replaced)),
    "a tax's receipt": (ACCEPTED, on(reporting(line=1, ntpn="NTPN-1"), start=paid)),
    "a tax's receipt before its order is paid": ("procurement.36.1", on(reporting(line=1, ntpn="NTPN-1"), start=sent)),
    "a tax's receipt without a number": ("procurement.36.1", on(reporting(line=1), start=paid)),
    "a tax's receipt twice": (
        "procurement.36.1", on(reporting(line=1, ntpn="NTPN-1"), reporting(line=1, ntpn="NTPN-2"), start=paid)),
    "an entry twice, of two lines": (
        "procurement.36.2", on(reporting(line=1, ntpn="NTPN-1"), reporting(line=2, ntpn="NTPN-2", entry="entry-1"), start=paid)),
    "an entry that was made outside": ("procurement.36.2", on(outside(entry="entry-9"), reporting(entry="entry-9"), start=sent)),
    "a payment reported by who approved it": (
        "procurement.36.3", on(become_payer, reporting(by=(APPROVERS[0][0], "treasury.payer")), start=sent)),
    # procurement.37
    "an order in place of a rejected line": (ACCEPTED, on(replacing(), start=rejected)),
    "an order in place of a returned line": (ACCEPTED, on(replacing(), start=returned)),
    "an order in place, under a suspended contract": (ACCEPTED, on(notifying("suspend"), replacing(), start=certified_and_rejected)),
    "an order in place, under a contract that ended": (ACCEPTED, on(ending_at_will(), replacing(), start=certified_and_rejected)),
    "an advance again under a contract that ended": ("procurement.37.4", on(ending_at_will(), replacing(), start=returned)),
    "an order in place, the contractor first": (ACCEPTED, on(replacing(by=(CONTRACTOR, OFFICER)), start=returned)),
    "an order in place, by another officer": ("procurement.00.1", on(replacing(by=(SECOND_OFFICER, CONTRACTOR)), start=returned)),
    "an order in place, by another supplier": ("procurement.00.1", on(replacing(by=(OFFICER, OTHERS)), start=returned)),
    "an order in place, by two officers": ("procurement.00.1", on(replacing(by=(OFFICER, SECOND_OFFICER)), start=returned)),
    "an order in place of none": ("procurement.00.2", on(replacing(order=7), start=returned)),
    "an order in place of one at the bank": ("procurement.37.1", on(replacing(), start=sent)),
    "an order in place of a paid one": ("procurement.37.1", on(replacing(), start=paid)),
    "an order in place, twice": ("procurement.37.1", on(replacing(), start=replaced)),
    "an order in place of a tax": ("procurement.37.2", on(replacing(lines=(1,)), start=returned)),
    "an order in place of more than was returned": ("procurement.37.2", on(replacing(lines=(0, 1)), start=returned)),
    "an order in place of a line named twice": ("procurement.37.2", on(replacing(lines=(0, 0)), start=returned)),
    "an order in place, to an account that nobody named": ("procurement.37.3", on(replacing(account=NEW_ACCOUNT), start=returned)),
    "an order in place, to an account that nobody verified": (
        "procurement.37.3", on(naming(), replacing(account=NEW_ACCOUNT), start=returned)),
    "an order in place, to the account before": ("procurement.37.3", on(naming(), verifying(), replacing(), start=returned)),
    "an order in place, to the new account": (ACCEPTED, on(naming(), verifying(), replacing(account=NEW_ACCOUNT), start=returned)),
    "an advance again, half of the work certified": (ACCEPTED, on(delivering("half"), replacing(), start=returned)),
    "an advance again, as much certified as the price leaves": (
        ACCEPTED, on(delivering("half"), delivering("rest", PRICE // 2 - ADVANCE), replacing(), start=returned)),
    "an advance again, recovered before it came back": (
        ACCEPTED, on(delivering("half"), delivering("rest"), reporting(outcome="returned"), replacing(), start=paid)),
    "a certificate's order in place": (ACCEPTED, on(reporting(outcome="rejected"), replacing(), start=certified)),
    # procurement.50
    "a payment made outside": (ACCEPTED, on(outside())),
    "a payment made outside, by a payer of no treasury": ("procurement.00.1", on(outside(by=(OTHER_PAYER,)))),
    "a payment made outside, by the officer too": ("procurement.00.1", on(outside(by=(OFFICER, PAYER)))),
    "a payment made outside, by the officer": ("procurement.00.1", on(outside(by=(OFFICER,)))),
    "a payment made outside, for no contract": ("procurement.00.1", lambda ledger: outside()(Payments(ledger))),
    "a payment made outside, its id taken": ("procurement.00.2", on(outside(), outside(entry="entry-2"))),
    "a statement that nobody reads": ("procurement.00.5", on(outside(statement=ARCHIVE))),
    "a payment made outside, for a contract that nobody signed": ("procurement.50.1", on(outside(), start=drafted)),
    "a payment made outside, of nothing": ("procurement.50.2", on(outside(amount="0"))),
    "an entry that was recorded as outside": ("procurement.50.2", on(outside(), outside(payment="payment-2"))),
    "another entry that was made outside": (ACCEPTED, on(outside(), outside(payment="payment-2", entry="entry-2"))),
    "payments made outside beyond what can be counted": (
        "procurement.50.2", on(outside(amount=str(2**63 - 1)), outside(amount="1", entry="entry-2", payment="payment-2"))),
    "a payment that an order waits for": (
        "procurement.50.3", on(secure, take(), outside(amount=str(ADVANCE - WITHHELD)))),
    "a payment of another amount than the order's": (ACCEPTED, on(secure, take(), outside(amount=str(ADVANCE)))),
    "a payment to another than the order's payee": (
        ACCEPTED, on(secure, take(), outside(amount=str(ADVANCE - WITHHELD), payee="bidder-3"))),
    "a payment made outside is explained": (ACCEPTED, on(outside(), explain())),
    "an explanation by the payer alone": ("procurement.00.1", on(outside(), explain((PAYER,)))),
    "an explanation by another officer": ("procurement.00.1", on(outside(), explain((SECOND_OFFICER, PAYER)))),
    "an explanation of nothing": ("procurement.00.2", on(explain())),
    "a second explanation": ("procurement.00.2", on(outside(), explain(), explain())),
    "an explanation that nobody reads": ("procurement.00.5", on(outside(), explain(document=ARCHIVE))),
    "an explanation of another amount": ("procurement.50.2", on(outside(), explain(amount=str(MILLION - 1)))),
    "an explanation of another entry": ("procurement.50.2", on(outside(), explain(entry="entry-2"))),
    "an explanation of another payee": ("procurement.50.2", on(outside(), explain(payee="bidder-1"))),
    "an explanation of another statement": ("procurement.50.2", on(outside(), explain(statement=STATEMENT | {"sha256": "a6" * 32}))),
}  # fmt: skip

EXAMPLES: dict[str, tuple[dict[str, Any], tuple[Signer, ...]]] = {
    "procurement.take_advance": (
        {"amount": str(ADVANCE), "contract": CONTRACT, "taxes": taxes(ADVANCE)}, (CONTRACTOR,)),
    "procurement.report_payment": (
        {
            "account": ACCOUNT, "amount": str(ADVANCE - WITHHELD), "entry": "entry-1", "line": 0, "order": "contract-1-1",
            "outcome": "paid", "statement": STATEMENT, "value_date": START,
        }, (PAYER,)),
    "procurement.replace_order": (
        {"account": ACCOUNT, "lines": [0], "order": "contract-1-1"}, (OFFICER, CONTRACTOR)),
    "procurement.record_outside_payment": (
        {
            "act": "record", "amount": str(MILLION), "contract": CONTRACT, "entry": "entry-1", "payee": SUPPLIER,
            "payment": "payment-1", "statement": STATEMENT,
        }, (PAYER,)),
}  # fmt: skip
