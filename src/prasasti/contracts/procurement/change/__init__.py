"""Changes of a contract: amendments, suspension, termination, hand-over and final acceptance (31, 38, 39, 40)."""
