"""Complaints about a lot, their answers, appeals and decisions on them."""
