"""Every refusal of every contract by at least one row; beside each the nearest transaction that is accepted."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from prasasti.contracts import CONTRACTS
from prasasti.core.contract import Rejection, encode_table
from tests.contracts.drawing import DRAWING
from tests.contracts.governance_rows import ROWS as GOVERNANCE_ROWS
from tests.contracts.identity_rows import ROWS as IDENTITY_ROWS
from tests.contracts.plays import Play, Step, after, holder, in_one_block, officer, registrar
from tests.contracts.procurement_rows import ROWS as PROCUREMENT_ROWS
from tests.contracts.rules import list_modules
from tests.contracts.selection import found
from tests.contracts.treasury_payment_rows import ROWS as TREASURY_PAYMENT_ROWS
from tests.contracts.treasury_payment_rows import open_ledger as open_treasuries
from tests.contracts.treasury_rows import ROWS as TREASURY_ROWS
from tests.core.examples import AUDITOR, DOCUMENT, OFFICER, PUBLISHER, PUBLISHERS_OFFICER, REGISTRAR, registration, release
from tests.core.ledger import ACCEPTED, Ledger, Signer, key_of
from tests.core.rehearsal import REHEARSAL
from tests.core.test_admission import ROWS as ADMISSION_ROWS

HASH = "11" * 32
PARTS = (*CONTRACTS, REHEARSAL, DRAWING)


def publisher_of(number: int) -> Signer:
    return (f"publisher-{number}/publisher", "procurement.publisher")


def withhold(first: Signer, second: Signer, named_by: str | None = "publisher-1", **changes: Any) -> Play:
    """An organisation names the document, then two signers withhold it."""

    def play(ledger: Ledger) -> str:
        if named_by is not None:
            assert ledger.do("rehearsal.name", {"document": DOCUMENT}, holder(f"{named_by}/officer")) == ACCEPTED
        return ledger.do("governance.withhold_document", {"legal_basis": "a court", "sha256": HASH} | changes, first, second)

    return play


def withhold_twice(ledger: Ledger) -> str:
    assert withhold(PUBLISHERS_OFFICER, AUDITOR)(ledger) == ACCEPTED
    return withhold(PUBLISHERS_OFFICER, AUDITOR, None)(ledger)


def withhold_table(ledger: Ledger) -> str:
    """Somebody recorded a table of a contract as a release, to have it withheld."""
    table = sha256(encode_table(CONTRACTS[-1])).hexdigest()
    arguments = release(document=DOCUMENT | {"sha256": table})
    assert ledger.do("procurement.attest_release", arguments, PUBLISHER) == ACCEPTED
    return withhold(PUBLISHERS_OFFICER, AUDITOR, None, sha256=table)(ledger)


def advance(*seconds: int) -> Play:
    return lambda ledger: [ledger.do("governance.advance_clock", {"seconds": each}, OFFICER) for each in seconds][-1]


def register(name: str = "agency-1/new", signer: Signer = REGISTRAR, **changes: Any) -> Play:
    arguments = registration(name) | changes
    return lambda ledger: ledger.do("identity.register_key", arguments, signer, (name, "identity.new_key"))


def end(name: str, signer: Signer) -> Play:
    return lambda ledger: ledger.do("identity.end_key", {"key": key_of(name)}, signer)


def attest(signer: Signer = PUBLISHER, **changes: Any) -> Play:
    return lambda ledger: ledger.do("procurement.attest_release", release(**changes), signer)


END_OFFICER: Step = ("identity.end_key", {"key": key_of(OFFICER[0])}, (REGISTRAR,))
END_ITSELF: Step = ("identity.end_key", {"key": key_of(OFFICER[0])}, (holder(OFFICER[0]),))
ADVANCE: Step = ("governance.advance_clock", {"seconds": 1}, (OFFICER,))
ATTEST: Step = ("procurement.attest_release", release(), (PUBLISHER,))
END_PUBLISHER: Step = ("identity.end_key", {"key": key_of(PUBLISHER[0])}, (holder(PUBLISHER[0]),))
SECOND = register("agency-1/second", roles=["identity.registrar"])
PUBLISHERS_REGISTRAR = register("publisher-1/registrar", roles=["identity.registrar"])
VERSIONS = [attest(document=DOCUMENT | {"sha256": f"{number:064x}"}) for number in range(65)]
CLERK: Signer = ("agency-1/clerk", "procurement.publisher")

ROWS: dict[str, tuple[str, Play]] = {
    # governance.00
    "a key ended earlier in the block": ("governance.00.1", in_one_block(END_OFFICER, ADVANCE)),
    "a key ended later in the block": (ACCEPTED, in_one_block(ADVANCE, END_OFFICER)),
    "a key given earlier in the block leaves others alone": (ACCEPTED, in_one_block(
        ("identity.register_key", registration(), (REGISTRAR, ("agency-1/new", "identity.new_key"))),
        ADVANCE,
    )),
    "the second signer's key ended earlier in the block": ("governance.00.1", in_one_block(
        ("rehearsal.name", {"document": DOCUMENT}, (holder("publisher-1/officer"),)),
        ("identity.end_key", {"key": key_of(AUDITOR[0])}, (registrar("auditor-1"),)),
        ("governance.withhold_document", {"legal_basis": "a court", "sha256": HASH}, (PUBLISHERS_OFFICER, AUDITOR)),
    )),
    # governance.01
    "publisher and auditor withhold": (ACCEPTED, withhold(PUBLISHERS_OFFICER, AUDITOR)),
    "agency and auditor withhold": (ACCEPTED, withhold(officer("agency-1"), AUDITOR, "agency-1")),
    "an auditor's own, with a citizens' officer": (ACCEPTED, withhold(officer("auditor-1"), officer("citizens-1"), "auditor-1")),
    "a document that nobody named": ("governance.01.1", withhold(PUBLISHERS_OFFICER, AUDITOR, None)),
    "a document that another organisation named": ("governance.01.1", withhold(officer("publisher-2"), AUDITOR)),
    "a document that the auditor named": ("governance.01.1", withhold(PUBLISHERS_OFFICER, AUDITOR, "auditor-1")),
    "the auditor first": ("governance.01.1", withhold(AUDITOR, PUBLISHERS_OFFICER)),
    "a document of which only a refused entry tells": ("governance.01.1", lambda ledger: [
        attest(ocid="other-1", document=DOCUMENT)(ledger), withhold(PUBLISHERS_OFFICER, AUDITOR, None)(ledger),
    ][-1]),
    "a table": ("governance.01.2", withhold_table),
    "withheld already": ("governance.01.3", withhold_twice),
    "two officers": ("governance.01.4", withhold(PUBLISHERS_OFFICER, officer("agency-1"))),
    "an officer and a citizens' officer": ("governance.01.4", withhold(PUBLISHERS_OFFICER, officer("citizens-1"))),
    "the auditor first, its own document": ("governance.01.4", withhold(AUDITOR, officer("citizens-1"), "auditor-1")),
    "two auditors": ("governance.01.4", withhold(AUDITOR, ("auditor-2/auditor", "governance.auditor"), "auditor-1")),
    "an auditor's own, with its own auditor": ("governance.01.4", withhold(officer("auditor-1"), AUDITOR, "auditor-1")),
    "an auditor's own, with another auditor": (
        "governance.01.4", withhold(officer("auditor-1"), ("auditor-2/auditor", "governance.auditor"), "auditor-1")),
    "an auditor's own, with an agency's officer": ("governance.01.4", withhold(officer("auditor-1"), officer("agency-1"), "auditor-1")),
    "an auditor's own, with another auditor's officer": (
        "governance.01.4", withhold(officer("auditor-1"), officer("auditor-2"), "auditor-1")),
    "two keys of one organisation": ("governance.01.4", after(
        register("publisher-1/second", roles=["governance.officer"]),
        withhold(PUBLISHERS_OFFICER, ("publisher-1/second", "governance.officer")),
    )),
    # governance.02
    "a clock that is not for training": ("governance.02.1", advance(1)),
    "no second": ("governance.02.2", advance(0)),
    "a second back": ("governance.02.2", advance(-1)),
    "a second": (ACCEPTED, advance(1)),
    "400 days": (ACCEPTED, advance(34_560_000)),
    "400 days, twice": (ACCEPTED, advance(34_560_000, 34_560_000)),
    "400 days and a second": ("governance.02.2", advance(34_560_001)),
    **GOVERNANCE_ROWS,
    **IDENTITY_ROWS,
    # procurement.00
    "a publisher's key ended earlier in the block": ("procurement.00.1", in_one_block(END_PUBLISHER, ATTEST)),
    "a release as text": ("procurement.00.5", attest(document=DOCUMENT | {"media_type": "text/plain"})),
    "a release of 8 MiB": (ACCEPTED, attest(document=DOCUMENT | {"size": 8 * 2**20})),
    "a release beyond 8 MiB": ("procurement.00.5", attest(document=DOCUMENT | {"size": 8 * 2**20 + 1})),
    "the document before the publisher": ("procurement.00.5", attest(ocid="other-1", document=DOCUMENT | {"media_type": "text/csv"})),
    # procurement.45
    "a release": (ACCEPTED, attest()),
    "a release under the second prefix": (ACCEPTED, attest(ocid="ocds-def456-9")),
    "the prefix alone": (ACCEPTED, attest(ocid="ocds-abc123-")),
    "any ocid, under the prefix that fits all": (ACCEPTED, attest(publisher_of(2), publisher="publisher-2", ocid="anything")),
    "another's prefix": ("procurement.45.1", attest(ocid="ocds-zzz999-1")),
    "a prefix in capitals": ("procurement.45.1", attest(ocid="OCDS-abc123-1")),
    "a prefix within": ("procurement.45.1", attest(ocid="x-ocds-abc123-1")),
    "no prefix": ("procurement.45.1", attest(publisher_of(3), publisher="publisher-3", ocid="anything")),
    "another publisher's name": ("procurement.45.1", attest(publisher="publisher-2")),
    "an unknown publisher's name": ("procurement.45.1", attest(publisher="publisher-9")),
    "a member that is no publisher": ("procurement.45.1", after(
        register("agency-1/clerk", roles=["procurement.publisher"]), attest(CLERK, publisher="agency-1"))),
    "an unknown tag": ("procurement.45.2", attest(tag=["contract", "gift"])),
    "a tag in capitals": ("procurement.45.2", attest(tag=["Contract"])),
    "every tag": (ACCEPTED, attest(tag=["award", "compiled", "contract", "planning", "tender"])),
    "the 64th version": (ACCEPTED, after(*VERSIONS[:64])),
    "the 65th version": ("procurement.45.3", after(*VERSIONS)),
    "the first of 64 again": (ACCEPTED, after(*VERSIONS[:64], VERSIONS[0])),
    **TREASURY_ROWS,
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_each_row(tmp_path: Path, name: str) -> None:
    number, play = ROWS[name]
    ledger = Ledger(tmp_path, PARTS, training=number != "governance.02.1")
    assert play(ledger) == number
    if number != ACCEPTED:
        last = ledger.results[-1].receipts[-1]
        assert last.refusal is not None
        assert (last.refusal.number, bytes(last.events)) == (number, b"[]")
        if len(ledger.results[-1].receipts) == 1:
            previous = (
                ledger.results[-2].tip.state_root
                if len(ledger.results) > 1
                else Ledger(tmp_path, PARTS, training=ledger.application.genesis.training).root
            )
            assert ledger.root == previous, "a refusal leaves the state root unchanged"


@pytest.mark.parametrize("name", PROCUREMENT_ROWS)
def test_each_row_of_procurement(tmp_path: Path, name: str) -> None:
    """On the ledger of a selection."""
    number, play = PROCUREMENT_ROWS[name]
    ledger = found(tmp_path)
    assert play(ledger) == number
    if number != ACCEPTED and not number.startswith("admission.") and len(ledger.results[-1].receipts) == 1:
        assert bytes(ledger.results[-1].receipts[0].events) == b"[]"
        # Unless a deadline ran in the same block.
        is_alone = not ledger.results[-1].schedule_removed
        assert not is_alone or ledger.roots[-1] == ledger.roots[-2], "a refusal leaves the state root unchanged"


@pytest.mark.parametrize("name", TREASURY_PAYMENT_ROWS)
def test_each_row_of_payments(tmp_path: Path, name: str) -> None:
    """On a ledger of treasuries with all their people."""
    number, play = TREASURY_PAYMENT_ROWS[name]
    ledger = open_treasuries(tmp_path)
    assert play(ledger) == number
    if number != ACCEPTED and len(ledger.results[-1].receipts) == 1:
        assert bytes(ledger.results[-1].receipts[0].events) == b"[]"
        assert ledger.roots[-1] == ledger.roots[-2], "a refusal leaves the state root unchanged"


def test_no_organisation_withholds_alone(tmp_path: Path) -> None:
    """Also where genesis gave an auditor's role to a member of another class."""
    ledger = Ledger(tmp_path, PARTS)
    members = json.loads(ledger.genesis_bytes)["members"]
    members[0]["keys"].append({"handle": "auditor", "key": key_of("agency-1/auditor"), "roles": ["governance.auditor"]})
    members[0]["keys"].sort(key=lambda key: key["key"])
    own: Signer = ("agency-1/auditor", "governance.auditor")
    other = Ledger(tmp_path, PARTS, members=members)
    assert withhold(officer("agency-1"), own, "agency-1")(other) == "governance.01.4"
    assert withhold(officer("agency-1"), AUDITOR, "agency-1")(other) == ACCEPTED


