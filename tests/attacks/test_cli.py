"""Input that ended a command with a trace instead of a word, and output that could steer a terminal."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from prasasti.cli import prasasti


def run(*arguments: object) -> Result:
    return CliRunner().invoke(prasasti, ["--language", "en", *map(str, arguments)])


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    assert run("init", tmp_path / "ledger", "--training", "--bucket-bits", "4").exit_code == 0
    assert run("publish", "--to", tmp_path / "public", "--ledger", tmp_path / "ledger").exit_code == 0
    return tmp_path / "ledger"


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b"{" * 100_000])
def test_an_envelope_that_is_none_is_told_by_words(content: bytes, ledger: Path) -> None:
    envelope = ledger.parent / "envelope.json"
    envelope.write_bytes(content)
    for result in (
        run("audit", ledger.parent / "public", "--envelope", envelope),
        run("submit", "--envelope", envelope, "--ledger", ledger),
        run("submit", "--envelope", envelope, "--ledger", ledger, "--draft", ledger.parent / "draft.json"),
    ):
        assert result.exit_code in (1, 2), result.output
        assert isinstance(result.exception, SystemExit), result.exception


@pytest.mark.parametrize("identifier", ["xyz", "", "0" * 63, "0" * 64, "\udcff", "g" * 64, "٣" * 64])
def test_an_id_that_is_none_is_told_by_words(identifier: str, ledger: Path) -> None:
    result = run("proof", identifier, "--output", ledger.parent / "proof", "--ledger", ledger)
    assert result.exit_code in (1, 2), result.output
    assert isinstance(result.exception, SystemExit), result.exception
    assert not (ledger.parent / "proof").exists()


def test_arguments_that_are_no_utf_8_are_told_by_words(ledger: Path) -> None:
    key = ledger / "keys/agency-1-officer.training.seed"
    result = run("submit", "governance.advance_clock", "-a", "\udcff", "-s", f"governance.officer={key}", "--ledger", ledger)
    assert result.exit_code in (1, 2), result.output
    assert isinstance(result.exception, SystemExit), result.exception


class BreakingOff(BaseHTTPRequestHandler):
    """A server that stops in the middle of a chunk."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"5\r\nabcde\r\nff\r\nabc")
        self.close_connection = True

    def log_message(self, *arguments: object) -> None:
        """Says nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), BreakingOff) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_an_answer_that_breaks_off_is_no_verdict(site: str) -> None:
    # The trace ended with 1, which says that the log is wrong.
    assert run("audit", site).exit_code == 2


@pytest.mark.parametrize("sign", ["\x1b[31m", "\x9b31m", "\u202e", "\u2066"])
@pytest.mark.parametrize("option", [(), ("--json",)])
def test_what_others_wrote_steers_no_terminal(sign: str, option: tuple[str, ...], ledger: Path) -> None:
    release = {
        "date": "2026-01-01T00:00:00Z", "id": "1", "initiationType": "tender", "ocid": "ocds-abc123-1", "tag": ["tender"],
        "tender": {"id": "1", "title": f"benches {sign} benches"},
    }  # fmt: skip
    (ledger.parent / "release.json").write_text(json.dumps(release))
    assert run("import", "ocds", ledger.parent / "release.json", "--ledger", ledger).exit_code == 0
    output = CliRunner().invoke(prasasti, ["--language", "en", *option, "show", "ocds-abc123-1", "--ledger", str(ledger)]).output
    assert "benches" in output
    assert sign[0] not in output
