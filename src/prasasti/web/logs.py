"""The node's log: one JSON object a line on standard error. Owns its form, and what never stands in it.

No envelope, document, argument, query or raw path; no address of a client, only a mark of it that lasts as long as the
process; of an exception its kind and where it was raised, since its words may quote what a client sent.
"""

from __future__ import annotations

import logging
import secrets
import sys
import traceback
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, TextIO

import msgspec

MAX_MESSAGE_CHARACTERS = 1_000
REQUESTS = "prasasti.web.requests"
QUIET = ("uvicorn", "httpx", "httpcore", "litestar", "asyncio")

_mark_key = secrets.token_bytes(32)


class JsonLines(logging.Formatter):
    """A record as one line of JSON; ``extra={"facts": {...}}`` adds members."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._spell(record),
        }
        line |= getattr(record, "facts", {})
        if record.exc_info is not None and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])
            line["at"] = [f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}" for frame in frames[-12:]]
        return msgspec.json.encode(line).decode()

    def _spell(self, record: logging.LogRecord) -> str:
        return " ".join(record.getMessage().split())[:MAX_MESSAGE_CHARACTERS]


def install(stream: TextIO | None = None) -> None:
    """Send every log record of this process, from INFO on, to standard error as JSON lines; libraries from WARNING on."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def mark(address: str) -> str:
    """What stands for a client's address: the same within one process, of no use outside it."""
    return blake2b(address.encode(), key=_mark_key, digest_size=4).hexdigest()
