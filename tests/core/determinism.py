"""A fixed run of blocks, printed as hashes: started with other seeds, zones, locales and Pythons, it must print the same.

``python -m tests.core.determinism FOLDER``; needs nothing but the product's own requirements.
"""

from __future__ import annotations

import sys
from hashlib import sha256
from pathlib import Path

from prasasti.contracts import CONTRACTS
from tests.core.examples import AUDITOR, DOCUMENT, NEW_KEY, OFFICER, PUBLISHERS_OFFICER, REGISTRAR, registration, release
from tests.core.ledger import ACCEPTED, START, Ledger, Signer
from tests.core.rehearsal import REHEARSAL

# Normalisation of these two differs between the Unicode tables of Python 3.11 and 3.12: text must stay opaque.
TEXT = "\U0001e4ee\U0001e4ec e\u0301 \u0130\u0131 \u00df \U0010ffff"
PUBLISHER: Signer = ("publisher-2/publisher", "procurement.publisher")
HOLDER: Signer = ("operator-1/officer", "identity.holder")
ATTEST = "procurement.attest_release"


def run(folder: Path) -> list[str]:
    """Outcomes of every transaction, then app hash and digest of the entries of every block."""
    ledger = Ledger(folder, (*CONTRACTS, REHEARSAL), bucket_bits=5)

    def attest(number: int, **changes: object) -> bytes:
        arguments = {"publisher": "publisher-2", "ocid": f"{TEXT}-{number % 3}", "release_id": f"{TEXT}{number}"}
        return ledger.sign(ATTEST, release(number, **arguments, **changes), PUBLISHER)

    lines: list[str] = []
    lines += ledger.seal(*[attest(number, suppliers=[f"s{each}" for each in range(number % 5)]) for number in range(20)])
    lines += ledger.seal(attest(3, tag=["gift"]), attest(4, date=1), attest(5, redaction_version=2), b"\xff", attest(6))
    deadlines = [[START + 100 + number % 4, f"d{number}"] for number in range(12)]
    lines += ledger.seal(ledger.sign("rehearsal.schedule", {"deadlines": deadlines, "following": [[START + 90, "late"]]}, HOLDER))
    ledger.time = START + 102
    lines += ledger.seal(ledger.sign("identity.register_key", registration(), REGISTRAR, NEW_KEY))
    texts = {f"{home}/{rest}": TEXT for home in "zyxwv" for rest in "321"}
    lines += ledger.seal(ledger.sign("rehearsal.put", {"texts": texts}, HOLDER))
    ledger.restart()
    ledger.time = START + 200
    end = ledger.sign("identity.end_key", {"key": registration()["key"]}, REGISTRAR)
    use = ledger.sign("governance.advance_clock", {"seconds": 60}, (NEW_KEY[0], OFFICER[1]))
    lines += ledger.seal(end, use, ledger.sign("rehearsal.put", {"texts": {key: "" for key in texts if "/2" in key}}, HOLDER))
    named = ledger.sign("rehearsal.name", {"document": DOCUMENT}, (PUBLISHERS_OFFICER[0], "identity.holder"))
    withhold = ledger.sign("governance.withhold_document", {"legal_basis": TEXT, "sha256": DOCUMENT["sha256"]}, PUBLISHERS_OFFICER, AUDITOR)
    lines += ledger.seal(named, withhold)
    assert ACCEPTED in lines
    for result in ledger.results:
        entries = sha256(b"".join(entry for _, entry in result.entries)).hexdigest()
        lines.append(f"{result.tip.height} {result.tip.app_hash.hex()} {entries}")
    ledger.close()
    return lines


if __name__ == "__main__":
    sys.stdout.write("\n".join(run(Path(sys.argv[1]))) + "\n")
