"""The path of a sound with its gain at each stage, and why nothing is heard."""
