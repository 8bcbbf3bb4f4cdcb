"""A whole selection by commands, from the budget to the signatures; what each shows before it signs."""

from __future__ import annotations

import json
import stat
from base64 import b64decode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from prasasti.cli.catalogue import LANGUAGES, load_words
from prasasti.cli.procuring import ELSEWHERE, GROUPS, ROWS
from prasasti.cli.procuring.table import COUNTS, TIMES, get_message
from prasasti.contracts import CONTRACTS
from prasasti.services.explained_figures import compute_envelope
from prasasti.services.selecting import list_fields
from tests.cli.conftest import Run, read_json
from tests.cli.desk import PDF, PRICES, Desk, decide, draft, make_contents, open_all, propose, publish
from tests.contracts.procurement_evaluation_rows import RATED
from tests.contracts.selection import COMMITTEE, DAY, LOT, PLAN, PROCESS


@pytest.fixture
def desk(tmp_path: Path, run: Run) -> Desk:
    return Desk(tmp_path, run)


def test_from_the_budget_to_the_signatures(desk: Desk, run: Run) -> None:
    publish(desk)
    for bidder in PRICES:
        propose(desk, bidder)
    open_all(desk)
    decide(desk)
    notified = ("award", "notify", PROCESS, LOT, "--award", "award-1", "--price", "2800000", "--reasons", desk.paper)
    refused = desk(*notified, "--bidder", "bidder-1", signers=COMMITTEE[:2], expect=1)
    assert "procurement.20.2" in refused.stdout
    assert "Nothing was signed." in refused.stdout
    desk(*notified, "--bidder", "bidder-2", signers=COMMITTEE[:2])
    desk.wait(12 * DAY)
    desk("award", "activate", PROCESS, LOT, "--award", "award-1", signers=("officer",))
    draft(desk)
    desk("contract", "sign", "contract-1", signers=("officer",))
    signed = desk("contract", "sign", "contract-1", signers=("bidder-2/director",))
    assert "procurement.contract_active" in signed.stdout
    explained = read_json(run("--json", "explain", PROCESS, "--ledger", desk.folder))
    assert (explained["agrees"], explained["lots"][0]["awarded"]) == (True, "bidder-2")


def test_members_seal_their_scores_and_trustees_open_them(desk: Desk) -> None:
    publish(desk, **RATED)
    for bidder in PRICES:
        propose(desk, bidder)
    open_all(desk)
    for name in COMMITTEE:
        desk("committee", "declare", PROCESS, signers=(name,))
    scores = {"delivery": dict.fromkeys(PRICES, 800_000), "design": dict.fromkeys(PRICES, 900_000)}
    told = desk("committee", "score", PROCESS, LOT, "--scores", '{"delivery": {"bidder-1": 1000001}}', signers=COMMITTEE[:1], expect=2)
    assert "score from 0 to 1000000" in told.stderr
    for name in COMMITTEE:
        shown = desk("committee", "score", PROCESS, LOT, "--scores", desk_file(desk, "scores.json", scores), signers=(name,))
        assert "Sealed, and opened once" in shown.stdout
    desk.wait(desk.lot().scoring_ends - desk.now() + 600)
    for trustee in ("auditor-1", "citizens-1"):
        desk("trustee", "share", PROCESS, LOT, signers=(f"{trustee}/trustee",))
    assert desk.lot().scored
    again = desk("trustee", "share", PROCESS, LOT, signers=("auditor-1/trustee",), expect=2)
    assert "waits for a share" in again.stderr


def desk_file(desk: Desk, name: str, value: Any) -> str:
    return f"@{desk.write(name, value)}"


def test_who_seals_keeps_what_was_sealed(desk: Desk, tmp_path: Path) -> None:
    """Beside the key, for its owner's eyes; it shows what was sent, down to the envelope's id."""
    publish(desk)
    shown = propose(desk, "bidder-1").stdout
    (path,) = desk.keys.glob("sealed-*.json")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    kept = json.loads(path.read_text())
    assert compute_envelope(kept["round"], LOT, "proposal", "bidder-1", b64decode(kept["sealed"])) == kept["envelope"]
    assert json.loads(kept["contents"])["price"] == "290000000"
    assert path.name == f"sealed-{kept['transaction']}.json"
    assert (str(path) in shown, kept["transaction"] in shown) == (True, True)
    assert (kept["sealed"][:20] in shown, kept["contents"][:20] in shown) == (False, False)


def test_what_is_not_sent_is_not_kept(desk: Desk) -> None:
    publish(desk)
    words = ("proposal", "submit", PROCESS, LOT, "--slot", "proposal", "--contents", make_contents(desk, "bidder-1"))
    desk(*words, signers=("bidder-1/bidder",), yes=False, stdin="n\n", expect=1)
    assert list(desk.keys.glob("sealed-*")) == []


def test_a_file_is_encrypted_and_listed(tmp_path: Path, run: Run) -> None:
    (tmp_path / "method.pdf").write_bytes(PDF)
    listed = read_json(run("proposal", "encrypt", tmp_path / "method.pdf", "--to", tmp_path / "sealed", "--title", "Method"))
    assert listed["plain_sha256"] == sha256(PDF).hexdigest()
    assert (tmp_path / "sealed" / listed["sha256"]).stat().st_size == listed["size"] == len(PDF) + 16


