"""One contract: its price, its milestones and what was certified of them, its orders, and what of its budget lines it takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from msgspec import Struct

from prasasti.contracts.lists import count_items, item_key
from prasasti.contracts.procurement.agreement.records import AgreementRecord, AgreementTermsRecord, ContractMilestone, agreement_terms_key
from prasasti.contracts.procurement.change.ending import RETENTION_CAUSE
from prasasti.contracts.procurement.change.records import AMENDMENTS, AmendmentRecord, ListedAmendment, amendment_key
from prasasti.contracts.procurement.delivery.progress import (
    STANDING,
    compute_unrecovered,
    get_milestone,
    get_part,
    get_progress,
    name_order,
)
from prasasti.contracts.procurement.delivery.records import CertificateRecord, MilestonePartRecord, ProgressRecord, certificate_key
from prasasti.contracts.procurement.payment.transitions import FOR_ADVANCE
from prasasti.contracts.treasury.orders import get_order, sum_lines
from prasasti.contracts.treasury.records import CommitmentRecord, OrderRecord, commitment_key
from prasasti.core.contract import View
from prasasti.core.types import parse_amount, parse_signed_amount, require
from prasasti.services.tracing.nodes import Node, Part, Sum
from prasasti.services.tracing.orders import Orders, OrderSums, add_orders, trace_order


class Standing(Struct, frozen=True):
    """What is read of a contract; ``freed_minor`` is what its ends freed of its commitment, as the log says."""

    agreement: AgreementRecord
    terms: AgreementTermsRecord
    progress: ProgressRecord
    commitment: CommitmentRecord | None
    orders: dict[str, OrderRecord]
    freed_minor: int

    @property
    def is_standing(self) -> bool:
        """Whether all signed it, whatever came of it."""
        return self.agreement.state in STANDING


class Totals(NamedTuple):
    """A contract in a few amounts, minor units."""

    price_minor: int
    certified_minor: int
    ordered_minor: int
    paid_minor: int
    withheld_minor: int
    unpaid_minor: int
    outside_minor: int


def read_standing(view: View, agreement: AgreementRecord, freed_minor: int) -> Standing:
    """A contract with all that trace needs of it."""
    contract = agreement.contract
    progress = get_progress(view, contract)
    orders = [get_order(view, name_order(contract, number + 1)) for number in range(progress.orders)]
    return Standing(
        agreement, require(view.get(agreement_terms_key(contract), AgreementTermsRecord), contract), progress,
        view.get(commitment_key(contract), CommitmentRecord), {order.order: order for order in orders}, freed_minor,
    )  # fmt: skip


def add_up(standing: Standing) -> Totals:
    """What a contract comes to."""
    ordered = add_orders(standing.orders.values())
    progress = standing.progress
    return Totals(
        parse_amount(standing.agreement.price), parse_amount(progress.certified), ordered.ordered_minor, *ordered,
        parse_amount(progress.outside),
    )  # fmt: skip


def trace_contract(view: View, standing: Standing, *, is_whole: bool = True) -> Node:
    """The contract's own levels; the sums alone, of all of them, where it is not ``is_whole``."""
    agreement, currency = standing.agreement, standing.agreement.currency
    totals = add_up(standing)
    facts = {"buyer": agreement.buyer, "supplier": agreement.supplier} | {
        name: getattr(agreement, name) for name in ("process", "lot", "plan") if getattr(agreement, name)
    }
    facts |= {name.removesuffix("_minor"): str(amount) for name, amount in totals._asdict().items() if name != "price_minor"}
    orders = standing.orders
    nodes = [
        *(trace_order(view, each, orders) for each in _list_first(orders, FOR_ADVANCE)),
        *(_trace_milestone(view, standing, each) for each in standing.terms.milestones),
        *(trace_order(view, each, orders) for each in _list_first(orders, RETENTION_CAUSE)),
    ]
    sums = [*_compare_price(view, standing), *(_compare_money(view, standing, nodes) if standing.is_standing else [])]
    whole = Node("contract", agreement.contract, totals.price_minor, currency, agreement.state, facts, sums, nodes)
    return whole if is_whole else summarize(whole)


def summarize(node: Node) -> Node:
    """A node without what is below it, unless that does not add up."""
    kept = [each for each in map(summarize, node.nodes) if each.nodes or not all(one.holds for one in each.sums)]
    return Node(node.kind, node.id, node.amount_minor, node.currency, node.state, node.facts, node.sums, kept)


def _list_first(orders: Orders, cause: str) -> Iterator[OrderRecord]:
    """Orders for something that replace no other: those that do stand below what they replace."""
    yield from (order for order in orders.values() if order.cause == cause and not order.replaces)


# -- milestones -----------------------------------------------------------------------------------------------------------


def _trace_milestone(view: View, standing: Standing, milestone: ContractMilestone) -> Node:
    contract, record = standing.agreement.contract, get_milestone(view, standing.agreement.contract, milestone.id)
    parts = [get_part(view, contract, milestone.id, number + 1) for number in range(record.parts)]
    nodes = [_trace_part(view, standing, milestone.id, part) for part in parts]
    amount_minor, accepted_minor, certified_minor = map(parse_amount, (milestone.amount, record.accepted, record.certified))
    certificates = [each for node in nodes for each in node.nodes]
    sums = [
        Sum("milestone", amount_minor, [
            Part("certified", certified_minor), Part("to_certify", accepted_minor - certified_minor),
            Part("to_deliver", amount_minor - accepted_minor),
        ]),
        Sum("accepted", accepted_minor, [Part(f"{part.number}", parse_amount(part.accepted)) for part in parts]),
        Sum("certified", certified_minor, [Part(each.id, each.amount_minor) for each in certificates]),
    ]  # fmt: skip
    due = milestone.due + standing.progress.suspended_seconds
    facts = {"title": milestone.title, "due": str(due), "accepted": record.accepted, "certified": record.certified}
    state = "certified" if certified_minor == amount_minor else "accepted" if accepted_minor else "submitted" if record.waiting else "open"
    return Node("milestone", milestone.id, amount_minor, standing.agreement.currency, state, facts, sums, nodes)


