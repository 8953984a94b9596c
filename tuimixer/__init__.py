"""A terminal mixer for ALSA hardware controls and PulseAudio or PipeWire streams."""

__version__ = "0.1.0"
