"""One screen or dialog a file; all but the mixer are imported when they are opened."""
