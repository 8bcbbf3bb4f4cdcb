"""The pilot, run as a newcomer runs it: every step is shown, and what it says to try next works as it is printed."""

from __future__ import annotations

import base64
import binascii
import csv
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from prasasti.services.delivering_benches import NUMBERS
from prasasti.services.paying.accounts import read_accounts
from tests.acceptance.commands import ROOT, run_json, verify

STEPS = 15
BIN = Path(sys.executable).parent
SAMPLES = ROOT / "src/prasasti/cli/samples"
# A newcomer's terminal: nothing of this environment is on its path, as after ``make pilot``.
TERMINAL = {"PATH": os.defpath, "LANG": "C.UTF-8"}


def run_pilot(folder: Path, output: str) -> subprocess.CompletedProcess[str]:
    command = [str(BIN / "prasasti"), "pilot", "--output", output]
    return subprocess.run(command, cwd=folder, env={**TERMINAL, "HOME": str(folder)}, capture_output=True, text=True, check=False)


@pytest.fixture(autouse=True, scope="module")
def _installed() -> None:
    if not (BIN / "prasasti").exists():
        pytest.skip("the package is not installed here: make .venv")


def list_next_commands(printed: str) -> list[str]:
    """The commands under the last heading: lines set in by two spaces, each with its explanation below, set in by more."""
    _, _, tail = printed.partition("What to try next\n")
    return re.findall(r"^  (\S.*)$", tail, re.MULTILINE)


