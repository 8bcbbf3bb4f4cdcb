"""How much one client, one actor and all together may ask of a node. Owns the counting; the answers are ``problems``'.

Everything here runs on the event loop's thread. A client is an address (of IPv6 its /64, which one person has whole).
"""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from prasasti.web.problems import Problem

MAX_BUCKETS = 20_000


@dataclass(frozen=True, slots=True)
class Limits:
    """A node's limits. ``body_bytes`` is for transactions with their documents, a document alone has the store's limit."""

    requests_per_second: float = 100
    files_per_second: float = 2_000
    actor_transactions_per_second: float = 1_000
    burst_seconds: float = 5
    envelopes_a_request: int = 100
    body_bytes: int = 16 * 2**20
    memory_bytes: int = 256 * 2**20
    queued_envelopes: int = 20_000
    client_share: float = 0.5
    event_readers: int = 200
    event_readers_a_client: int = 20
    uploads_bytes: int = 2**30
    threads: int = 64
    readers: int = 4
    body_wait_seconds: float = 10
    body_bytes_per_second: int = 16_384
    body_grace_seconds: float = 20
    send_wait_seconds: float = 60
    proof_wait_seconds: float = 30


class Buckets:
    """Token buckets by name: ``rate`` a second, at most ``burst`` at once. What is not asked for long is forgotten full."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self._burst = burst
        self._clock = clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def level(self, name: str) -> float:
        """Tokens that a name has now; negative after it took more than it had."""
        level, since = self._levels.get(name, (self._burst, self._clock()))
        return min(self._burst, level + (self._clock() - since) * self.rate)

    def take(self, name: str, count: float = 1) -> float:
        """Take tokens if there is one, and return 0; otherwise take none, and return the seconds until there is one."""
        level = self.level(name)
        if level < 1:
            return (1 - level) / self.rate
        self.charge(name, count)
        return 0

    def charge(self, name: str, count: float) -> None:
        """Take tokens, also more than there are."""
        self._levels[name] = (self.level(name) - count, self._clock())
        self._levels.move_to_end(name)
        if len(self._levels) > MAX_BUCKETS:
            self._levels.popitem(last=False)


@dataclass(slots=True)
class Budget:
    """Something that all share, of which one client may hold a part only."""

    total: int
    client_total: int
    full: str
    client_full: str
    held: int = 0
    by_client: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def hold(self, client: str, count: int) -> Iterator[None]:
        """Hold so much of it meanwhile; Problem where there is not enough left."""
        self.add(client, count)
        try:
            yield
        finally:
            self.give_back(client, count)

    def add(self, client: str, count: int) -> None:
        """Hold so much more, until it is given back; Problem where there is not enough left."""
        self.require(client, count)
        self.held += count
        self.by_client[client] = self.by_client.get(client, 0) + count

    def require(self, client: str, count: int) -> None:
        """Problem where a client cannot have so much more."""
        if self.held + count > self.total:
            raise Problem(self.full, retry_seconds=1)
        # Who holds nothing yet may always hold something: a request larger than the share would otherwise never pass.
        mine = self.by_client.get(client, 0)
        if mine and mine + count > self.client_total:
            raise Problem(self.client_full, retry_seconds=1)

    def give_back(self, client: str, count: int) -> None:
        """Hold so much less."""
        self.held -= count
        rest = self.by_client.get(client, 0) - count
        if rest > 0:
            self.by_client[client] = rest
        else:
            self.by_client.pop(client, None)


def name_client(address: str) -> str:
    """The client that an address stands for."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False).network_address)
    return address
