"""What exists and what can be asked: frozen data and pure functions."""
