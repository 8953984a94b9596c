"""Tests of tuimixer; they run against real sound systems."""
