"""Keys: 01 to 03, and 10 on what they signed."""
