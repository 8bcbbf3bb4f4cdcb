"""Samples that nobody chose: which numbers of a list a seed draws (decision-batches: Draw). Pure; what is drawn from is a caller's.

Framing and hashes are those of ``prasasti/welfare/1``, whose ``tag`` is the first half of its ``hash``.
"""

from __future__ import annotations

from hashlib import sha512
from itertools import count

AUDIT = "audit"

_PROTOCOL = b"prasasti/welfare/1/"


def compute_draw(kind: str, context: bytes, seed: bytes, units: int, most: int) -> list[int]:
    """The first ``most`` different numbers of 0 … units − 1 in the order in which they are drawn; all of them, ascending, where
    there are no more. Draws that repeat a number count for nothing, so a draw of most of a list takes long: callers bound it."""
    if units <= most:
        return list(range(units))
    drawn: dict[int, None] = {}
    for number in count():
        if len(drawn) == most:
            break
        tag = _compute_tag(b"sample", kind.encode(), context, seed, number.to_bytes(4, "big"))
        drawn[int.from_bytes(tag[:8], "big") % units] = None
    return list(drawn)


def _compute_tag(label: bytes, *parts: bytes) -> bytes:
    framed = b"".join(len(part).to_bytes(4, "big") + part for part in (_PROTOCOL + label, *parts))
    return sha512(framed).digest()[:32]
