"""Machines without a desktop, reached through ssh: which sound server is used, several machines,
slow lines.
"""
