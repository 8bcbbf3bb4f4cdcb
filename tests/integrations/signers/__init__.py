"""Tests of keys at rest and in use."""
