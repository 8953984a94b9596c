"""The whole program in a pseudo terminal, as a person uses it, on real sound servers and ALSA plugins."""
