"""One screen or dialog per file; all but the mixer are imported when they are opened."""