def test_every_refusal_has_a_row() -> None:
    modules = [module for contract in CONTRACTS for module in list_modules(contract.name, "rejections")]
    numbers = {value.number for module in modules for value in vars(module).values() if isinstance(value, Rejection)}
    rows = (*ROWS.values(), *PROCUREMENT_ROWS.values(), *TREASURY_PAYMENT_ROWS.values())
    assert {number for number, _ in rows} == numbers | {ACCEPTED, "admission.3", "admission.10"}


def test_every_check_of_admission_has_a_row() -> None:
    assert {code for code, _ in ADMISSION_ROWS.values()} == {f"admission.{number}" for number in range(1, 13)} | {ACCEPTED}


def test_the_first_condition_that_fails_decides(tmp_path: Path) -> None:
    """A transaction that breaks every rule of its message meets them one after the other."""
    ledger = Ledger(tmp_path, PARTS)
    for play in VERSIONS[:64]:
        assert play(ledger) == ACCEPTED
    wrong: dict[str, Any] = {"document": DOCUMENT | {"media_type": "text/plain", "sha256": "ff" * 32}, "ocid": "other", "tag": ["gift"]}
    seen = [attest(**wrong)(ledger)]
    for name, right in (("document", DOCUMENT | {"sha256": "ff" * 32}), ("ocid", "ocds-abc123-1"), ("tag", ["contract"])):
        wrong[name] = right
        seen.append(attest(**wrong)(ledger))
    assert seen == ["procurement.00.5", "procurement.45.1", "procurement.45.2", "procurement.45.3"]
    assert register("operator-1/officer", roles=["some.role"])(ledger) == "identity.01.1"
    assert register("operator-1/officer", organisation="agency-1", roles=["some.role"])(ledger) == "identity.01.2"
    assert register("agency-1/new", roles=["some.role"])(ledger) == "identity.01.3"
