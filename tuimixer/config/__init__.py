"""The configuration file, its defaults, and the one table of actions and keys."""
