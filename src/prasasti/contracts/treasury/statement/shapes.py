"""Shapes of a statement's entries."""

from __future__ import annotations

from msgspec import Struct

from prasasti.core.types import HexHash, Identifier, SignedAmount


class StatementEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """Money that left (less than 0) or came in: what the bank calls it, the reference that its payment had (EndToEndId), and the
    commitment of the other side's account."""

    account: HexHash
    amount: SignedAmount
    entry: Identifier
    reference: Identifier
