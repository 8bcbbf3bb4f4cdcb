"""From a payee's account to a file for the bank: accounts named and verified, orders approved, batches (04 to 10)."""
