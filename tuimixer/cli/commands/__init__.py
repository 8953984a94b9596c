"""The verbs, one module per family, with their descriptions in `VERBS`, and `run`."""