@pytest.fixture(scope="module", params=["pilot", "a folder with spaces"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """Where it ran, the folder's name, what it printed."""
    folder = tmp_path_factory.mktemp("newcomer")
    ran = run_pilot(folder, request.param)
    assert (ran.returncode, ran.stderr) == (0, "")
    return folder, request.param, ran.stdout


def test_each_step_is_shown_and_done(world: tuple[Path, str, str]) -> None:
    folder, name, printed = world
    assert re.findall(r"^([0-9]{1,2}) +(?=[A-Z])", printed, re.MULTILINE) == [str(number) for number in range(1, STEPS + 1)]
    for words in (
        "10 read, 10 accounted for", "Rows and money add up", "IN ORDER", "Every rule was replayed", "contract signed",
        "committee-2, who decided, is tied to bench-maker-3", "The report is answered, weeks late", "benches-north, accepted for good",
    ):  # fmt: skip
        assert words in printed
    assert verify(folder / name / "published", "--closed")["verdict"] == "in order"
    assert run_json("check-state", "--ledger", folder / name / "ledger")["wrong"] is None
    assert json.loads((folder / name / "records.json").read_bytes())["records"]


def test_every_rupiah_is_followed_from_the_budget_to_the_bank(world: tuple[Path, str, str]) -> None:
    folder, name, printed = world
    assert "Adds up:" in printed
    for asked in ("benches-north", "benches-south", "city-parks", "bench-maker-2"):
        traced = run_json("trace", asked, "--ledger", folder / name / "ledger")
        assert (traced["adds_up"], traced["failures"]) == (True, [])
    (record,) = json.loads((folder / name / "benches.json").read_bytes())["records"]
    by_id = {each["id"]: each for each in record["compiledRelease"]["contracts"]}
    north, south = by_id["benches-north"], by_id["benches-south"]
    assert (north["status"], south["status"], len(north["amendments"])) == ("terminated", "active", 1)
    retained = south["value"]["amount"] // 20
    for contract, open_amount in ((north, 0), (south, retained)):
        paid = sum(each["value"]["amount"] for each in contract["implementation"]["transactions"])
        assert paid == contract["value"]["amount"] - open_amount


def test_no_account_number_and_no_persons_name_is_published(world: tuple[Path, str, str]) -> None:
    """Nor in what a reader decodes of it, nor in what is read back as open data."""
    folder, name, _ = world
    kept = read_accounts(folder / name / "treasury" / "accounts.json")
    numbers = {each.account for each in kept}
    assert numbers > set(NUMBERS)
    sent = b"".join(path.read_bytes() for path in (folder / name / "treasury" / "outbox").rglob("*.xml"))
    assert all(number.encode() in sent for number in NUMBERS)
    secrets = numbers | {each.secret for each in kept} | list_persons()
    assert len(list_persons()) == 3
    files = [path for path in (folder / name / "published").rglob("*") if path.is_file()]
    assert len(files) > 50
    shown = {each.commitment for each in kept if each.organisation != "treasury-1"}
    for path in (*files, folder / name / "benches.json", folder / name / "records.json"):
        data = path.read_bytes()
        texts = [data, *decode_all(data)]
        shown -= {commitment for commitment in shown if any(commitment.encode() in text for text in texts[1:])}
        assert [secret for secret in secrets if any(secret.encode() in text for text in texts)] == [], path
    assert not shown, "what is looked for would not be found"


def list_persons() -> set[str]:
    """Names and numbers of the natural persons in what the pilot records."""
    releases = json.loads((SAMPLES / "park-benches.json").read_bytes())["releases"]
    people = [
        party for release in releases for party in release.get("parties", []) if party.get("identifier", {}).get("scheme") == "ID-NIK"
    ]
    found = {text for person in people for text in (person["name"], person["identifier"]["id"])}
    with (SAMPLES / "inaproc" / "non-tender-selesai_2026.csv").open(encoding="utf-8") as file:
        return found | {row["nama_penyedia"] for row in csv.DictReader(file) if row["npwp16_penyedia"] in found}


def decode_all(data: bytes) -> list[bytes]:
    """What stands in base64 in it, as the envelopes of a log do, and what stands in base64 in that."""
    found = []
    for text in re.findall(rb"[A-Za-z0-9+/]{24,}={0,2}", data):
        try:
            decoded = base64.b64decode(text, validate=True)
        except binascii.Error:
            continue
        found += [decoded, *decode_all(decoded)]
    return found


def test_what_to_try_next_works_as_printed(world: tuple[Path, str, str]) -> None:
    folder, name, printed = world
    commands = list_next_commands(printed)
    assert [re.search(r"prasasti(?:-verify| \w+)", command)[0] for command in commands] == [  # type: ignore[index]
        "prasasti-verify", "prasasti explain", "prasasti trace", "prasasti tasks", "prasasti proof", "prasasti export",
        "prasasti import", "prasasti pilot",
    ]  # fmt: skip
    own = shlex.quote(str(ROOT / "src/prasasti/cli/samples/park-benches.json"))
    for command in commands:
        line = command.replace("FILE", own)
        ran = subprocess.run(["bash", "-c", line], cwd=folder, env=TERMINAL, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, f"{line}\n{ran.stdout}{ran.stderr}"
    assert verify("--list", folder / "all.json", "--key", folder / name / "published" / "log.vkey")["verdict"] == "in order"
    assert len(json.loads((folder / "one.json").read_bytes())["records"]) == 1


def test_a_second_pilot_leaves_the_first_alone(world: tuple[Path, str, str]) -> None:
    folder, name, _ = world
    checkpoint = (folder / name / "published" / "checkpoint").read_bytes()
    ran = run_pilot(folder, name)
    assert ran.returncode == 2
    assert f"{name} is not empty" in ran.stderr
    assert (folder / name / "published" / "checkpoint").read_bytes() == checkpoint


def test_it_speaks_indonesian_and_is_called_by_its_name_on_the_path(tmp_path: Path) -> None:
    path = os.pathsep.join((str(BIN), os.defpath))
    command = [str(BIN / "prasasti"), "--language", "id", "pilot", "--output", "percontohan"]
    ran = subprocess.run(command, cwd=tmp_path, env={**TERMINAL, "PATH": path}, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "What to try next" not in ran.stdout
    assert len(re.findall(r"^[0-9]{1,2} +(?=[A-Z])", ran.stdout, re.MULTILINE)) == STEPS
    assert "\n  prasasti-verify percontohan/published\n" in ran.stdout
