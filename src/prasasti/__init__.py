"""Prasasti: a public ledger of government contracts and social benefits, run by a consortium."""

__version__ = "0.1.0"
