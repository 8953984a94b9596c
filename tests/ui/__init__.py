"""Tests of the screen, by pilot and by snapshot, on the simulated machine."""
