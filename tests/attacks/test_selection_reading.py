"""Attacks on who reads a selection: titles meant to be obeyed, releases that tell another winner, names meant as paths."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from prasasti.cli import prasasti
from prasasti.core.encoding import encode_canonical
from prasasti.services.difference import Differs
from prasasti.services.explained_log import read_process
from prasasti.services.explaining import explain
from prasasti.storage.documents import DOCUMENTS_NAME, DocumentStore
from tests.attacks.test_reading import HOSTILE, assert_data, assert_no_formula
from tests.contracts.procurement_plan_rows import PUBLISHES
from tests.contracts.selection import AUTHORITY, BUYER, LOT, MILLION, OFFICER, PROCESS, Selection, budget, found, lot, plan
from tests.core.ledger import ACCEPTED, Ledger, Signer
from tests.integrations.ocds.test_native import run_shortest
from tests.services.selected import list_documents, list_entries, make_folder

PUBLISHER: Signer = (f"{BUYER}/publisher", "procurement.publisher")
WRONG = {
    "awards": [{
        "id": "award-9", "status": "active", "suppliers": [{"id": "bidder-1", "name": "Another Winner"}],
        "value": {"amount": 1, "currency": "IDR"},
    }],
    "buyer": {"id": BUYER, "name": BUYER}, "date": "2026-02-20T00:00:00Z", "id": "1", "initiationType": "tender", "language": "en",
    "ocid": PROCESS, "parties": [{"id": "bidder-1", "name": "Another Winner", "roles": ["supplier"]}], "tag": ["award"],
}  # fmt: skip


def run(*arguments: object) -> Result:
    return CliRunner().invoke(prasasti, ["--language", "en", *map(str, arguments)])


def publish_titled(folder: Path, title: str) -> Ledger:
    """A selection up to its proposals, with one title for everything that has one."""
    selection = Selection(found(folder))
    action, arguments, signers = budget()
    assert selection.do(action, arguments, *signers) == ACCEPTED
    assert selection.do("procurement.announce_plan", plan(title=title), OFFICER, AUTHORITY) == ACCEPTED
    terms = lot(title=title)
    for each in (*terms["items"], *terms["milestones"]):
        each["title"] = title
    requirements = [{"id": "licence", "stage": "qualification", "title": title}]
    assert selection.publish(lots=[terms], requirements=requirements) == ACCEPTED
    for bidder, price in (("bidder-1", 290), ("bidder-2", 280)):
        assert selection.propose(bidder, price * MILLION) == ACCEPTED
    selection.open()
    selection.declare_all()
    assert selection.require_of(("bidder-2", True), ("bidder-1", True)) == ACCEPTED
    return selection.ledger


@pytest.mark.parametrize("title", [each for each in HOSTILE if "\x00" not in each])
def test_a_hostile_title_stays_data_wherever_a_selection_is_shown(tmp_path: Path, title: str) -> None:
    (tmp_path / "played").mkdir()
    folder = make_folder(publish_titled(tmp_path / "played", title), tmp_path / "ledger")
    for arguments in (
        ("search",), ("show", PROCESS), ("tasks",), ("explain", PROCESS), ("list", "--buyer", BUYER), ("totals", "--by", "buyer"),
    ):  # fmt: skip
        people, programs = run(*arguments, "--ledger", folder), run("--json", *arguments, "--ledger", folder)
        assert (people.exit_code, programs.exit_code) == (0, 0), (arguments, people.output, people.exception)
        assert_data(people.stdout)
        assert json.loads(programs.stdout)
        if ord(title[0]) < 0x10000:  # Beyond, an escape would take two; such signs show nothing.
            assert_data(programs.stdout)
    assert run("export", "csv", "--output", tmp_path / "sheets", "--ledger", folder).exit_code == 0
    for path in (tmp_path / "sheets").iterdir():
        assert_no_formula(path.read_bytes().decode())
    assert run("export", "ocds", "--output", tmp_path / "out.json", "--ledger", folder).exit_code == 0
    (record,) = json.loads((tmp_path / "out.json").read_bytes())["records"]
    assert record["compiledRelease"]["tender"]["lots"][0]["title"] == title


@pytest.mark.parametrize("title", ["", "a" * 201, "é" * 101])
def test_a_title_is_short_and_not_empty(tmp_path: Path, title: str) -> None:
    ledger = found(tmp_path)
    assert ledger.do("procurement.announce_plan", plan(title=title), OFFICER, AUTHORITY) == "admission.3"


def attest(selection: Selection, ocid: str = PROCESS) -> tuple[str, bytes]:
    """The buyer, which publishes too, attests a release that tells another winner."""
    body = encode_canonical(WRONG | {"ocid": ocid})
    arguments: dict[str, Any] = {
        "buyer": BUYER, "date": 1_771_545_600,
        "document": {"media_type": "application/json", "sha256": sha256(body).hexdigest(), "size": len(body)}, "ocid": ocid,
        "publisher": BUYER, "redaction_version": 1, "release_id": "1", "suppliers": ["bidder-1"], "tag": ["award"],
    }  # fmt: skip
    return selection.do("procurement.attest_release", arguments, PUBLISHER), body


def test_no_release_tells_another_winner_of_what_runs_here(tmp_path: Path) -> None:
    """It would be merged with those that follow from the log: ``show`` and ``search`` would name two suppliers."""
    (tmp_path / "played").mkdir()
    selection = Selection(found(tmp_path / "played"))
    assert PUBLISHES(selection.ledger) == ACCEPTED
    run_shortest(selection)
    assert attest(selection)[0] == "procurement.45.4"
    answer, body = attest(selection, f"{PROCESS}-x")
    assert answer == ACCEPTED
    folder = make_folder(selection.ledger, tmp_path / "ledger")
    documents = DocumentStore.open(folder / DOCUMENTS_NAME, write=True)
    documents.put([(body, "application/json")])
    documents.close()
    found_here = json.loads(run("--json", "search", "benches", "--ledger", folder).stdout)["results"]
    assert [result["suppliers"] for result in found_here if result["ocid"] == PROCESS] == [["bidder-2"]]
    assert "Another Winner" not in run("show", PROCESS, "--ledger", folder).stdout


def test_no_release_stands_before_what_will_run_here(tmp_path: Path) -> None:
    selection = Selection(found(tmp_path))
    assert PUBLISHES(selection.ledger) == ACCEPTED
    assert attest(selection)[0] == ACCEPTED
    assert selection.do("procurement.announce_plan", plan(early=True), OFFICER, AUTHORITY) == "procurement.00.2"


def test_acts_of_another_process_explain_nothing_here(tmp_path: Path) -> None:
    """A log in which the award of one lot is told as another lot's, or of a bidder that never proposed, is disagreed with."""
    selection = Selection(found(tmp_path))
    run_shortest(selection)
    entries = list_entries(selection.ledger)
    documents = list_documents(selection.ledger)
    honest = explain(read_process(selection.ledger.genesis_bytes, entries, PROCESS), documents.get)
    assert honest is not None
    assert honest.differs is None
    needle, lie = b'"bidder":"bidder-2","event":"procurement.award_notified"', b'"bidder":"bidder-9","event":"procurement.award_notified"'
    assert sum(needle in entry for _, entry in entries) == 1
    told = explain(
        read_process(selection.ledger.genesis_bytes, [(at, entry.replace(needle, lie)) for at, entry in entries], PROCESS), documents.get
    )
    assert told is not None
    assert told.differs is not None
    assert told.differs.name == "award"


