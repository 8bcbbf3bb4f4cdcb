"""Reports of citizens on contracts and sites, and samples that auditors drew (48, 49, 54)."""
