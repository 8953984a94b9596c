"""The same protocol through a pipe: to a child process here, or over ssh on another box."""
