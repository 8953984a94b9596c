"""Makes the pictures in screenshots/ from real runs: `python -m tests.shots [NAME…]`."""
