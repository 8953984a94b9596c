"""PulseAudio, and PipeWire through its PulseAudio server."""
