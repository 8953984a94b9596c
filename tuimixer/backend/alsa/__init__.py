"""ALSA: controls of the kernel's cards and of any control plugin."""
