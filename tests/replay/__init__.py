"""The program on replayed cards: control sets of every shape, compared with alsa-utils on the same ones."""
