"""The only mutable state, and the views of it."""
