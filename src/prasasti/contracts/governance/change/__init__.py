"""What resolutions change: parameters, contract versions, upgrades, the log's key: 12, 13, 14, 16."""
