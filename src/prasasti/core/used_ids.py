"""Which transaction ids count as used, and each actor's recent refusals: what admission asks beside the state.

Owns the memory of both, which is rebuilt from the log and no part of the state root. How long an id counts as used
is the transition's rule.
"""

from __future__ import annotations

from bisect import bisect_right

from prasasti.core.admission import QUOTA_WINDOW_SECONDS
from prasasti.core.transition import UsedId


class UsedIds:
    """Ids with the time until which they count as used, and times of refusals, ascending, by actor."""

    def __init__(self) -> None:
        self._until: dict[str, int] = {}
        self._refusal_times: dict[str, list[int]] = {}

    def note(self, time: int, used: UsedId) -> None:
        """Take over a transaction of a block at that time."""
        self._until[used.id] = used.until
        if used.refused_actor:
            self._refusal_times.setdefault(used.refused_actor, []).append(time)

    def is_used(self, transaction_id: str) -> bool:
        """Whether an id is recorded and not long expired."""
        return transaction_id in self._until

    def count_refusals(self, actor: str, since: int) -> int:
        """Refusals of an actor recorded after ``since``, seconds UTC; ``since`` may come in any order."""
        times = self._refusal_times.get(actor, [])
        return len(times) - bisect_right(times, since)

    def forget(self, time: int) -> None:
        """Drop what no check at that time or later asks for: an envelope with an expired id fails the expiry check."""
        self._until = {transaction_id: until for transaction_id, until in self._until.items() if until >= time}
        recent = {actor: times[bisect_right(times, time - QUOTA_WINDOW_SECONDS) :] for actor, times in self._refusal_times.items()}
        self._refusal_times = {actor: times for actor, times in recent.items() if times}
