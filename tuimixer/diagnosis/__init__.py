"""The path of a sound with its gain at each stage, and the reasons why nothing is heard."""
