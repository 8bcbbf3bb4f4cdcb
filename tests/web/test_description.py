"""The OpenAPI is what the node does: schemathesis, a judge of other authors, asks for all that it describes, rightly and wrongly."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.web.test_limits import WIDE
from tests.web.world import serving

SEED = 6
EXAMPLES = 50
CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "unsupported_method", "allow_header_conformance",
)  # fmt: skip


@pytest.mark.outside
def test_schemathesis_finds_nothing_that_is_not_as_described(tmp_path: Path) -> None:
    with serving(tmp_path, WIDE) as served:
        served.submit(served.envelopes.put("seen"), params={"wait": "proof"})
        judge = subprocess.run(
            [str(Path(sys.executable).with_name("schemathesis")), "run", f"{served.address}/openapi.json", "--seed", str(SEED),
             "--max-examples", str(EXAMPLES), "--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing", "--no-color",
             "--generation-database", "none"],
            cwd=tmp_path, env=os.environ | {"NO_PROXY": "127.0.0.1"}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert judge.returncode == 0, judge.stdout[-8_000:] + judge.stderr[-2_000:]
        assert served.submit(served.envelopes.put("alive")).status_code == 200
