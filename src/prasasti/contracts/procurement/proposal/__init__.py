"""Sealed proposals: sent in, withdrawn, opened by the trustees' shares, their files kept."""
