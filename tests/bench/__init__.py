"""Speed, each figure beside its limit: ``python -m tests.bench`` (``make bench``). What is measured: docs/performance.md."""
