"""Messages of reports and samples: arguments, roles, conditions in order."""

from __future__ import annotations

from prasasti.core.contract import Message

REPORTS_MESSAGES: tuple[Message, ...] = ()
