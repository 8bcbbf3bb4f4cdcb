"""An independent bank (mock-bank) on a free loopback port, in a process of its own that ends with the test."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx

# The account that mock-bank is founded with; here it is a treasury's.
HOLDER, IBAN, BIC = "ACME", "NL41MOCK0000000001", "MOCKNL2A"


class MockBank:
    """The bank, and what a test asks of it."""

    def __init__(self, address: str) -> None:
        self.address = address

    @property
    def payments_address(self) -> str:
        return f"{self.address}/payments"

    def behave(self, **changes: Any) -> None:
        """Change how the treasury's account is run."""
        answer = httpx.patch(f"{self.address}/_mock/accounts/{HOLDER}", json=changes)
        assert answer.is_success, answer.text

    def pass_days(self, days: int) -> None:
        assert httpx.post(f"{self.address}/_mock/advance?days={days}").is_success

    def take(self, kind: str) -> list[bytes]:
        """Messages of a kind for the treasury's account, the first one first; each is given once."""
        answer = httpx.get(f"{self.address}/_mock/mailbox", params={"type": kind})
        return [each["body"].encode() for each in answer.json() if each["account"] == HOLDER]

    def list_payments(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = httpx.get(f"{self.address}/_mock/payments").json()
        return listed


@contextmanager
def open_bank(now: int, currency: str = "IDR", balance_minor: int = 10**12) -> Iterator[MockBank]:
    """A bank whose clock stands at nine on the day of an instant."""
    clock = f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d}T09:00"
    command = [sys.executable, "-m", "mockbank", "--port", "0", "--clock", clock]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            told = process.stderr.readline()
            found = re.search(r"http://[0-9.]+:[0-9]+", told)
            assert found is not None, told
            # Nobody reads what it logs from here on; a few requests fit into the pipe.
            bank = MockBank(found[0])
            bank.behave(currency=currency, balance=balance_minor)
            yield bank
        finally:
            process.terminate()


