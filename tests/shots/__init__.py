"""Takes the screenshots in screenshots/ from real runs: `python -m tests.shots [NAME…]`."""
