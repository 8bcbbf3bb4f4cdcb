"""Use cases: what commands and pages ask for. Each works on a ``ledger.Ledger`` that bootstrap wired."""
