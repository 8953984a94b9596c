"""The lanes of the test suite: what each needs and runs (table), and how they are run (see ./dev help)."""
