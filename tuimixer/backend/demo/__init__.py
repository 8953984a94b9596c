"""The simulated machine of `--demo`: a card, a sound server and programs that play."""
