"""Messages of changes of a contract: arguments, roles, conditions in order."""

from __future__ import annotations

from prasasti.core.contract import Message

CHANGE_MESSAGES: tuple[Message, ...] = ()
