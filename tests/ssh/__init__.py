"""Boxes without a desktop, reached by ssh: which sound server is taken there, several boxes, slow lines."""
