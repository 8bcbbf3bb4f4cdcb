"""Tests of the adapters to what lies outside the ledger."""
