"""F8: the map of the host, and the staircase of one sound."""
