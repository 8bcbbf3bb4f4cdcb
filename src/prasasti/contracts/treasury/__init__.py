"""Treasury: budgets and what is reserved and committed of them. Orders, banks and statements come with a later version."""
