"""ALSA: the controls of sound cards and of any control plugin."""
