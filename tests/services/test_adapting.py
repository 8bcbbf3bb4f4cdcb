"""Importing tables: an interruption loses nothing, and another system is one folder."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

import prasasti.integrations
from prasasti import bootstrap
from prasasti.cli import prasasti as command
from prasasti.cli.tables import list_commands
from prasasti.integrations.adapter import Adaptation, find_adapters, strip_provenance
from prasasti.integrations.inaproc import ADAPTER
from prasasti.integrations.ocds.attestation import AttestationSettings
from prasasti.integrations.signers import open_training_key
from prasasti.services import importing
from prasasti.services.adapting import StageSum, TableReport, import_tables
from prasasti.services.importing import Importer, ImportReport, read_redaction_key
from tests.acceptance.commands import PUBLISHER, make_ledger, read_state
from tests.integrations.inaproc.folders import SAMPLE, adapt


class Interrupted(Exception):
    """Raised in the middle of an import, where a person would press Ctrl-C."""


def import_sample(ledger_folder: Path, interrupt_at: int = 0) -> TableReport:
    def progress(done: int, _: int) -> None:
        if done == interrupt_at:
            raise Interrupted

    with bootstrap.open_for_writing(ledger_folder) as ledger:
        settings = AttestationSettings(
            PUBLISHER, read_redaction_key(ledger.keys_folder / f"{PUBLISHER}.redaction.key"), default_scheme="ID"
        )
        signer = open_training_key(ledger.keys_folder / f"{PUBLISHER}.training.seed", training=True)
        importer = Importer(ledger, signer, settings, strip=strip_provenance)
        return import_tables(importer, adapt(SAMPLE), ADAPTER.faults, progress)


def test_an_interruption_loses_nothing_and_doubles_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH_RELEASES", 5)
    ledger = make_ledger(tmp_path / "ledger")
    with pytest.raises(Interrupted):
        import_sample(ledger, interrupt_at=13)
    report = import_sample(ledger)
    assert (report.imported.kinds["unchanged"], report.imported.kinds["recorded"]) == (10, 18)
    assert report.adds_up
    before = read_state(ledger)
    assert import_sample(ledger).imported.kinds["unchanged"] == 28
    assert read_state(ledger) == before


def test_what_does_not_add_up_is_said() -> None:
    stage = StageSum("paid", Decimal(10), told=Decimal(7), repeated=Decimal(1), reported=Decimal(2), in_releases=Decimal(7), unreadable=0)
    assert stage.difference == 0
    assert replace(stage, in_releases=Decimal(6)).difference == 1
    assert replace(stage, in_files=Decimal(11)).difference == 1
    assert replace(stage, in_files=Decimal(9), in_releases=Decimal(6)).difference == 1, "two faults do not hide each other"
    report = TableReport(ImportReport(), Adaptation(), [], [replace(stage, in_releases=Decimal(6))], [], [])
    assert not report.adds_up
    assert not report.is_clean


TOY = '''"""A system of one table."""

from prasasti.integrations.adapter import Adaptation
from prasasti.integrations.tables.composing import Account, Draft, Part, compose_release, list_amounts
from prasasti.integrations.tables.conversions import DAY, MONEY, NUMBER, Setting
from prasasti.integrations.tables.mapping import Field, Mapping, Table
from prasasti.integrations.tables.reading import ROW_FAULTS, read_folder

MAPPING = Mapping(
    tables=(Table("orders", "orders", ("number",)),),
    fields=(
        Field("orders", "number", "order", "tender.id", NUMBER),
        Field("orders", "price", "order", "tender.value", MONEY, stage="tendered"),
        Field("orders", "day", "order", "date", DAY),
    ),
    releases={"order": "tender"},
)


class Toy:
    name, title, description, example = "toy", "Toy", "orders.", "orders"
    ocid_prefix, default_scheme, mapping, faults = "ocds-toytoy", "", MAPPING, ROW_FAULTS

    def adapt(self, folder, options):
        reading, account = read_folder(folder, MAPPING, Setting()), Account()
        drafts = [
            Draft(process=row.get("number"), suffix="tender", tag="tender", date=row.values["day", DAY], parts=[Part(row, "order")],
                  sources_at="tender.documents")
            for row in reading.tables["orders"]
        ]
        releases = [compose_release(draft, MAPPING, options.ocid_prefix, account) for draft in drafts]
        return Adaptation(
            problems=reading.problems, releases=releases, reported=reading.reported, rows=reading.rows,
            amounts=list_amounts(reading, MAPPING, account), notices=reading.notices,
        )


ADAPTER = Toy()
'''


def test_the_next_system_is_one_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "integrations" / "toy"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(TOY)
    monkeypatch.setattr(prasasti.integrations, "__path__", [*prasasti.integrations.__path__, str(package.parent)])
    assert find_adapters().keys() == {"inaproc", "toy"}
    found = next(each for each in list_commands() if each.name == "toy")
    (tmp_path / "orders").mkdir()
    (tmp_path / "orders" / "orders.csv").write_text("number,price,day\n1,10.50,2026-01-02\n2,-1,2026-01-03\n")
    ledger = make_ledger(tmp_path / "ledger")
    monkeypatch.setitem(command.commands["import"].commands, "toy", found)  # type: ignore[attr-defined]
    result = CliRunner().invoke(command, ["--language", "en", "import", "toy", str(tmp_path / "orders"), "--ledger", str(ledger)])
    assert result.exit_code == 1, result.output
    assert "An amount is negative" in result.output
    assert "Rows and money add up." in result.output
