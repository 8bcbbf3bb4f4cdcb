"""Those who may find a lie: the verifier, the verifier with a checkpoint kept earlier, the audit. Each answers with its first finding."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Sequence
from pathlib import Path

from prasasti import bootstrap
from prasasti.integrations.ocds.attestation import recompute_parties
from prasasti.services.audit import audit
from prasasti.services.audited_log import PublishedLog, open_source
from prasasti.services.difference import Differs
from prasasti_verify.__main__ import main


def verify(folder: Path, key: Path, genesis_sha256: str, previous: Sequence[Path] = ()) -> str | None:
    """What ``prasasti-verify`` finds wrong, given the log's key and the genesis hash; None where all is in order."""
    arguments = [str(folder), "--json", "--key", str(key), "--genesis", genesis_sha256]
    for path in previous:
        arguments += ["--previous", str(path)]
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        code = main(arguments)
    report = json.loads(output.getvalue())
    found = report["problem"] or next(iter(report["missing"]), None)
    assert code == (0 if found is None else 1), report
    return None if found is None else str(found)


def replay(folder: Path, disputed: Sequence[bytes] = ()) -> str | None:
    """What the audit of the published folder finds wrong, or None."""
    try:
        log = PublishedLog(open_source(str(folder)))
    except Differs as found:
        return str(found.difference)
    report = audit(log, bootstrap.registry_for(log.genesis), recompute_parties, disputed=disputed)
    findings = [report.difference] if report.difference is not None else list(report.documents_wrong)
    told = [str(finding) for finding in findings] + [f"entry {at}, document {digest}: missing" for at, digest in report.documents_missing]
    assert report.is_sound == (not told)
    return next(iter(told), None)
