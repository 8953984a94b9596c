"""One dialog per file; each is imported when it is opened."""
