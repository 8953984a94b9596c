"""F8: the map of the machine, and the staircase of one sound."""
