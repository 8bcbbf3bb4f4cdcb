"""Recoveries of lost keys: 07 to 09."""
