"""Members: 07 to 11, 17."""
