"""Traces of money: what they are of, that they add up at every level, and that they say where they do not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from prasasti.contracts.procurement.delivery.records import CertificateRecord, certificate_key
from prasasti.contracts.treasury.records import BudgetLineRecord, line_key
from prasasti.services.projecting import open_current
from prasasti.services.tracing import finding
from prasasti.services.tracing.nodes import Trace, walk
from tests.contracts.delivering import CONTRACT, PRICE, SUPPLIER
from tests.contracts.paying import PAYER, STATEMENT, Payments
from tests.contracts.selection import DAY, MILLION, PROCESS, found
from tests.core.ledger import ACCEPTED
from tests.integrations.ocds.test_delivered import RUNS, Run
from tests.readmodel.world import World
from tests.services.traced import check_traces

ADVANCE, RUPIAH = PRICE // 10, 100


@pytest.fixture
def delivery(tmp_path: Path) -> Payments:
    """An advance, a late part that bounced and is paid by another order, another not paid yet; a payment made outside."""
    delivery = Payments.begin(found(tmp_path), terms={"advance_bp": 1_500, "retention_bp": 500}, later=100 * MILLION)
    delivery.settle_account()
    assert delivery.advance(ADVANCE) == ACCEPTED
    delivery.put_out(1)
    assert delivery.report(1, sp2d="SP2D-77") == ACCEPTED
    delivery.wait_until(delivery.ledger.time + 35 * DAY)
    delivery.deliver("half", "part", accepted=str(80 * MILLION))
    delivery.put_out(2)
    assert delivery.report(2) == delivery.report(2, "returned") == delivery.replace(2) == ACCEPTED
    delivery.put_out(3)
    assert delivery.report(3) == ACCEPTED
    delivery.deliver("half")
    outside = {
        "act": "record", "amount": str(MILLION), "contract": CONTRACT, "entry": "outside-1", "payee": SUPPLIER, "payment": "payment-1",
        "statement": STATEMENT,
    }  # fmt: skip
    assert delivery.do("procurement.record_outside_payment", outside, PAYER) == ACCEPTED
    return delivery


@pytest.fixture
def world(delivery: Payments, tmp_path: Path) -> Iterator[World]:
    opened = World(tmp_path, delivery.ledger)
    yield opened
    opened.documents.close()


def ask(world: World, asked: str, kind: str = "") -> Trace | None:
    with open_current(world.opened) as model, model.reading() as connection:
        return finding.trace(world.opened, connection, asked, kind)


def test_every_level_adds_up_as_the_log_says(world: World) -> None:
    traces = check_traces(world.opened)
    assert {*traces} >= {f"contract:{CONTRACT}", "budget:2026-parks", "budget:2027-parks", f"supplier:{SUPPLIER}", "buyer:agency-1"}
    kinds = {node.kind for told in traces.values() for node, _ in walk(told.nodes)}
    levels = {"line", "share", "contract", "milestone", "part", "certificate", "order", "payment", "tax", "entry"}
    assert kinds == levels | {"supplier", "buyer"}


@pytest.mark.parametrize("run", RUNS.values(), ids=list(RUNS))
def test_what_a_statement_pays_adds_up(run: Run, tmp_path: Path) -> None:
    delivery = Payments.begin(found(tmp_path), terms={"advance_bp": 1_500, "retention_bp": 500})
    run(delivery)
    world = World(tmp_path, delivery.ledger)
    told = check_traces(world.opened)[f"contract:{CONTRACT}"]
    banks = {node.facts["bank"] for node, _ in walk(told.nodes) if node.kind == "entry"}
    assert "bank-1" in banks
    world.documents.close()


def test_from_the_line_to_the_banks_entry(world: World) -> None:
    told = ask(world, CONTRACT)
    assert told is not None
    path = [(node.kind, node.id) for node, _ in walk(told.nodes)]
    order = path.index(("order", f"{CONTRACT}-2"))
    assert path[order - 2 : order] == [("part", "1"), ("certificate", "certificate-1")]
    bounced = next(node for node, _ in walk(told.nodes) if node.id == f"{CONTRACT}-2.0")
    assert (bounced.kind, bounced.state, [entry.amount_minor for entry in bounced.nodes]) == ("payment", "replaced", [bounced.amount_minor])
    (again,) = (node for node, _ in walk(told.nodes) if node.id == f"{CONTRACT}-3.0")
    assert (again.state, again.amount_minor, again.nodes[0].amount_minor) == ("paid", bounced.amount_minor, -bounced.amount_minor)
    advance = next(node for node, _ in walk(told.nodes) if node.kind == "entry")
    assert advance.facts["sp2d"] == "SP2D-77"


def test_what_was_made_outside_stands_apart(world: World) -> None:
    told = ask(world, CONTRACT)
    assert told is not None
    (outside,) = told.apart
    assert (outside.kind, outside.amount_minor, [each.state for each in outside.nodes]) == ("outside", MILLION, ["open"])
    assert not any(node.kind.startswith("outside") for node, _ in walk(told.nodes))


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        (CONTRACT, "contract"), (f"{CONTRACT}-2", "order"), (PROCESS, "process"), ("2026-parks", "budget"), (SUPPLIER, "supplier"),
        ("agency-1", "buyer"),
    ],
)  # fmt: skip
def test_an_id_is_recognised_by_what_it_is(world: World, asked: str, kind: str) -> None:
    told = ask(world, asked)
    assert told is not None
    assert told.kind == kind
    assert told.list_failures() == []
    assert any(node.kind == "contract" and node.id == CONTRACT for node, _ in walk(told.nodes))


@pytest.mark.parametrize(("asked", "kind"), [("nothing", ""), (CONTRACT, "budget"), ("bidder-1", "supplier"), (SUPPLIER, "buyer")])
def test_what_is_not_there_has_no_trace(world: World, asked: str, kind: str) -> None:
    assert ask(world, asked, kind) is None


def test_a_line_that_lies_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    change(world, monkeypatch, line_key("2026-parks"), BudgetLineRecord, committed_minor=str(180 * MILLION - RUPIAH))
    told = ask(world, "2026-parks")
    assert told is not None
    assert [(failure.path, failure.failed.name) for failure in told.list_failures()] == [(["line 2026-parks"], "line_committed")]


def test_a_certificate_that_lies_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also from the supplier's side, where a contract is one line: the levels that do not add up are kept below it."""
    change(world, monkeypatch, certificate_key(CONTRACT, "certificate-1"), CertificateRecord, gross=str(80 * MILLION + RUPIAH))
    for asked in (CONTRACT, SUPPLIER):
        told = ask(world, asked)
        assert told is not None
        failures = {(failure.path[-1], failure.failed.name) for failure in told.list_failures()}
        assert failures == {("certificate certificate-1", "certificate"), ("milestone half", "certified")}


def change(world: World, monkeypatch: pytest.MonkeyPatch, key: str, kind: type[msgspec.Struct], **fields: str) -> None:
    """Somebody changed a record behind the rules' back."""
    stored = world.opened.view_stored()

    class Lying:
        def get(self, asked: str, wanted: type[msgspec.Struct]) -> object:
            record = stored.get(asked, wanted)
            return msgspec.structs.replace(record, **fields) if asked == key and isinstance(record, kind) else record

    monkeypatch.setattr(type(world.opened), "view_stored", lambda _: Lying())
