"""The simulated machine of `--demo`: two cards, a sound server and programs that play."""
