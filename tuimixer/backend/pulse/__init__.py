"""PulseAudio, and PipeWire through its Pulse server."""
