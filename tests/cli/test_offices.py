"""The commands for people's offices and keys, as somebody types them, on a training ledger."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest

from prasasti.bootstrap import open_for_reading
from prasasti.cli import prasasti
from prasasti_verify.__main__ import main as verify
from tests.cli.conftest import Run, key_of, read_json

CLOCK = "governance.advance_clock"


def spell_time(instant: int) -> str:
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def make(run: Run, folder: Path, name: str) -> tuple[Path, str]:
    """A new key, its file and its public key."""
    path = folder / f"{name}.training.seed"
    return path, str(read_json(run("--json", "key", "make", path))["public_key"])


def enrol(run: Run, ledger: Path, path: Path, handle: str, *roles: str, expect: int = 0, more: tuple[str | Path, ...] = ()) -> Any:
    chosen = [part for role in roles for part in ("--role", role)]
    return read_json(
        run("--json", "key", "enrol", path, "--organisation", "agency-1", "--handle", handle, *chosen,
            "-r", key_of(ledger, "agency-1-registrar"), *more, "--ledger", ledger, expect=expect)
    )  # fmt: skip


def advance(run: Run, ledger: Path, seconds: int, signer: Path | None = None, expect: int = 0) -> Any:
    location = signer or key_of(ledger, "citizens-1-officer")
    return read_json(run("--json", "submit", CLOCK, "-a", json.dumps({"seconds": seconds}), "-s", f"governance.officer={location}",
                         "--ledger", ledger, expect=expect))  # fmt: skip


def test_a_key_is_enrolled_rotated_and_revoked(ledger: Path, run: Run, tmp_path: Path) -> None:
    (old, old_key), (new, new_key) = make(run, tmp_path, "old"), make(run, tmp_path, "new")
    assert enrol(run, ledger, old, "officer-7", "governance.officer")["events"][0]["event"] == "identity.key_registered"
    advance(run, ledger, 1, old)
    rotated = read_json(run("--json", "key", "rotate", old, new, "--ledger", ledger))
    assert rotated["events"] == [{"event": "identity.key_rotated", "key": new_key, "old": old_key}]
    advance(run, ledger, 1, new)
    assert advance(run, ledger, 1, old, expect=1)["inadmissible"] == "admission.8"
    revoked = read_json(run("--json", "key", "revoke", new_key, "-r", key_of(ledger, "agency-1-registrar"), "--reason", "stolen",
                            "--suspect-since", "2020-01-01", "--ledger", ledger, expect=1))  # fmt: skip
    assert revoked["refusal"]["number"] == "identity.02.4"
    assert read_json(run("--json", "key", "revoke", new, "--reason", "replaced", "--ledger", ledger))["refusal"] is None


def test_an_encrypted_key_is_asked_for_once_a_command(ledger: Path, run: Run, tmp_path: Path) -> None:
    old, new = tmp_path / "old.age", tmp_path / "new.age"
    for path, secret in ((old, "first"), (new, "second")):
        run("key", "make", path, stdin=f"{secret}\n{secret}\n")
    run("key", "enrol", old, "--organisation", "agency-1", "--handle", "officer-7", "--role", "governance.officer",
        "-r", key_of(ledger, "agency-1-registrar"), "--ledger", ledger, stdin="first\n")  # fmt: skip
    run("key", "rotate", old, new, "--ledger", ledger, stdin="first\nsecond\n")


def test_offices_are_added_shared_moved_and_ended(ledger: Path, run: Run, tmp_path: Path) -> None:
    (one, one_key), (two, two_key) = make(run, tmp_path, "one"), make(run, tmp_path, "two")
    registrar = key_of(ledger, "agency-1-registrar")
    enrol(run, ledger, one, "one", "governance.desk")
    now = enrol(run, ledger, two, "two", "governance.desk")["time"]
    until, wrong = spell_time(now + 200 * 86_400), "1999-01-01"
    add = ("--json", "office", "add", "procurement.officer", "--key", one, "--ledger", ledger, "-r", registrar, "--until")
    assert read_json(run(*add, wrong, expect=1))["refusal"]["number"] == "identity.04.4"
    assert read_json(run(*add, until))["events"][0]["until"] == now + 200 * 86_400
    moved = read_json(run("--json", "office", "move", "procurement.officer", "--from", one_key, "--to", two_key, "--until", until,
                          "-r", registrar, "--ledger", ledger))  # fmt: skip
    assert moved["events"] == [{"event": "identity.office_ended", "key": one_key, "role": "procurement.officer"}]
    again = ("--json", "office", "end", "procurement.officer", "--ledger", ledger, "--key")
    assert read_json(run(*again, one, expect=1))["refusal"]["number"] == "identity.05.2"
    refused = run("office", "move", "governance.king", "--from", two_key, "--to", one_key, "--until", until, "-r", registrar,
                  "--ledger", ledger, expect=1)  # fmt: skip
    assert "identity.04.2" in refused.stdout, "what cannot be given is not taken away"
    assert read_json(run(*again, two))["events"][0]["key"] == two_key


def test_a_holder_shares_an_office(ledger: Path, run: Run, tmp_path: Path) -> None:
    path, public = make(run, tmp_path, "deputy")
    enrol(run, ledger, path, "deputy", "governance.desk")
    now = read_json(run("--json", "submit", CLOCK, "-a", '{"seconds": 1}', "-s",
                        f"governance.officer={key_of(ledger, 'agency-1-officer')}", "--ledger", ledger))["time"]  # fmt: skip
    until = spell_time(now + 86_400)
    shared = read_json(run("--json", "office", "add", "governance.officer", "--key", path, "--until", until,
                           "--delegate-from", key_of(ledger, "agency-1-officer"), "--ledger", ledger))  # fmt: skip
    assert shared["events"][0] == {"event": "identity.office_delegated", "key": public, "role": "governance.officer", "until": now + 86_400}
    advance(run, ledger, 1, path)
    advance(run, ledger, 90_000)
    assert advance(run, ledger, 1, path, expect=1)["inadmissible"] == "admission.9", "the day is over"


def test_a_lost_key_is_recovered(ledger: Path, run: Run, tmp_path: Path) -> None:
    """By a draft that another member's registrar and an auditor sign; an objection stops it; the second time it holds."""
    officer = key_of(ledger, "agency-1-officer")
    old = read_json(run("--json", "key", "show", officer))["public_key"]
    new, _ = make(run, tmp_path, "new")
    paper, draft = tmp_path / "identified.json", tmp_path / "draft.json"
    paper.write_text('{"seen": "by two of the house"}')
    auditor = read_json(run("--json", "key", "show", key_of(ledger, "auditor-1-auditor")))["public_key"]

    def announce(recovery: str) -> None:
        run("key", "recover", "announce", old, new, "--id", recovery, "--document", paper, "--draft", draft, "--ledger", ledger,
            "-s", f"identity.registrar={key_of(ledger, 'operator-1-registrar')}", "-s", f"governance.auditor={auditor}")  # fmt: skip
        sent = run("--json", "submit", "--envelope", draft, "-s", key_of(ledger, "auditor-1-auditor"), "--ledger", ledger)
        assert read_json(sent)["events"][0]["event"] == "identity.recovery_announced"

    def complete(recovery: str, expect: int = 0) -> Any:
        location = key_of(ledger, "citizens-1-officer")
        return read_json(run("--json", "key", "recover", "complete", recovery, new, "-s", location, "--ledger", ledger, expect=expect))

    announce("r-1")
    assert complete("r-1", expect=1)["refusal"]["number"] == "identity.09.1"
    run("key", "recover", "object", "r-1", "-s", f"identity.holder={officer}", "--ledger", ledger)
    announce("r-2")
    advance(run, ledger, 72 * 3_600)
    assert complete("r-1", expect=1)["refusal"]["number"] == "identity.00.2"
    assert complete("r-2")["events"][0]["event"] == "identity.recovery_completed"
    advance(run, ledger, 1, new)
    nothing = run("key", "recover", "complete", "r-3", new, "-s", officer, "--ledger", ledger, expect=2)
    assert "no recovery r-3 was announced" in nothing.stderr


