"""Tests of publishing the log and of its proofs."""
