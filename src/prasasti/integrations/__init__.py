"""Adapters to what lies outside the ledger: keys, open data, banks, registries. No rule of a contract lives here."""
