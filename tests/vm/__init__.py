"""The whole program on real cards in the virtual machine."""
