"""An independent bank of another author (mock-bank on PyPI) on a free loopback port, in a process of its own: the pilot's bank.

Owns starting it, and the few things that are asked of it. Nothing of it is used where money is real.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx

# The account that it is founded with; here it is a treasury's.
HOLDER, IBAN, BIC = "ACME", "NL41MOCK0000000001", "MOCKNL2A"
TIMEOUT_SECONDS = 60


class BankProblem(ConnectionError):
    """The bank did not start, or did not do what it was asked: what it said."""


class MockBank:
    """The bank at an address; BankProblem where it does not answer as it should."""

    def __init__(self, address: str) -> None:
        self._client = httpx.Client(base_url=address, timeout=TIMEOUT_SECONDS)
        self.payments_address = f"{address}/payments"

    def behave(self, behaviour: str = "accept", **changes: Any) -> None:
        """How the treasury's account is run from now on, by mock-bank's own names."""
        self._ask("PATCH", f"/_mock/accounts/{HOLDER}", json={"behaviour": behaviour, **changes})

    def pass_days(self, days: int) -> None:
        """Its clock moves on; what falls due is booked."""
        self._ask("POST", "/_mock/advance", params={"days": days})

    def take(self, kind: str) -> list[bytes]:
        """Messages of a kind for the treasury, the first one first; each is given once."""
        listed = self._ask("GET", "/_mock/mailbox", params={"type": kind}).json()
        return [each["body"].encode() for each in listed if each["account"] == HOLDER]

    def _ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        try:
            answer = self._client.request(method, path, **request)
        except httpx.HTTPError as problem:
            raise BankProblem(f"the bank does not answer: {problem}") from problem
        if not answer.is_success:
            raise BankProblem(f"the bank answers {answer.status_code}: {answer.text[:200]}")
        return answer


@contextmanager
def open_bank(now: int, currency: str, balance_minor: int) -> Iterator[MockBank]:
    """The bank, its clock at nine on the day of an instant (seconds UTC); it ends with the block. BankProblem."""
    clock = f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d}T09:00"
    command = [sys.executable, "-m", "mockbank", "--port", "0", "--clock", clock]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            # Nobody reads what it logs from here on; the few requests of a story fit into the pipe.
            told = process.stderr.readline() if process.stderr is not None else ""
            found = re.search(r"http://[0-9.]+:[0-9]+", told)
            if found is None:
                raise BankProblem(f"mock-bank did not start: {told.strip()}")
            bank = MockBank(found[0])
            bank.behave(currency=currency, balance=balance_minor)
            yield bank
        finally:
            process.terminate()
