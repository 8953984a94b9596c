"""The program on replayed cards: control sets of every shape, beside alsa-utils on the same ones."""
