"""The Backend protocol through a pipe: to a child process, or over ssh to another machine."""
