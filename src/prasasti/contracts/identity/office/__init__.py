"""Offices: 04 to 06, 15."""
