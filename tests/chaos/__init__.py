"""Attacks on the whole program, with statistics: `./dev chaos [SECONDS] [--seed N] [--only ATTACK]`."""
