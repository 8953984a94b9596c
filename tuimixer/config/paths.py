"""Locations of the program's own files."""

import os


def config_path() -> str:
    """Path of `tuimixer/config.toml` in the XDG configuration directory."""
    return _path("XDG_CONFIG_HOME", ".config", "config.toml")


def state_path(name: str) -> str:
    """Path of the file with this name in `tuimixer` in the XDG state directory."""
    return _path("XDG_STATE_HOME", os.path.join(".local", "state"), name)


def _path(variable: str, default: str, name: str) -> str:
    folder = os.environ.get(variable, "")
    if not os.path.isabs(folder):
        folder = os.path.join(os.path.expanduser("~"), default)
    return os.path.join(folder, "tuimixer", name)
