"""What systems of tables share."""
