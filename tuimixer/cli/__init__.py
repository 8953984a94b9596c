"""The command line: the verbs, the options and their output."""