def _trace_part(view: View, standing: Standing, milestone: str, part: MilestonePartRecord) -> Node:
    """Evidence, what an inspector accepted of it, and its certificate."""
    contract, currency = standing.agreement.contract, standing.agreement.currency
    facts = {name: str(value) for name in ("submitted", "inspected", "invoice", "reason") if (value := getattr(part, name))}
    nodes = []
    if part.certificate:
        record = require(view.get(certificate_key(contract, part.certificate), CertificateRecord), part.certificate)
        nodes.append(_trace_certificate(view, standing, record))
    return Node("part", f"{part.number}", parse_amount(part.accepted), currency, part.state, facts, [], nodes)


def _trace_certificate(view: View, standing: Standing, record: CertificateRecord) -> Node:
    """What was certified, what was taken of it, and the order of the rest."""
    order = standing.orders[record.order] if record.order else None
    ordered_minor = sum_lines(order) if order is not None else 0
    names = [name for name in ("recovery", "retention", "damages") if getattr(record, name) != "0"]
    taken = [Part(name, parse_signed_amount(getattr(record, name))) for name in names]
    sums = [Sum("certificate", parse_amount(record.gross), [*taken, Part("ordered", ordered_minor)])]
    facts = {"time": str(record.time)} | ({"days": str(record.days)} if record.days else {})
    return Node(
        "certificate", record.certificate, parse_amount(record.gross), standing.agreement.currency, "", facts, sums,
        [trace_order(view, order, standing.orders)] if order is not None else [],
    )  # fmt: skip


# -- what must hold of a contract -----------------------------------------------------------------------------------------


def _compare_price(view: View, standing: Standing) -> list[Sum]:
    agreement = standing.agreement
    price_minor = parse_amount(agreement.price)
    amended = [Part(each.amendment, parse_signed_amount(each.change)) for each in list_amendments(view, agreement.contract)]
    return [
        Sum("price", price_minor, [Part("first_price", parse_amount(agreement.first_price)), *amended]),
        Sum("price_milestones", price_minor, [Part(each.id, parse_amount(each.amount)) for each in standing.terms.milestones]),
    ]


def list_amendments(view: View, contract: str) -> list[AmendmentRecord]:
    """Amendments of a contract, in their order."""
    numbers = range(count_items(view, "procurement", AMENDMENTS, contract))
    listed = [require(view.get(item_key("procurement", AMENDMENTS, contract, number), ListedAmendment), contract) for number in numbers]
    return [require(view.get(amendment_key(contract, each.amendment), AmendmentRecord), each.amendment) for each in listed]


def _compare_money(view: View, standing: Standing, nodes: list[Node]) -> list[Sum]:
    """A signed contract: what it binds, what was certified and taken, what was ordered and paid."""
    progress = standing.progress
    parts = standing.commitment.amounts if standing.commitment is not None else []
    committed_minor = sum(parse_amount(part.committed_minor) for part in parts)
    bound_minor = sum(parse_amount(part.ordered_minor) for part in parts)
    ordered = add_orders(standing.orders.values())
    price_minor, certified_minor = parse_amount(standing.agreement.price), parse_amount(progress.certified)
    milestones = [node for node in nodes if node.kind == "milestone"]
    unrecovered_minor = compute_unrecovered(view, progress)
    freed = [Part("freed", standing.freed_minor)] if standing.freed_minor else []
    return [
        Sum("price_committed", price_minor, [Part("committed", committed_minor), *freed]),
        Sum("committed", committed_minor, [Part("ordered", ordered.ordered_minor), Part("open", committed_minor - bound_minor)]),
        Sum("certified", certified_minor, [Part(each.id, int(each.facts["certified"])) for each in milestones]),
        Sum("accepted", parse_amount(progress.accepted), [Part(each.id, int(each.facts["accepted"])) for each in milestones]),
        Sum("ordered", ordered.ordered_minor, _list_ordered(progress, certified_minor)),
        Sum("paid", ordered.ordered_minor, _list_paid(ordered)),
        Sum("bounded", ordered.paid_minor + ordered.withheld_minor,
            [Part("certified", certified_minor), Part("unrecovered", unrecovered_minor)], is_most=True),
        Sum("certified_bounded", certified_minor + unrecovered_minor, [Part("price", price_minor)], is_most=True),
    ]  # fmt: skip


def _list_ordered(progress: ProgressRecord, certified_minor: int) -> list[Part]:
    """What is ordered in all: the advance, and of what was certified what was not recovered, kept back or taken for delay; what was kept
    back and released."""
    found = [
        Part("advance", parse_amount(progress.advance)), Part("certified", certified_minor),
        Part("recovered", -parse_signed_amount(progress.recovered)), Part("retained", -parse_amount(progress.retained)),
        Part("released", parse_amount(progress.released)), Part("damages", -parse_amount(progress.damages_taken)),
    ]  # fmt: skip
    return [part for part in found if part.amount_minor or part.name == "certified"]


def _list_paid(ordered: OrderSums) -> list[Part]:
    return [Part("paid", ordered.paid_minor), Part("withheld", ordered.withheld_minor), Part("unpaid", ordered.unpaid_minor)]
