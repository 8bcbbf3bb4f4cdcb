"""Payment of a contract: the advance, what the treasury reports, replaced orders, payments made outside (32, 36, 37, 50)."""
