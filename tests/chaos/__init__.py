"""Attacks on the whole program, with figures: `./dev chaos [SECONDS] [--seed N] [--only ATTACK]`."""