def test_a_document_that_is_missing_is_asked_for_by_name_and_not_made_up(tmp_path: Path) -> None:
    """What was opened is a document: without it nobody recomputes, and nothing is taken for granted."""
    selection = Selection(found(tmp_path))
    run_shortest(selection)
    name = next(iter(list_documents(selection.ledger)))
    entries = list_entries(selection.ledger)
    with pytest.raises(Differs, match=name[:16]):
        explain(read_process(selection.ledger.genesis_bytes, entries, PROCESS), lambda _: None)


@pytest.mark.parametrize("name", ["../../escaped", "/absolute", "a/b", "..", "x\x1b[2J", "=1+1"])
def test_no_title_is_a_path(tmp_path: Path, name: str) -> None:
    """A file that goes with a proposal is stored under the hash of what is encrypted, whatever it is called."""
    source, folder = tmp_path / "method.pdf", tmp_path / "encrypted"
    source.write_bytes(b"how we build benches")
    folder.mkdir()
    result = run("--json", "proposal", "encrypt", source, "--to", folder, "--title", name)
    assert result.exit_code == 0, result.output
    (written,) = folder.iterdir()
    assert written.name == sha256(written.read_bytes()).hexdigest()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["encrypted", "method.pdf"]
    assert_data(result.stdout)


@pytest.mark.parametrize("ocid", ["../../etc/passwd", f"{PROCESS}/terms", f"{PROCESS}:{LOT}", "%2e%2e", "' OR 1=1", "\x1b[2J", "*"])
def test_no_ocid_is_a_path_or_a_key(tmp_path: Path, ocid: str) -> None:
    (tmp_path / "played").mkdir()
    selection = Selection(found(tmp_path / "played"))
    selection.prepare()
    folder = make_folder(selection.ledger, tmp_path / "ledger")
    for command in ("show", "explain"):
        result = run(command, "--ledger", folder, "--", ocid)
        assert result.exit_code in (1, 2), result.output
        assert not isinstance(result.exception, (KeyError, ValueError, OSError)), result.exception
        assert_data(result.output)


def test_a_vote_is_open_and_a_sheet_is_not_told_before_its_time(tmp_path: Path) -> None:
    """What is sealed is nowhere in what a reader is shown, though suite 00 hides nothing in the log."""
    (tmp_path / "played").mkdir()
    selection = Selection(found(tmp_path / "played"))
    selection.prepare()
    assert selection.publish() == ACCEPTED
    assert selection.propose("bidder-1", 287_654_321) == ACCEPTED
    folder = make_folder(selection.ledger, tmp_path / "ledger")
    for arguments in (("show", PROCESS), ("explain", PROCESS), ("tasks",), ("search",)):
        shown = run("--json", *arguments, "--ledger", folder)
        assert "287654321" not in shown.output.replace(",", "").replace(".", ""), arguments