def test_what_will_be_recorded_is_shown_before_it_is_asked(desk: Desk) -> None:
    publish(desk)
    words = ("tender", "ask", PROCESS, "question-1", "--document", desk.paper)
    declined = desk(*words, signers=("bidder-1/bidder",), yes=False, stdin="n\n", expect=1)
    shown = declined.stdout.splitlines()
    assert shown[0] == "Will be recorded: procurement.ask_question, in the name of bidder-1, with"
    assert "   question: question-1" in shown
    assert "   signed by bidder of bidder-1 as procurement.bidder" in shown
    assert any(line.startswith("Seen by: everybody") for line in shown)
    assert any(line.startswith("What follows: a member of the committee answers") for line in shown)
    assert shown[-1] == "Nothing was signed."
    accepted = desk(*words, signers=("bidder-1/bidder",), yes=False, stdin="y\n")
    assert "Accepted" in accepted.stdout


def test_amounts_are_given_and_shown_in_units(desk: Desk) -> None:
    words = ("treasury", "budget", "2026-parks", *"--currency IDR --account 532111 --programme p --unit agency-1 --year 2026".split())
    for text in ("1.234", "1,5", "1e3", "-5", "x"):
        told = desk(*words, "--amount", text, signers=("treasury-1/budget",), expect=2)
        assert "is no amount" in told.stderr
    shown = desk(*words, "--amount", "1234567.50", signers=("treasury-1/budget",))
    assert "   amount: IDR 1,234,567.50" in shown.stdout


def test_what_is_missing_is_named(desk: Desk) -> None:
    told = desk("tender", "ask", PROCESS, "question-1", signers=("bidder-1/bidder",), expect=2)
    assert "still needed: --document" in told.stderr


def test_a_key_without_the_role_signs_nothing(desk: Desk) -> None:
    told = desk("award", "notify", PROCESS, LOT, "--award", "a", "--bidder", "b", "--price", "1", "--reasons", desk.paper,
                signers=("inspector",), expect=2)  # fmt: skip
    assert "holds none of them" in told.stderr


def test_a_proposal_that_would_be_malformed_is_not_sealed(desk: Desk) -> None:
    publish(desk)
    contents = json.dumps({"items": [["bench", "1"]], "price": "1", "valid_until": 1})
    told = desk("proposal", "submit", PROCESS, LOT, "--slot", "proposal", "--contents", contents, signers=("bidder-1/bidder",), expect=2)
    assert "malformed" in told.stderr
    assert desk.lot().complete == 0


def test_others_sign_a_draft_later(desk: Desk, tmp_path: Path) -> None:
    kept = tmp_path / "envelope.json"
    other = desk.run("key", "show", desk.key("agency-1/authority")).stdout.split()[-1]
    desk.run(
        "plan", "announce", PLAN, *"--title Benches --unit parks --kind goods --method open --family 5610 --currency IDR".split(),
        "--estimate", "3000000", "--budgets", '[{"amount": "300000000", "line": "2026-parks"}]', "-s", desk.key("agency-1/officer"),
        "-s", other, "--ledger", desk.folder, "--yes", "--anyway", "--draft", kept,
    )  # fmt: skip
    assert json.loads(kept.read_text())["payload"]


def test_times_are_given_and_shown_as_times(desk: Desk) -> None:
    publish(desk)
    shown = desk(
        "guarantee", "register", "bond-1", *"--amount 1 --obligation bid --principal bidder-1 --beneficiary agency-1".split(),
        "--unconditional", "--process", PROCESS, "--lot", LOT, "--start", "2027-01-02T10:00", "--until", "2027-12-31",
        "--document", desk.paper, "--anyway", signers=("bank-1/guarantor",), yes=False, stdin="n\n", expect=1,
    ).stdout  # fmt: skip
    assert "   from: 1798884000 (2027-01-02 10:00:00 UTC)" in shown.splitlines()


def test_every_whole_number_is_a_time_a_share_or_a_count() -> None:
    """A field more asks what it is: its help and its example say so."""
    fields = [field for row in ROWS for field in list_fields(get_message(row.action).arguments) if field.kind == "number"]
    assert {field.name for field in fields if not field.name.endswith("_bp")} == TIMES | COUNTS
    assert not TIMES & COUNTS


# -- the table ---------------------------------------------------------------------------------------------------------------


def test_every_message_has_a_command_and_words() -> None:
    """Of procurement and treasury; a message that is added asks for its row and for words of what follows."""
    actions = {f"{each.name}.{message.name}" for each in CONTRACTS if each.name in ("procurement", "treasury") for message in each.messages}
    assert {row.action for row in ROWS} == actions - {*ELSEWHERE}
    assert {row.group for row in ROWS} - {""} == {*GROUPS}
    for language in LANGUAGES:
        follows = {key.partition(".")[2] for key in load_words(language) if key.startswith("procuring_follows.")}
        assert follows == {row.words for row in ROWS}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.group} {row.name}".strip())
def test_every_command_tells_its_options(row: Any, run: Run) -> None:
    shown = run(*filter(None, (row.group, row.name)), "--help").stdout
    assert row.action in shown
    assert "--signer" in shown
