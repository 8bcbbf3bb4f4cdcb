"""Nothing that a node or a witness says holds a secret: passphrases, seeds, the words of a vote, what anybody sent or kept."""

from __future__ import annotations

import base64
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO

import httpx

from prasasti.core.genesis import compute_chain
from prasasti.integrations.signers.key_file import create_age_key
from tests.acceptance.commands import ENVIRONMENT, run
from tests.web.world import PATIENCE_SECONDS

LOG_PASSPHRASE, WITNESS_PASSPHRASE, WRONG_PASSPHRASE = "kunci-buku-besar-7351", "kunci-saksi-8462", "kunci-yang-salah-9573"
REASON, VOTED, SENT = "alasan rahasia 3174012345678901", "sebab suara rahasia 3174012345678902", "isi rahasia 3174012345678903"
WITNESS_SEED = bytes(range(32))
PRASASTI = [sys.executable, "-c", "from prasasti.cli import main; main()", "--json"]


class Told:
    """Everything that processes said, each stream in a file, and what was asked of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.answers: list[str] = []
        self._count = 0

    def open(self, name: str) -> IO[str]:
        self._count += 1
        return (self.folder / f"{self._count}-{name}.told").open("w+")

    def read(self) -> str:
        return "\n".join([*self.answers, *(path.read_text() for path in sorted(self.folder.glob("*.told")))])


@contextmanager
def started(told: Told, name: str, passphrase: str, *arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
    """A command that goes on, whose passphrase stands in its standard input; told to stop at the end."""
    command = [*PRASASTI, *map(str, arguments)]
    with told.open(f"{name}-log") as log:
        process = subprocess.Popen(command, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
        with process:
            try:
                assert process.stdin is not None
                process.stdin.write(f"{passphrase}\n")
                process.stdin.close()
                process.stdin = None
                yield process
                process.send_signal(signal.SIGTERM)
                assert process.wait(PATIENCE_SECONDS) == 0
            finally:
                process.kill()
                assert process.stdout is not None
                told.answers.append(process.stdout.read())


def read_address(told: Told, process: subprocess.Popen[str]) -> str:
    """Where a process says that it listens."""
    assert process.stdout is not None
    for line in process.stdout:
        told.answers.append(line)
        if "http" in line:
            return "http" + line.partition("http")[2].split('"')[0].strip()
    raise AssertionError(told.read())


def list_secrets(keys: Path) -> list[str]:
    """What must stand nowhere, in the forms in which it might."""
    seeds = [bytes.fromhex(path.read_text().strip()) for path in sorted(keys.glob("*.training.seed"))] + [WITNESS_SEED]
    assert len(seeds) > 5
    found = [LOG_PASSPHRASE, WITNESS_PASSPHRASE, WRONG_PASSPHRASE, "rahasia", "317401234567", "agreed", "training.seed"]
    for secret in [*seeds, *(text.encode() for text in (REASON, VOTED, SENT))]:
        found += [secret.hex(), base64.b64encode(secret).decode().rstrip("=")]
    return found


def test_a_node_and_a_witness_tell_no_secret(tmp_path: Path) -> None:
    told, ledger, public = Told(tmp_path), tmp_path / "ledger", tmp_path / "public"
    run("init", ledger, "--training", "--bucket-bits", "8")
    run("publish", "--to", public, "--ledger", ledger)
    keys = ledger / "keys"
    create_age_key(tmp_path / "log.age", LOG_PASSPHRASE, bytes.fromhex((keys / "log.training.seed").read_text().strip()))
    create_age_key(tmp_path / "witness.age", WITNESS_PASSPHRASE, WITNESS_SEED)
    chain = compute_chain((public / "genesis.json").read_bytes())
    witness_command: list[str | Path] = [
        "witness", "--folder", tmp_path / "witness", "--name", "witness.example/w", "--key", tmp_path / "witness.age",
        "--log", public / "log.vkey", "--store", chain, "--port", "0",
    ]  # fmt: skip
    serve_command: list[str | Path] = ["serve", "--ledger", ledger, "--publish", public, "--key", tmp_path / "log.age", "--port", "0"]

    for command in (serve_command, witness_command):
        with told.open("refused") as said:
            done = subprocess.run(
                [*PRASASTI, *map(str, command)], env=ENVIRONMENT, input=f"{WRONG_PASSPHRASE}\n", stdout=said, stderr=said, text=True,
                timeout=PATIENCE_SECONDS,
            )  # fmt: skip
        assert done.returncode not in (0, None)

    with started(told, "witness", WITNESS_PASSPHRASE, *witness_command) as witness:
        witness_address = read_address(told, witness)
        vkey = (tmp_path / "witness" / "witness.vkey").read_text().strip()
        (ledger / "witnesses.toml").write_text(
            f'quorum = "agency-1"\n[[witness]]\nname = "agency-1"\nclass = "agency"\nurl = "{witness_address}"\nvkey = "{vkey}"\n'
        )
        with started(told, "node", LOG_PASSPHRASE, *serve_command) as node:
            address = read_address(told, node)
            vote(address, ledger, tmp_path)
            with httpx.Client(trust_env=False, timeout=PATIENCE_SECONDS) as client:
                spoil(told, client, address, witness_address, chain)
    text = told.read()
    assert "node" in {path.name.split("-")[1] for path in tmp_path.glob("*.told") if path.stat().st_size}
    assert text.count('"message":"request"') > 5
    assert "prasasti_transactions_total" in text
    assert (public / "witness" / "agency-1.vkey").exists(), "the witness was asked"
    told_of = text.replace(str(keys), "")
    assert [secret for secret in list_secrets(keys) if secret in told_of] == []


def vote(address: str, ledger: Path, folder: Path) -> None:
    """A proposal and a vote through the node, each with its reason as a document."""
    for name, words in (("why", REASON), ("voted", VOTED)):
        (folder / f"{name}.txt").write_text(words)
    given = json.dumps({"name": "max_gap_seconds", "value": 600, "effective_from": 2**31})
    officer = ledger / "keys" / "agency-1-officer.training.seed"
    run("propose", "governance.set_parameter", "-a", given, "-d", f"{folder / 'why.txt'}:text/plain", "--id", "p", "-s", officer,
        "--ledger", ledger, "--node", address)  # fmt: skip
    run("vote", "p", "yes", "--reason", "agreed", "-d", f"{folder / 'voted.txt'}:text/plain", "-s", officer, "--ledger", ledger,
        "--node", address)  # fmt: skip


def spoil(told: Told, client: httpx.Client, address: str, witness_address: str, chain: str) -> None:
    """What is refused, or kept; answers of the node and the witness go to who asked and are no part of what is scanned but figures."""
    body, digest = SENT.encode(), sha256(SENT.encode()).hexdigest()
    headers = {"authorization": f"Bearer {SENT}", "cookie": SENT, "user-agent": SENT, "content-type": "text/plain"}
    statuses = [
        client.put(f"{address}/v1/documents/{digest}", content=body, headers=headers).status_code,
        client.put(f"{address}/v1/documents/{'0' * 64}", content=body, headers=headers).status_code,
        client.post(f"{address}/v1/transactions", content=body, headers=headers).status_code,
        client.get(f"{address}/v1/state/{SENT}").status_code,
        client.get(f"{address}/metrics?{SENT}").status_code,
        client.put(f"{witness_address}/documents/{digest}?keep_until=1900000000&chain={chain}", content=body, headers=headers).status_code,
        client.put(f"{witness_address}/documents/{SENT}", content=body, headers=headers).status_code,
        client.post(f"{witness_address}/add-checkpoint", content=body, headers=headers).status_code,
        client.get(f"{witness_address}/{SENT}/checkpoint", headers=headers).status_code,
    ]
    assert statuses == [200, 422, 415, 400, 200, 200, 400, 400, 404]
    told.answers.append(client.get(f"{address}/metrics").text)
