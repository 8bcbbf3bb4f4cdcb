"""Witnesses as processes: the protocol over HTTP, ``kill -9``, and ``publish --follow`` with a ledger's witnesses."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import Random
from threading import Event, Thread, Timer

import pytest

from prasasti.log.checkpoint import format_vkey
from prasasti.log.witness import MAX_REQUEST_BYTES
from prasasti.log.witness_client import send_over_http
from prasasti.log.witness_store import hash_origin
from prasasti.web.server import run
from prasasti.web.witness import make_witness_app
from prasasti_verify.notes import parse_checkpoint
from tests.log.worlds import make_entries
from tests.witness.worlds import LOG_KEY, ORIGIN, SignedLog, run_witness

ROOT = Path(__file__).resolve().parents[2]
LOG = SignedLog(make_entries(400))
CHAIN = "89ebfe645d28383ab6a701e19662c368"
PATIENCE_SECONDS = 60  # An upper bound on waiting for another process; nothing is judged by it.


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A witness that keeps documents, on a free port of this process; its address."""
    listening, stop = Event(), Event()
    addresses: list[str] = []

    def note_address(address: str) -> None:
        addresses.append(address)
        listening.set()

    with run_witness(folder, chains=[CHAIN], largest_bytes=100_000, most_bytes=1_000_000) as witness:
        thread = Thread(target=run, args=(make_witness_app(witness), "127.0.0.1", 0), kwargs={"on_listening": note_address, "stop": stop})
        thread.start()
        try:
            assert listening.wait(PATIENCE_SECONDS)
            yield addresses[0]
        finally:
            stop.set()
            thread.join()


def ask(address: str, method: str, path: str, body: bytes | None = None) -> tuple[int, dict[str, str], bytes]:
    with closing(HTTPConnection(address.removeprefix("http://"), timeout=PATIENCE_SECONDS)) as connection:
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


def test_the_protocol_over_http(tmp_path: Path) -> None:
    with served(tmp_path) as address:
        assert ask(address, "GET", f"/{hash_origin(ORIGIN)}/checkpoint")[0] == 404
        status, _, line = ask(address, "POST", "/add-checkpoint", LOG.request(0, 8))
        assert status == 200
        assert ask(address, "GET", f"/{hash_origin(ORIGIN)}/checkpoint")[2] == LOG.note(8) + line
        status, headers, body = ask(address, "POST", "/add-checkpoint", LOG.request(0, 16))
        assert (status, headers["content-type"], body) == (409, "text/x.tlog.size", b"8\n")
        for wrong, expected in [(b"", 400), (b"x" * MAX_REQUEST_BYTES, 400), (b"x" * (MAX_REQUEST_BYTES + 1), 413)]:
            assert ask(address, "POST", "/add-checkpoint", wrong)[0] == expected
        assert ask(address, "GET", "/add-checkpoint")[0] == 405
        assert ask(address, "GET", "/elsewhere")[0] == 404
        assert ask(address, "GET", "/health")[0] == 200
        reply = send_over_http("POST", f"{address}/add-checkpoint", LOG.request(8, 16), PATIENCE_SECONDS)
        assert reply.status == 200


def test_documents_over_http(tmp_path: Path) -> None:
    data = b"sealed" * 10_000
    path = f"/documents/{sha256(data).hexdigest()}"
    with served(tmp_path) as address:
        assert ask(address, "GET", path)[0] == 404
        status, headers, body = ask(address, "PUT", f"{path}?chain={CHAIN}&keep_until=1900000000", data)
        assert (status, headers["content-type"]) == (200, "application/json")
        assert json.loads(body).keys() == {"key", "keep_until", "sig"}
        assert ask(address, "GET", path)[2] == data
        assert ask(address, "PUT", path, data)[0] == 400
        assert ask(address, "PUT", f"{path}?keep_until=1900000000", b"other")[0] == 400
        assert ask(address, "PUT", f"{path}?keep_until=1900000000", b"x" * 100_001)[0] == 413
        assert ask(address, "DELETE", path)[0] == 405


