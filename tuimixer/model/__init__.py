"""The data model: frozen records and pure functions, no I/O."""
