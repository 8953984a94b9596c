"""The terminal: its capabilities, and the bytes sent to it and received from it."""
