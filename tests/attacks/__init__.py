"""Attacks that worked once, or that a reviewer tried: each keeps failing."""
