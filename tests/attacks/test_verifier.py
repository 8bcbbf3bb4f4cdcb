"""Attacks on the verifier: work without end, memory without bound, words put into its mouth, trust that nobody gave."""

from __future__ import annotations

import contextlib
import gc
import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from prasasti_verify.__main__ import main
from prasasti_verify.notes import parse_policy
from prasasti_verify.strict import Wrong, decode_json
from tests.verify.ledger import PUBLISHER, Ledger, action, build_example, sha256, table, vkey
from tests.verify.running import check, find_wrong, run

SEND = "messages.send"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return build_example().publish(tmp_path / "public")


@pytest.mark.parametrize("opening", [b'"' + b'\\"' * 200_000, b'"' + b"\\\\" * 200_000, b'"\\\n' * 100_000])
def test_a_string_without_end_costs_one_pass(opening: bytes) -> None:
    # Looking for brackets outside strings began anew at every quotation mark: 200,000 of them took minutes.
    with pytest.raises(Wrong):
        decode_json(b"[" * 33 + opening, "entry 0")


def test_brackets_in_strings_do_not_count_as_depth() -> None:
    assert decode_json(b'["[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\"{"]', "entry 0") == ["[" * 42 + '"{']


def nest_groups(count: int) -> bytes:
    lines = [f"log {vkey('log', 1, 1)}", f"witness w {vkey('w', 4, 2)}", "group g0 1 w"]
    lines += [f"group g{number} 1 g{number - 1}" for number in range(1, count)]
    return "\n".join([*lines, f"quorum g{count - 1}", ""]).encode()


def test_a_policy_may_nest_groups() -> None:
    policy = parse_policy(nest_groups(200), "policy")
    assert policy.is_met(policy.quorum, {"w"})
    assert not policy.is_met(policy.quorum, set())


def test_groups_without_end_are_refused(folder: Path) -> None:
    # They ended the verifier with Python's recursion limit, and took time as the square of their number.
    with pytest.raises(Wrong, match="policy, line 258: is no line of a policy"):
        parse_policy(nest_groups(5_000), "policy")
    (folder / "policy").write_bytes(nest_groups(5_000))
    assert find_wrong(folder).startswith("policy, line 258")


def test_a_documents_size_is_no_licence_to_fill_the_memory(tmp_path: Path) -> None:
    """A publisher and the log's key together name a document of 2^53−1 bytes, and a server sends zeros without end."""
    ledger = Ledger(tables=(table("messages", send=action(["procurement.publisher"])),))
    digest = sha256(b"").hex()
    arguments = {"document": {"media_type": "text/plain", "sha256": digest, "size": 2**53 - 1}}
    ledger.block(ledger.accept(ledger.send(SEND, arguments, (PUBLISHER, "procurement.publisher"), actor="publisher-1")))
    folder = ledger.publish(tmp_path / "public")
    path = f"documents/sha256/{digest[:2]}/{digest}"
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    with (folder / path).open("wb") as file:
        file.truncate(1 << 40)  # Sparse: it takes no room.
    assert find_wrong(folder) == f"{path}: is larger than 134,217,728 bytes"


def test_a_files_name_writes_no_line_of_the_report(folder: Path) -> None:
    (folder / "x\nIN ORDER").write_bytes(b"")
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        assert main([str(folder)]) == 1
    assert "WRONG: x\\x0aIN ORDER: is a file that nothing accounts for" in output.getvalue().split("\n")
    assert "IN ORDER" not in [line[:8] for line in output.getvalue().split("\n")]


def test_a_policy_that_names_other_logs_accepts_no_folder(folder: Path, tmp_path: Path) -> None:
    # The folder's own key filled the gap: a reader who accepts one log was shown another as being in order.
    policy = tmp_path / "policy"
    policy.write_text(f"log {vkey('elsewhere.example/log', 1, 9)}\nquorum none\n")
    assert find_wrong(folder, "--policy", policy).startswith("--policy: names no log ledger.example/")
    policy.write_text("quorum none\n")
    check(folder, "--policy", policy)
    policy.write_text(f"log {vkey('elsewhere.example/log', 1, 9)}\nlog {vkey(build_example().origin, 1, 3)}\nquorum none\n")
    check(folder, "--policy", policy)


class Redirecting(BaseHTTPRequestHandler):
    """A server that sends every reader on."""

    target: ClassVar[str] = ""

    def do_GET(self) -> None:
        self.send_response(302)
        self.send_header("Location", self.target)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Says nothing."""


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), Redirecting) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


# The library leaves the answer unclosed where the address that it names is none.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("target", ["http://[::1", f"http://{'a' * 70}.example/", "file:///etc/hostname"])
def test_a_redirection_to_nowhere_is_no_defect(target: str, server: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Redirecting, "target", target)
    monkeypatch.setattr("prasasti_verify.tiles.time.sleep", lambda _: None)
    code, report = run(f"http://127.0.0.1:{server.server_port}")
    gc.collect()  # What was left open shows here, and in no later test.
    assert (code, report["verdict"]) == (2, "no verdict")
    assert "defect" not in report["problem"]


def test_an_address_that_is_none_is_no_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prasasti_verify.tiles.time.sleep", lambda _: None)
    code, report = run("http://[x")
    assert code == 2
    assert "defect" not in report["problem"]
