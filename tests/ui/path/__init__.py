"""Tests of the map and the staircase."""
