"""The configuration file, its defaults, and the table of actions and keys."""
