"""The nginx configuration in docs/guides/deploy, as it stands there, in front of a node. Left out without nginx."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.judges import leave_out
from tests.web.test_limits import WIDE
from tests.web.world import ROOT, Served, serving

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin") or shutil.which("nginx")


def free_port() -> int:
    """A port that nobody listens on just now."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def configure(folder: Path, served: Served, port: int) -> str:
    """The guides' configuration with this test's places in the place of the operator's."""
    text = (ROOT / "docs/guides/deploy/nginx.conf").read_text(encoding="utf-8")
    server = text.replace("127.0.0.1:8080", f"127.0.0.1:{served.port}").replace("listen 443", f"listen 127.0.0.1:{port}")
    return server.replace("/srv/prasasti/public", str(served.published)).replace("/etc/prasasti/tls", str(folder))


@contextmanager
def start_nginx(folder: Path, server: str, port: int) -> Iterator[None]:
    """nginx with these servers, from when it listens on the port to the end of the block."""
    temporary = "".join(f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    configuration = folder / "nginx.conf"
    # Workers run as whoever runs the test, or they could not read its folder.
    configuration.write_text(
        f"pid {folder}/pid; error_log {folder}/error.log; daemon off; user {folder.owner()}; events {{}}\n"
        f"http {{ access_log off; {temporary}\n{server} }}\n"
    )
    command = [str(NGINX), "-c", str(configuration), "-p", str(folder)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            for _ in range(500):
                with closing(socket.socket()) as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                assert process.poll() is None, process.stderr.read() if process.stderr else ""
                time.sleep(0.02)
            yield
        finally:
            process.terminate()


@contextmanager
def proxied(folder: Path, served: Served) -> Iterator[httpx.Client]:
    """A client of nginx in front of a node."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=node", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", f"{folder}/key.pem", "-out", f"{folder}/fullchain.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    port = free_port()
    context = ssl.create_default_context(cafile=f"{folder}/fullchain.pem")
    with (
        start_nginx(folder, configure(folder, served, port), port),
        httpx.Client(base_url=f"https://127.0.0.1:{port}", verify=context, trust_env=False, timeout=30) as client,
    ):
        yield client


@pytest.mark.outside
def test_the_configuration_in_the_guide_works(tmp_path: Path) -> None:
    if NGINX is None:
        leave_out("nginx is not installed")
    (tmp_path / "nginx").mkdir()
    with serving(tmp_path, WIDE, trusted_proxies=("127.0.0.1",)) as served, proxied(tmp_path / "nginx", served) as client:
        envelope = served.envelopes.put("through")
        answer = client.post("/v1/transactions", params={"wait": "proof"}, content=envelope, headers={"content-type": "application/json"})
        assert answer.status_code == 200, answer.text
        assert client.get("/checkpoint").text == served.client.get("/checkpoint").text
        assert client.get("/tile/0/000.p/2").content == served.client.get("/tile/0/000.p/2").content
        assert client.get("/tile/../secret").status_code == 404
        assert client.get("/readyz").json() == {"status": "ready"}
        with client.stream("GET", "/v1/events", params={"after": 1}, headers={"accept": "text/event-stream"}) as stream:
            lines = stream.iter_lines()
            assert next(lines) == "retry: 2000"
            sent = threading.Thread(target=served.submit, args=(served.envelopes.put("follows"),))
            sent.start()
            position = next(json.loads(line.removeprefix("data: "))["position"] for line in lines if line.startswith("data: "))
            sent.join()
        assert position == 2
        assert client.post("/v1/transactions", content=b"x" * (34 * 2**20)).status_code == 413
        assert "prasasti_ready 1.0" in client.get("/metrics").text
