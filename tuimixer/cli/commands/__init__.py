"""The verbs, one file a family: each has `VERBS`, their descriptions, and `run`."""
