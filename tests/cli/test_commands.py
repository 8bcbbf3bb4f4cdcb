"""Commands end to end: what they do, print and return."""

from __future__ import annotations

import json
import re
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import click
import pytest

from prasasti.cli import prasasti
from tests.cli.conftest import SAMPLE, Run, key_of, read_json

OCID = "ocds-bench1-taman-kota-2026-001"
BUYER = "procurement/buyer/ID-NPWP-0012345678901000"


def list_commands(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for name, command in group.commands.items():
        found.append((*path, name))
        if isinstance(command, click.Group):
            found += list_commands(command, (*path, name))
    return found


@pytest.mark.parametrize("path", [(), *list_commands(prasasti)], ids=" ".join)
def test_help_shows_an_example(run: Run, path: tuple[str, ...]) -> None:
    shown = run(*path, "--help").stdout
    assert re.search(rf"^  prasasti {' '.join(path)}\b", shown, re.MULTILINE), shown


def test_import_twice_adds_nothing(recorded: Path, run: Run) -> None:
    before = read_json(run("--json", "check-state", "--ledger", recorded))
    report = read_json(run("--json", "import", "ocds", SAMPLE, "--ledger", recorded, "--default-scheme", "ID"))
    assert report["kinds"] == {"recorded": 0, "unchanged": 10, "updated": 0, "contradictions": 0, "refused": 0}
    assert read_json(run("--json", "check-state", "--ledger", recorded)) == before


def test_import_reports_what_it_removed(ledger: Path, run: Run) -> None:
    report = read_json(run("--json", "import", "ocds", SAMPLE, "--ledger", ledger, "--default-scheme", "ID"))
    assert (report["read"], report["kinds"]["recorded"]) == (10, 10)
    assert report["redactions"]["contact_points"] == 10
    assert report["redactions"]["persons"] == 1
    totals = {(row["stage"], row["currency"]): row["total"] for row in report["money"]}
    assert totals["planned", "IDR"] == "120000000"


def test_no_personal_datum_of_the_sample_is_written(recorded: Path, run: Run, tmp_path: Path) -> None:
    run("publish", "--to", tmp_path / "public", "--ledger", recorded)
    files = [path for folder in (tmp_path / "public", recorded) for path in folder.rglob("*") if path.is_file()]
    for secret in (b"9999994101900001", b"Perajin Bangku Perorangan", b"pengadaan@kota-contoh"):
        assert [path.name for path in files if secret in path.read_bytes()] == []


def test_published_log_audits_and_shows_its_story(recorded: Path, run: Run, tmp_path: Path) -> None:
    published = read_json(run("--json", "publish", "--to", tmp_path / "public", "--ledger", recorded))
    assert published["new"] == published["size"] == 11
    again = read_json(run("--json", "publish", "--to", tmp_path / "public", "--ledger", recorded))
    assert (again["new"], again["root"]) == (0, published["root"])
    report = read_json(run("--json", "audit", tmp_path / "public"))
    assert (report["sound"], report["documents"], report["wrong"]) == (True, 10, [])
    assert read_json(run("--json", "audit", "--ledger", recorded))["app_hash"] == report["app_hash"]
    story = read_json(run("--json", "show", OCID, "--ledger", recorded))
    assert [line["event"] for line in story["lines"]].count("paid") == 3
    assert {line["entry"] for line in story["lines"]} <= set(range(11))
    assert "Rp" not in run("show", OCID, "--ledger", recorded).stdout


def test_exports_agree_with_what_was_imported(recorded: Path, run: Run, tmp_path: Path) -> None:
    run("export", "ocds", "--output", tmp_path / "records.json", "--ledger", recorded)
    package = json.loads((tmp_path / "records.json").read_text())
    assert package["license"] == "https://creativecommons.org/licenses/by/4.0/"
    record = package["records"][0]
    assert [release["id"] for release in record["releases"]] == [release["id"] for release in json.loads(SAMPLE.read_text())["releases"]]
    assert record["compiledRelease"]["contracts"][0]["value"]["amount"] == 109000000
    chosen = ("--from", "2026-05-01", "--to", "2026-06-01", "--package", "release")
    report = read_json(run("--json", "export", "ocds", *chosen, "--output", tmp_path / "may.json", "--ledger", recorded))
    assert report["releases"] == 2
    refused = run("export", "ocds", "--ocid", "ocds-nothing", "--output", tmp_path / "none.json", "--ledger", recorded, expect=1)
    assert "no recorded release fits" in refused.stderr
    assert not (tmp_path / "none.json").exists()


def test_proofs_are_written_against_the_newest_checkpoint(recorded: Path, run: Run, tmp_path: Path) -> None:
    entry = read_json(run("--json", "submit", "governance.advance_clock", "-a", '{"seconds": 5}', "-s",
                          f"governance.officer={key_of(recorded, 'agency-1-officer')}", "--ledger", recorded))  # fmt: skip
    early = run("proof", entry["id"], "--output", tmp_path / "early.proof", "--ledger", recorded, expect=1)
    assert "publish first" in early.stderr
    run("publish", "--to", tmp_path / "public", "--ledger", recorded)
    run("proof", entry["id"], "--output", tmp_path / "one.proof", "--ledger", recorded)
    assert (tmp_path / "one.proof").read_text().startswith("c2sp.org/tlog-proof@v1\n")
    run("proof", "--list", BUYER, "--output", tmp_path / "all.json", "--ledger", recorded)
    run("proof", "--state", f"{BUYER}/count", "--output", tmp_path / "count.json", "--ledger", recorded)
    assert json.loads((tmp_path / "all.json").read_text())["list"] == BUYER
    run("proof", str(entry["position"]), "--output", tmp_path / "same.proof", "--ledger", recorded)
    assert (tmp_path / "same.proof").read_text() == (tmp_path / "one.proof").read_text()
    for stranger in ("00" * 32, "999999", "0", "ocds-example-1"):  # entry 0 is that of a block
        unknown = run("proof", stranger, "--output", tmp_path / "no.proof", "--ledger", recorded, expect=1)
        assert "no transaction" in unknown.stderr


def test_a_key_is_registered_used_and_ended(ledger: Path, run: Run, tmp_path: Path) -> None:
    new = tmp_path / "new.training.seed"
    public = read_json(run("--json", "key", "make", new))["public_key"]
    assert read_json(run("--json", "key", "show", new))["public_key"] == public
    arguments = {"handle": "agency-1-second", "key": public, "organisation": "agency-1", "roles": ["governance.officer"]}
    registrar = f"identity.registrar={key_of(ledger, 'agency-1-registrar')}"
    accepted = _submit(run, ledger, "identity.register_key", arguments, registrar, f"identity.new_key={new}")
    assert accepted["events"] == [{"event": "identity.key_registered", "key": public, "organisation": "agency-1"}]
    refused = _submit(run, ledger, "identity.register_key", arguments, registrar, f"identity.new_key={new}", expect=1)
    assert refused["refusal"]["number"] == "identity.01.2"
    _submit(run, ledger, "governance.advance_clock", {"seconds": 1}, f"governance.officer={new}")
    _submit(run, ledger, "identity.end_key", {"key": public}, f"identity.holder={new}")
    ended = _submit(run, ledger, "governance.advance_clock", {"seconds": 1}, f"governance.officer={new}", expect=1)
    assert ended["inadmissible"] == "admission.8"


def test_an_envelope_is_signed_by_one_after_another(recorded: Path, run: Run, tmp_path: Path) -> None:
    document = read_json(run("--json", "show", OCID, "--ledger", recorded))
    assert document["publisher"] == "publisher-1"
    digest = _first_document(recorded)
    auditor = read_json(run("--json", "key", "show", key_of(recorded, "auditor-1-auditor")))["public_key"]
    draft = tmp_path / "draft.json"
    arguments = json.dumps({"sha256": digest, "legal_basis": "UU 27/2022, pasal 8"})
    run("submit", "governance.withhold_document", "-a", arguments, "-s", f"governance.officer={key_of(recorded, 'publisher-1')}",
        "-s", f"governance.auditor={auditor}", "--draft", draft, "--ledger", recorded)  # fmt: skip
    unsigned = read_json(run("--json", "submit", "--envelope", draft, "--ledger", recorded, expect=1))
    assert unsigned["inadmissible"] == "admission.7"
    signed = run("--json", "submit", "--envelope", draft, "-s", f"governance.auditor={key_of(recorded, 'auditor-1-auditor')}",
                 "--ledger", recorded)  # fmt: skip
    assert read_json(signed)["events"] == [{"event": "governance.document_withheld", "sha256": digest}]
    run("publish", "--to", tmp_path / "public", "--ledger", recorded)
    assert json.loads((tmp_path / "public/withheld.json").read_text())[0]["sha256"] == digest
    assert not (tmp_path / "public/documents/sha256" / digest[:2] / digest).exists()
    assert run("audit", tmp_path / "public").exit_code == 0
    again = run("import", "ocds", SAMPLE, "--ledger", recorded, "--default-scheme", "ID").stdout
    assert "10 read, 10 accounted for" in again


def test_a_draft_is_signed_where_there_is_no_ledger(ledger: Path, run: Run, tmp_path: Path) -> None:
    officer = key_of(ledger, "agency-1-officer")
    public = read_json(run("--json", "key", "show", officer))["public_key"]
    draft, signed, genesis = tmp_path / "draft.json", tmp_path / "signed.json", tmp_path / "public/genesis.json"
    run("submit", "governance.advance_clock", "-a", '{"seconds": 60}', "-s", f"governance.officer={public}", "--draft", draft,
        "--ledger", ledger)  # fmt: skip
    run("publish", "--to", tmp_path / "public", "--ledger", ledger)
    before = draft.read_bytes()
    in_clear = run("sign", draft, "-s", officer, "--yes", expect=2)
    assert "training ledger" in in_clear.stderr
    named = ("sign", draft, "-s", officer, "--genesis", genesis, "--to", signed)
    declined = run(*named, stdin="n\n", expect=1).stdout
    assert "To be signed: governance.advance_clock, in the name of agency-1" in declined
    assert "Nothing was signed." in declined
    stranger = run("sign", draft, "-s", key_of(ledger, "operator-1-officer"), "--genesis", genesis, "--yes", expect=2)
    assert "does not name the key" in stranger.stderr
    assert (draft.read_bytes(), signed.exists()) == (before, False)
    run(*named, stdin="y\n")
    assert "Accepted" in run("submit", "--envelope", signed, "--ledger", ledger).stdout


def test_a_payload_by_itself_is_a_draft(ledger: Path, run: Run, tmp_path: Path) -> None:
    """As a program of others writes it, in the form of the API's example."""
    officer, payload = key_of(ledger, "agency-1-officer"), tmp_path / "payload.json"
    run("publish", "--to", tmp_path / "public", "--ledger", ledger)
    genesis = tmp_path / "public/genesis.json"
    payload.write_text(json.dumps({
        "action": "governance.advance_clock", "actor": "agency-1", "arguments": {"seconds": 60},
        "chain": sha256(genesis.read_bytes()).hexdigest()[:32], "expires": int(time.time()) + 600, "nonce": "00" * 16,
        "signers": [{"key": read_json(run("--json", "key", "show", officer))["public_key"], "role": "governance.officer"}],
    }, indent=1))  # fmt: skip
    run("sign", payload, "-s", officer, "--genesis", genesis, "--to", tmp_path / "signed.json", "--yes")
    assert "Accepted" in run("submit", "--envelope", tmp_path / "signed.json", "--ledger", ledger).stdout
    payload.write_text('{"action": "governance.advance_clock"}')
    assert "no envelope of a transaction" in run("sign", payload, "-s", officer, "--yes", expect=2).stderr


def test_a_draft_for_another_ledger_is_not_signed(ledger: Path, run: Run, tmp_path: Path) -> None:
    officer, draft = key_of(ledger, "agency-1-officer"), tmp_path / "draft.json"
    run("submit", "governance.advance_clock", "-a", '{"seconds": 60}', "-s", f"governance.officer={officer}", "--draft", draft,
        "--ledger", ledger)  # fmt: skip
    run("init", tmp_path / "other", "--training", "--bucket-bits", "8")
    run("publish", "--to", tmp_path / "public", "--ledger", tmp_path / "other")
    told = run("sign", draft, "-s", officer, "--genesis", tmp_path / "public/genesis.json", "--yes", expect=2)
    assert "for another ledger" in told.stderr


def test_errors_say_what_to_do(ledger: Path, run: Run, tmp_path: Path) -> None:
    for arguments, code, words in (
        (("show", "--ledger", tmp_path / "nowhere"), 2, "prasasti init"),
        (("init", ledger, "--training"), 2, "holds a ledger already"),
        (("init", tmp_path / "other"), 2, "--training, --founders FILE, --genesis FILE"),
        (("import", "ocds", tmp_path / "none.json", "--ledger", ledger), 2, "is not a file"),
        (("tasks", "--process", "ocds-213czf-nothing", "--ledger", ledger), 2, "no selection ocds-213czf-nothing"),
        (("submit", "governance.fly", "-a", "{}", "--ledger", ledger), 2, "this ledger has no action"),
        (("submit", "governance.advance_clock", "-a", "{", "-s", "governance.officer=x.age", "--ledger", ledger), 2, "not JSON"),
        (("submit", "governance.advance_clock", "-a", "{}", "-s", "x", "--ledger", ledger), 2, "ROLE=KEY"),
        (("audit", tmp_path), 1, "genesis.json"),
        (("show", "--ledger", ledger), 1, "no release is recorded yet"),
        (("show", OCID, "--ledger", ledger), 1, "no release is recorded yet"),
        (("key", "show", tmp_path / "none.age"), 2, "No such file"),
    ):
        result = run(*arguments, expect=code)
        assert words in result.output, (arguments, result.output)


def test_personal_data_is_refused_before_it_is_signed(ledger: Path, run: Run) -> None:
    arguments = json.dumps({"sha256": "00" * 32, "legal_basis": "on request of 3171014107900001"})
    officer = f"governance.officer={key_of(ledger, 'publisher-1')}"
    result = run("submit", "governance.withhold_document", "-a", arguments, "-s", officer, "--ledger", ledger, expect=2)
    assert "nothing was signed" in result.stderr
    assert "3171014107900001" not in result.output


def test_a_hostile_title_stays_data(ledger: Path, run: Run, tmp_path: Path) -> None:
    package = json.loads(SAMPLE.read_text())
    title = "[bold]x[/bold]\x1b[2J\u202egnp.exe{amount}%s<script>"
    package["releases"][1]["tender"]["title"] = title
    (tmp_path / "hostile.json").write_text(json.dumps(package))
    run("import", "ocds", tmp_path / "hostile.json", "--ledger", ledger, "--default-scheme", "ID")
    shown = run("show", OCID, "--ledger", ledger).stdout
    assert "[bold]x[/bold]" in shown.replace("\n", "")
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert title in [line.get("title") for line in read_json(run("--json", "show", OCID, "--ledger", ledger))["lines"]]


def test_a_ledger_is_founded_by_a_founders_file_and_joined_by_its_genesis(run: Run, tmp_path: Path) -> None:
    keys = {name: read_json(run("--json", "key", "make", tmp_path / f"{name}.training.seed"))["public_key"] for name in ("log", "one")}
    founders = tmp_path / "founders.toml"
    founders.write_text(
        f'domain = "ledger.example"\nledger = "national-1"\nlog_key = "{keys["log"]}"\n'
        '[[members]]\nid = "agency-1"\nclass = "agency"\n'
        f'[[members.keys]]\nhandle = "registrar-1"\nkey = "{keys["one"]}"\nroles = ["identity.registrar"]\n'
    )
    made = read_json(run("--json", "init", tmp_path / "ledger", "--founders", founders, "--bucket-bits", "4"))
    assert made["origin"] == "ledger.example/prasasti/national-1"
    log_key = tmp_path / "log.training.seed"
    refused = run("publish", "--to", tmp_path / "public", "--key", log_key, "--ledger", tmp_path / "ledger", expect=2)
    assert "for training ledgers" in refused.stderr
    founders.write_text(founders.read_text().replace("log_key", "log_keys"))
    assert "lacks 'log_key'" in run("init", tmp_path / "other", "--founders", founders, expect=2).stderr


def _first_document(ledger: Path) -> str:
    from prasasti import bootstrap
    from prasasti.readmodel.queries import find_processes, list_versions
    from prasasti.services.projecting import open_current

    with bootstrap.open_for_reading(ledger) as opened, open_current(opened) as model, model.reading() as connection:
        document: bytes = list_versions(connection, [find_processes(connection, OCID)[0].process])[0].document
        return document.hex()


def _submit(run: Run, ledger: Path, action: str, arguments: dict[str, Any], *signers: str, expect: int = 0) -> Any:
    given = [word for signer in signers for word in ("-s", signer)]
    return read_json(run("--json", "submit", action, "-a", json.dumps(arguments), *given, "--ledger", ledger, expect=expect))


def test_personal_data_in_a_text_is_refused_or_kept_as_asked(ledger: Path, run: Run, tmp_path: Path) -> None:
    package = json.loads(SAMPLE.read_text())
    package["releases"][1]["tender"]["title"] = "Hubungi 081234567890, NIK 3171014107900001"
    (tmp_path / "texts.json").write_text(json.dumps(package))
    arguments = ("--json", "import", "ocds", tmp_path / "texts.json", "--ledger", ledger, "--default-scheme", "ID")
    refused = run(*arguments, expect=1)
    report = read_json(refused)
    assert (report["kinds"]["recorded"], report["kinds"]["refused"]) == (9, 1)
    assert {row["code"] for row in report["refusals"]} == {"personal_data_in_text"}
    assert "3171014107900001" not in refused.output
    kept = read_json(run(*arguments, "--texts", "keep"))
    assert (kept["kinds"]["recorded"], kept["kinds"]["unchanged"]) == (1, 9)
    assert "personal_data_in_text" in {row["code"] for row in kept["notices"]}


def test_more_founders_than_a_block_can_tell_of_are_refused(run: Run, tmp_path: Path) -> None:
    members = "".join(
        f'[[members]]\nid = "m-{number}"\nclass = "agency"\n'
        f'keys = [{{handle = "registrar", key = "{number:064x}", roles = ["identity.registrar"]}}]\n'
        for number in range(1, 202)
    )
    (tmp_path / "many.toml").write_text(f'domain = "ledger.example"\nledger = "many"\nlog_key = "{"ff" * 32}"\n{members}')
    assert "201 members" in run("init", tmp_path / "many", "--founders", tmp_path / "many.toml", expect=2).stderr


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ('roles = ["identity.registrar"]', 'roles = ["identity.registrr"]|the role identity.registrr is unknown'),
        ('roles = ["identity.registrar"]', 'roles = ["governance.auditor", "identity.registrar"]|not for such an organisation'),
        ('roles = ["identity.registrar"]', 'roles = ["governance.officer"]|needs a key with the role identity.registrar'),
        ('ocid_prefixes = ["ocds-abc123"]', 'ocid_prefixes = ["ocds zz"]|is no ocid prefix'),
        ('ocid_prefixes = ["ocds-abc123"]', "ocid_prefixes = []|a publisher needs ocid_prefixes"),
        (
            'roles = ["identity.registrar"]',
            'roles = ["identity.registrar", "treasury.payer"]|may not hold identity.registrar and treasury.payer',
        ),
    ],
)
def test_founders_get_no_more_than_a_registrar_may_give(run: Run, tmp_path: Path, change: str, words: str) -> None:
    wanted, _, said = words.partition("|")
    text = (
        f'domain = "ledger.example"\nledger = "national-1"\nlog_key = "{"01" * 32}"\n'
        '[[members]]\nid = "agency-1"\nclass = "agency"\n'
        f'keys = [{{handle = "registrar-1", key = "{"02" * 32}", roles = ["identity.registrar"]}}]\n'
        f'[[organisations]]\nid = "publisher-1"\nocid_prefixes = ["ocds-abc123"]\n'
        f'keys = [{{handle = "publisher-1", key = "{"03" * 32}", roles = ["procurement.publisher"]}}]\n'
    )
    (tmp_path / "good.toml").write_text(text)
    founded = run("init", tmp_path / "good", "--founders", tmp_path / "good.toml", "--bucket-bits", "4")
    assert "Nobody holds governance.auditor" in founded.stdout
    (tmp_path / "bad.toml").write_text(text.replace(change, wanted))
    assert said in run("init", tmp_path / "bad", "--founders", tmp_path / "bad.toml", expect=2).stderr
    assert not (tmp_path / "bad").exists()
