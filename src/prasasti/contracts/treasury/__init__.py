"""Treasury: budgets, what is reserved and committed of them, orders, accounts, batches, statements, what is due."""
