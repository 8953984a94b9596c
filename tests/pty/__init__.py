"""The whole program in a pseudo terminal, as users run it, on real sound servers and ALSA plugins."""
