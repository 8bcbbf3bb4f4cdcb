"""Organisations that are no members: 13, 14, 16."""
