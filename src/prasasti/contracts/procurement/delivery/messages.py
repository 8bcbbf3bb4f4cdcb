"""Messages of delivery: arguments, roles, conditions in order."""

from __future__ import annotations

from prasasti.core.contract import Message

DELIVERY_MESSAGES: tuple[Message, ...] = ()
