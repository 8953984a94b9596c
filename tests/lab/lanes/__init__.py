"""The lanes of the test suite: what each needs and runs (table), and how they run (see ./dev help)."""
