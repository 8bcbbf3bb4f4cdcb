"""Evaluation: interests declared, seats taken, requirements, score sheets, the vote."""
