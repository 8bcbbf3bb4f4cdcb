"""The official XSDs of ISO 20022, as other authors bundle them, judge our payment files, and the files that our tests read."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from prasasti.integrations.iso20022.pain001 import BankAccount, Transfer
from tests.integrations.iso20022.mock_bank import IBAN
from tests.integrations.iso20022.statements import Line, write_statement
from tests.integrations.iso20022.test_files import NUMBER, PAYEE, write
from tests.judges import leave_out

pytestmark = pytest.mark.outside
PYTHON = Path(__file__).resolve().parents[3] / ".venv-judges" / "bin" / "python"
JUDGE = """
import sys
from importlib.resources import files
from lxml import etree
package, place, document = sys.argv[1:]
schema = etree.XMLSchema(etree.parse(str(files(package) / place)))
schema.assertValid(etree.parse(document))
"""


def judge(package: str, place: str, document: Path) -> str:
    """What the judge complains of, "" for nothing."""
    if not PYTHON.exists():
        leave_out("the judges are not here: make .venv-judges")
    ended = subprocess.run([PYTHON, "-c", JUDGE, package, place, document], capture_output=True, text=True)
    return "" if ended.returncode == 0 else ended.stderr.strip().splitlines()[-1]


def test_payment_files_are_valid(tmp_path: Path) -> None:
    iban = PAYEE._replace(account=BankAccount(IBAN, "BMRIIDJA"), name="A & B <" + "x" * 200)
    nowhere = PAYEE._replace(account=BankAccount(NUMBER, ""), organisation="o" * 100)
    payees = [PAYEE, iban, nowhere]
    path = tmp_path / "payments.xml"
    write(path, *(Transfer(f"contract-1-{index}.0", 10**15 + index, payee, "contract-1 " * 30) for index, payee in enumerate(payees)))
    place = "templates/pain.001.001.09/pain.001.001.09.xsd"
    assert judge("pain001", place, path) == ""
    path.write_bytes(path.read_bytes().replace(b"<PmtMtd>TRF</PmtMtd>", b""))
    assert "PmtMtd" in judge("pain001", place, path)


def test_statements_of_these_tests_are_valid(tmp_path: Path) -> None:
    path = tmp_path / "statement.xml"
    path.write_bytes(write_statement(IBAN, [Line("e", -300, "r", NUMBER), Line("f", 200, "s", "")]))
    assert judge("camt053", "xsd/camt.053.001.08.xsd", path) == ""
