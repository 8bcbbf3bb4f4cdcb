"""Attested tags: who owns, runs or works for whom, without a name: 12."""
