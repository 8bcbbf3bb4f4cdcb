"""What the log says, in tables that can be asked. Owns tables, full text, queries; knows no log and no open-data standard.

Everything here can be dropped and made again: ``services.projecting`` fills it.
"""