def test_the_auditor_and_the_verifier_follow_a_key_s_whole_life(ledger: Path, run: Run, tmp_path: Path, capsys: Any) -> None:
    """A payer enrols, gets an office for a day, loses the key, waits twice: both judge the published folder alone."""
    payer, payer_key = make(run, tmp_path, "payer")
    new, new_key = make(run, tmp_path, "new")
    paper = tmp_path / "identified.json"
    paper.write_text('{"seen": "by two of the house"}')
    registrar, clerk = key_of(ledger, "agency-1-registrar"), key_of(ledger, "citizens-1-officer")
    now = enrol(run, ledger, payer, "payer", "treasury.payer")["time"]
    run("office", "add", "governance.desk", "--key", payer, "--until", spell_time(now + 86_400), "-r", registrar, "--ledger", ledger)
    run("key", "recover", "announce", payer_key, new, "--id", "r-1", "--document", paper, "--ledger", ledger,
        "-s", f"identity.registrar={key_of(ledger, 'operator-1-registrar')}",
        "-s", f"governance.auditor={key_of(ledger, 'auditor-1-auditor')}")  # fmt: skip
    advance(run, ledger, 72 * 3_600)
    run("key", "recover", "complete", "r-1", new, "-s", clerk, "--ledger", ledger)
    advance(run, ledger, 72 * 3_600)
    run("key", "revoke", new_key, "-r", registrar, "--suspect-since", spell_time(now + 72 * 3_600 + 60), "--ledger", ledger)
    advance(run, ledger, 31 * 86_400)
    advance(run, ledger, 1)  # a clock that was advanced counts from the next block on
    events = [event for entry in read_entries(ledger) for event in entry["events"]]
    assert {"office_over", "office_given_back", "acts_review_overdue"} <= {event["event"].partition(".")[2] for event in events}
    run("publish", "--to", tmp_path / "public", "--ledger", ledger)
    report = read_json(run("--json", "audit", tmp_path / "public"))
    assert (report["sound"], report["wrong"]) == (True, [])
    assert verify([str(tmp_path / "public"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["left_to_audit"]["effects taken from events"] >= 2


def read_entries(ledger: Path) -> list[Any]:
    with open_for_reading(ledger) as opened:
        return [json.loads(entry) for _, entry in opened.database.entries(0, opened.database.size())]


def test_an_enrolment_waits_for_the_new_key(ledger: Path, run: Run, tmp_path: Path) -> None:
    """The registrar drafts by the public key alone; the person signs elsewhere."""
    path, public = make(run, tmp_path, "new")
    draft = tmp_path / "draft.json"
    run("key", "enrol", public, "--organisation", "agency-1", "--handle", "officer-7", "--role", "governance.desk",
        "-r", key_of(ledger, "agency-1-registrar"), "--draft", draft, "--ledger", ledger)  # fmt: skip
    assert read_json(run("--json", "submit", "--envelope", draft, "-s", path, "--ledger", ledger))["refusal"] is None


def test_a_key_is_watched(ledger: Path, run: Run, tmp_path: Path) -> None:
    officer = key_of(ledger, "agency-1-officer")
    public = read_json(run("--json", "key", "show", officer))["public_key"]
    watch = ("--json", "key", "watch", public, "--ledger", ledger)
    assert read_json(run(*watch))["acts"] == []
    first, second = advance(run, ledger, 1, officer), advance(run, ledger, 2, officer)
    acts = read_json(run(*watch))["acts"]
    assert [(act["id"], act["position"], act["action"], act["role"]) for act in acts] == [
        (each["id"], each["position"], CLOCK, "governance.officer") for each in (first, second)
    ]
    alarm = read_json(run(*watch, "--since", str(second["position"]), expect=1))
    assert [act["id"] for act in alarm["acts"]] == [second["id"]]
    assert read_json(run(*watch, "--since", str(second["position"] + 1)))["acts"] == []
    assert len(read_json(run(*watch, "--since", "2026-01-01", expect=1))["acts"]) == 2
    assert read_json(run(*watch, "--since", "2199-01-01"))["acts"] == []
    run("publish", "--to", tmp_path / "public", "--ledger", ledger)
    assert read_json(run("--json", "key", "watch", public, "--published", tmp_path / "public"))["acts"] == acts
    assert "Signed by the key: 2." in run("key", "watch", public, "--ledger", ledger).stdout
    assert "public key in hex" in run("key", "watch", "not-a-key", "--ledger", ledger, expect=2).stderr


def test_what_its_owner_said_of_an_act_stands_beside_it(ledger: Path, run: Run, tmp_path: Path) -> None:
    (path, public), (spare, _) = make(run, tmp_path, "one"), make(run, tmp_path, "spare")
    enrol(run, ledger, path, "officer-7", "governance.officer")
    enrol(run, ledger, spare, "officer-7", "governance.officer")
    act = advance(run, ledger, 1, path)
    since, registrar = spell_time(act["time"]), key_of(ledger, "agency-1-registrar")
    run("key", "revoke", public, "-r", registrar, "--reason", "stolen", "--suspect-since", since, "--ledger", ledger)
    arguments = json.dumps({"finding": "disowned", "ids": [act["id"]], "key": public})
    run("submit", "identity.confirm_acts", "-a", arguments, "-s", f"identity.holder={spare}", "--ledger", ledger)
    acts = read_json(run("--json", "key", "watch", public, "--ledger", ledger))["acts"]
    assert [(each["action"], each["finding"]) for each in acts] == [("identity.register_key", ""), (CLOCK, "disowned")]
    assert "disowned" in run("key", "watch", public, "--ledger", ledger).stdout


COMMANDS: list[tuple[str, ...]] = [
    *(("office", name) for name in ("add", "move", "end")),
    *(("key", name) for name in ("enrol", "rotate", "revoke", "watch")),
    *(("key", "recover", name) for name in ("announce", "object", "complete")),
]


@pytest.mark.parametrize("names", COMMANDS, ids=" ".join)
def test_each_command_shows_an_example_of_itself(names: tuple[str, ...]) -> None:
    """And every long option in the example is one that the command has."""
    found: click.Command = prasasti
    for name in names:
        assert isinstance(found, click.Group)
        found = found.commands[name]
    examples = [line for line in (found.help or "").splitlines() if f"prasasti {' '.join(names)} " in line or line.startswith("    --")]
    assert examples
    known = {option for parameter in found.params for option in parameter.opts}
    used = {word for line in examples for word in line.split() if word.startswith("-")}
    assert used <= known
