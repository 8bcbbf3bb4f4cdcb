"""Messages of payment: arguments, roles, conditions in order."""

from __future__ import annotations

from prasasti.core.contract import Message

PAYMENT_MESSAGES: tuple[Message, ...] = ()
