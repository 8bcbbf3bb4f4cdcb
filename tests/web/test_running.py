"""``serve`` and ``witness`` as processes: TLS by flags, what they tell programs, what a quiet node logs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from prasasti.cli import prasasti
from prasasti.integrations.signers import create_training_key
from prasasti.log.checkpoint import format_vkey
from tests.core.ledger import signing_key
from tests.web.world import PATIENCE_SECONDS, ROOT, Process, found_for_process, start_process
from tests.witness.worlds import LOG_KEY


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1, signed by itself, and its key."""
    certificate, key = folder / "node.pem", folder / "node.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=node", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    return certificate, key


def submit(folder: Path, address: str) -> tuple[int, dict[str, Any]]:
    """Move a training ledger's clock on, through a node; exit code and result."""
    key = folder / "officer.training.seed"
    if not key.exists():
        create_training_key(key, signing_key("agency-1/officer").encode())
    arguments = ["governance.advance_clock", "-a", '{"seconds": 60}', "-s", f"governance.officer={key}", "--node", address]
    result = CliRunner().invoke(prasasti, ["--json", "submit", *arguments])
    return result.exit_code, json.loads(result.stdout)


def stop(process: Process) -> list[dict[str, Any]]:
    """End a node; what it said on standard output since it listens."""
    process.process.send_signal(signal.SIGTERM)
    output, _ = process.process.communicate(timeout=PATIENCE_SECONDS)
    return [json.loads(line) for line in output.splitlines()]


def test_tls_by_flags_serves_whoever_trusts_the_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    certificate, key = make_certificate(tmp_path)
    genesis = found_for_process(tmp_path / "ledger")
    with start_process(tmp_path / "ledger", genesis, "--tls-cert", str(certificate), "--tls-key", str(key)) as process:
        assert process.address.startswith("https://")
        monkeypatch.delenv("SSL_CERT_FILE", raising=False)
        monkeypatch.delenv("SSL_CERT_DIR", raising=False)
        code, told = submit(tmp_path, process.address)
        assert code == 2
        assert "certificate verify failed" in told["error"]
        code, _ = submit(tmp_path, process.address.replace("https", "http"))
        assert code == 2
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        code, told = submit(tmp_path, process.address)
        assert (code, told["refusal"]) == (0, None), told


def test_half_of_tls_is_refused(tmp_path: Path) -> None:
    certificate, _ = make_certificate(tmp_path)
    found_for_process(tmp_path / "ledger")
    result = CliRunner().invoke(prasasti, ["serve", "--ledger", str(tmp_path / "ledger"), "--port", "0", "--tls-cert", str(certificate)])
    assert result.exit_code == 2
    assert "its key" in result.output


def test_a_list_of_witnesses_that_cannot_be_used_keeps_the_node_from_starting(tmp_path: Path) -> None:
    assert CliRunner().invoke(prasasti, ["init", str(tmp_path / "ledger"), "--training"]).exit_code == 0
    (tmp_path / "ledger" / "witnesses.toml").write_text('quorum = "nobody"\n', encoding="utf-8")
    command = ["serve", "--ledger", str(tmp_path / "ledger"), "--port", "0", "--publish", str(tmp_path / "public")]
    result = CliRunner().invoke(prasasti, command)
    assert result.exit_code == 2
    assert "'nobody' is the name of no witness and no group" in result.output
    assert not (tmp_path / "public").exists()


@pytest.mark.parametrize("options", [(), ("--log-requests",)], ids=["quiet", "all"])
def test_reading_is_logged_where_that_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    genesis = found_for_process(tmp_path / "ledger")
    with start_process(tmp_path / "ledger", genesis, *options) as process:
        assert submit(tmp_path, process.address)[0] == 0
        assert stop(process) == [{"stopped": True}]
    requests = [line for line in map(json.loads, process.log.read_text().splitlines()) if line["message"] == "request"]
    assert [line["status"] for line in requests if line["method"] == "POST"] == [200]
    assert any(line["method"] == "GET" for line in requests) == bool(options)


def test_a_witness_tells_programs_the_same_as_a_node(tmp_path: Path) -> None:
    create_training_key(tmp_path / "w.training.seed")
    command = [sys.executable, "-c", "from prasasti.cli import main; main()", "--json", "witness", "--folder", "w", "--name", "w.example"]
    with subprocess.Popen(
        [*command, "--key", "w.training.seed", "--log", format_vkey(LOG_KEY), "--port", "0"],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT / "src")}, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            told = json.loads(process.stdout.readline())
            assert told["listening"].startswith("http://127.0.0.1:")
            assert told["vkey"].startswith("w.example+")
            process.send_signal(signal.SIGTERM)
            output, _ = process.communicate(timeout=PATIENCE_SECONDS)
            assert (process.returncode, json.loads(output)) == (0, {"stopped": True})
        finally:
            process.kill()
