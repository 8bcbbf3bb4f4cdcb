"""What a node tells about itself in the Prometheus text format. Owns names and labels; no label takes a client's words."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """One node's counters, in a registry of its own."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        self.requests = Counter("prasasti_requests", "Requests answered.", ["method", "route", "status"], registry=registry)
        self.seconds = Histogram(
            "prasasti_request_seconds", "Time to the end of the answer.", ["route"], buckets=SECONDS, registry=registry
        )  # fmt: skip
        self.transactions = Counter("prasasti_transactions", "Envelopes answered, by what became of them.", ["result"], registry=registry)
        self.problems = Counter("prasasti_problems", "Problems answered, by code.", ["code"], registry=registry)
        self.documents = Counter("prasasti_documents", "Documents stored.", registry=registry)
        self.publications = Counter("prasasti_publications", "Runs of the publisher, by result.", ["result"], registry=registry)
        self.publications.labels("failed")  # Shown from the start: the first failure is an increase.
        self.witnesses_missing = Gauge(
            "prasasti_witnesses_missing", "Listed witnesses that have not cosigned what was published last.", registry=registry
        )  # fmt: skip
        self.quorum_met = Gauge(
            "prasasti_quorum_met", "0 while what was published last lacks the quorum of its policy.", registry=registry
        )  # fmt: skip
        self.quorum_met.set(1)
        self.halted = Gauge("prasasti_halted", "1 once the engine met a fault.", registry=registry)
        self.ready = Gauge("prasasti_ready", "1 while transactions are taken.", registry=registry)

    def watch(self, name: str, words: str, read: Callable[[], float]) -> None:
        """A gauge that is read when it is asked for."""
        Gauge(f"prasasti_{name}", words, registry=self._registry).set_function(read)

    def format(self) -> bytes:
        """All of it."""
        return generate_latest(self._registry)
