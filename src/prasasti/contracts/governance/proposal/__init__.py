"""Proposals and votes: 03, 04, 05, 21."""
