"""Conduct of those who take part: violations, replies, debarment."""
