"""The same by HTTP, from servers on loopback that behave and that do not."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.verify.ledger import Ledger, build_example
from tests.verify.running import check, find_wrong, run, trust


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder, and says nothing."""

    def log_message(self, format: str, *args: object) -> None:
        pass


class Failing(Quiet):
    """Answers the first requests for a path with an error."""

    failures: int
    asked: dict[str, int]

    def do_GET(self) -> None:
        self.asked[self.path] = self.asked.get(self.path, 0) + 1
        if self.asked[self.path] <= self.failures:
            self.send_error(503)
        else:
            super().do_GET()


class Cutting(Quiet):
    """Promises a bundle whole, and sends half of it."""

    def do_GET(self) -> None:
        if "entries" not in self.path:
            super().do_GET()
            return
        content = Path(self.translate_path(self.path)).read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2])


@contextmanager
def serve(folder: Path, handler: type[Quiet] = Quiet) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def ledger() -> Ledger:
    return build_example()


@pytest.fixture
def folder(ledger: Ledger, tmp_path: Path) -> Path:
    return ledger.publish(tmp_path / "log", [2, 4])


def test_a_site_is_checked_like_a_folder(folder: Path, ledger: Ledger, tmp_path: Path) -> None:
    in_folder = check(folder, *trust(ledger, tmp_path))
    with serve(folder) as url:
        report = check(url + "/", *trust(ledger, tmp_path))
    assert report["warnings"] == ["foreign files and old partial tiles were not looked for: a site cannot be listed"]
    del in_folder["checked"]["tiles and bundles"]
    assert report["checked"] == in_folder["checked"]


def test_what_a_site_lacks_or_alters_is_wrong(folder: Path) -> None:
    (folder / "withheld.json").unlink()
    with serve(folder) as url:
        assert find_wrong(url) == "withheld.json: is missing"
    bundle = folder / "tile/entries/000.p/4"
    bundle.write_bytes(bundle.read_bytes().replace(b"key_registered", b"key_registeres"))
    (folder / "withheld.json").write_text("[]")
    with serve(folder) as url:
        assert find_wrong(url).startswith("entry 1")


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)


@pytest.mark.usefixtures("hurried")
def test_a_server_gets_three_tries(folder: Path) -> None:
    Failing.asked, Failing.failures = {}, 2
    with serve(folder, Failing) as url:
        check(url)
    Failing.asked, Failing.failures = {}, 3
    with serve(folder, Failing) as url:
        code, report = run(url)
    assert (code, report["verdict"]) == (2, "no verdict")
    assert "genesis.json" in report["problem"]
    assert "503" in report["problem"]


def test_a_connection_that_breaks_off_is_no_lie(folder: Path) -> None:
    with serve(folder, Cutting) as url:
        code, report = run(url)
    assert (code, report["problem"]) == (2, "tile/entries/000.p/4: the connection broke off")


@pytest.mark.usefixtures("hurried")
def test_nobody_there(folder: Path) -> None:
    with serve(folder) as url:
        pass
    code, report = run(url)
    assert (code, report["verdict"]) == (2, "no verdict")
