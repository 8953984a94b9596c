"""The command line: verbs, options and their output."""
