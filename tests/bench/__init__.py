"""Measures tuimixer from outside, beside its peers and a bare Textual app, all in one run: `./dev bench`."""