def start(*arguments: str, cwd: Path) -> subprocess.Popen[str]:
    """The command ``prasasti`` as a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PRASASTI_LANGUAGE": "en"}
    line = [sys.executable, "-c", "from prasasti.cli import main; main()", *arguments]
    return subprocess.Popen(line, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def run_command(*arguments: str, cwd: Path) -> str:
    process = start(*arguments, cwd=cwd)
    output, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, output
    return output


def start_witness(cwd: Path, name: str, vkey: str, *more: str) -> tuple[subprocess.Popen[str], str, str]:
    """A witness process on a free port, with a key of its own; the process, its address, its vkey."""
    key = cwd / f"{name}.training.seed"
    if not key.exists():
        run_command("key", "make", key.name, cwd=cwd)
    process = start(
        "witness", "--folder", name, "--name", f"{name}.example/w", "--key", key.name, "--log", vkey, "--port", "0", *more, cwd=cwd
    )
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(2)]
    assert said[1].startswith("Witnessing 1 log(s) at http://"), process.stdout.read()
    return process, said[1].split()[-1], said[0].split()[-1]


def wait_until(is_done: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not is_done():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.05)


def test_killed_at_any_moment_it_forgets_nothing_answered(tmp_path: Path) -> None:
    random, cosigned = Random(6), 0
    for last in (100, 200, 300, 399):  # Should the killer come late, the log has entries enough.
        process, address, _ = start_witness(tmp_path, "agency", format_vkey(LOG_KEY))
        killer = Timer(random.uniform(0.0, 0.2), process.kill)
        try:
            size, is_dying = cosigned, False
            while size < last:
                reply = send_over_http("POST", f"{address}/add-checkpoint", LOG.request(size, size + 1), PATIENCE_SECONDS)
                if reply.status == 409:  # What the last process persisted and did not come to answer.
                    assert int(reply.body) in (cosigned, cosigned + 1)
                    size = int(reply.body)
                    continue
                assert reply.status == 200
                size = cosigned = size + 1
                if not is_dying:
                    killer.start()
                    is_dying = True
        except (OSError, HTTPException):
            pass  # It was killed.
        finally:
            process.kill()
            process.communicate()
    process, address, _ = start_witness(tmp_path, "agency", format_vkey(LOG_KEY))
    latest = parse_checkpoint(ask(address, "GET", f"/{hash_origin(ORIGIN)}/checkpoint")[2], "latest")
    assert latest.size in (cosigned, cosigned + 1)
    assert latest.root == LOG.root(latest.size)
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, output) == (0, "Stopped.\n")


def test_a_ledger_is_followed_and_cosigned(tmp_path: Path) -> None:
    """``publish --follow`` with two witnesses: what is recorded meanwhile is published, cosigned, and verified by policy."""
    run_command("init", "ledger", "--training", cwd=tmp_path)
    run_command("publish", "--to", "public", cwd=tmp_path)
    vkey = (tmp_path / "public" / "log.vkey").read_text(encoding="utf-8").strip()
    witnesses = {name: start_witness(tmp_path, name, vkey) for name in ("agency", "citizens")}
    rows = [
        f'[[witness]]\nname = "{name}"\nclass = "{name}"\nurl = "{address}"\nvkey = "{key}"\n'
        for name, (_, address, key) in witnesses.items()
    ]
    (tmp_path / "ledger" / "witnesses.toml").write_text('quorum = "both"\n' + "".join(rows) + GROUP, encoding="utf-8")
    follower = start("--json", "publish", "--to", "public", "--follow", cwd=tmp_path)

    def shown() -> tuple[int, int]:
        checkpoint = parse_checkpoint((tmp_path / "public" / "checkpoint").read_bytes(), "checkpoint")
        return checkpoint.size, len(checkpoint.lines)

    try:
        wait_until(lambda: shown() == (0, 3))
        sample = ROOT / "src" / "prasasti" / "cli" / "samples" / "park-benches.json"
        run_command("import", "ocds", str(sample), cwd=tmp_path)
        wait_until(lambda: shown()[0] > 0 and shown()[1] == 3)
        stopped, _, _ = witnesses["citizens"]
        stopped.send_signal(signal.SIGTERM)
        assert stopped.wait(PATIENCE_SECONDS) == 0
    finally:
        follower.send_signal(signal.SIGTERM)
        output, _ = follower.communicate(timeout=PATIENCE_SECONDS)
        for process, _, _ in witnesses.values():
            process.kill()
            process.communicate()
    assert follower.returncode == 0
    said = [json.loads(line) for line in output.splitlines()]
    last = said[-1]
    assert (last["size"] > 0, last["cosigned"], last["uncosigned"], last["quorum_met"]) == (
        True, ["agency", "citizens"], {}, True,
    )  # fmt: skip
    policy = tmp_path / "policy"
    policy.write_bytes((tmp_path / "public" / "policy").read_bytes())
    verify = [sys.executable, "-m", "prasasti_verify", "public", "--policy", str(policy), "--closed", "--json"]
    done = subprocess.run(verify, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT / "src")}, capture_output=True, text=True)
    report = json.loads(done.stdout)
    assert (done.returncode, report["verdict"]) == (0, "in order"), report
    assert report["checked"]["signatures on the checkpoint"] == 3


GROUP = '[[group]]\nname = "both"\nthreshold = "all"\nmembers = ["agency", "citizens"]\n'


@pytest.mark.parametrize("arguments", [("--log", "absent.vkey"), ("--log", "a+b+c"), ("--store", "XYZ"), ("--key", "w.other")])
def test_the_command_says_what_is_wrong(tmp_path: Path, arguments: tuple[str, str]) -> None:
    given = {"--folder": "w", "--name": "w.example", "--key": "w.training.seed", "--log": format_vkey(LOG_KEY)} | {
        arguments[0]: arguments[1]
    }
    process = start("witness", *(word for pair in given.items() for word in pair), cwd=tmp_path)
    output, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 2
    assert "Traceback" not in output
    assert not (tmp_path / "w").exists()
