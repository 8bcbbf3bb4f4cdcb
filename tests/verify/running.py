"""Running the command as its users do, and reading its report."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

from prasasti_verify.__main__ import main
from tests.verify.ledger import Ledger, sha256, vkey


def run(*arguments: object) -> tuple[int, dict[str, Any]]:
    """Exit code and JSON report."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        code = main([str(argument) for argument in (*arguments, "--json")])
    report: dict[str, Any] = json.loads(output.getvalue())
    return code, report


def check(folder: Path | str, *arguments: object) -> dict[str, Any]:
    """Report on a folder that must be in order."""
    code, report = run(folder, *arguments)
    assert (code, report["verdict"], report["problem"]) == (0, "in order", ""), report
    return report


def find_wrong(folder: Path | str, *arguments: object) -> str:
    """First thing that is wrong in a folder that is."""
    code, report = run(folder, *arguments)
    assert (code, report["verdict"]) == (1, "wrong"), report
    assert report["meaning"]
    return str(report["problem"])


def trust(ledger: Ledger, scratch: Path) -> list[object]:
    """Arguments of a reader who has the log's key and the genesis hash another way."""
    key = scratch / "given.vkey"
    key.write_text(vkey(ledger.origin, 1, 3) + "\n")
    return ["--key", key, "--genesis", sha256(ledger.genesis_bytes).hex()]
