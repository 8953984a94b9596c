"""The terminal: what it can do, and the bytes that go to it and come from it."""
