"""Location of the configuration file."""

import os


def config_path() -> str:
    """`tuimixer/config.toml` in the XDG configuration directory."""
    folder = os.environ.get("XDG_CONFIG_HOME", "")
    if not os.path.isabs(folder):
        folder = os.path.join(os.path.expanduser("~"), ".config")
    return os.path.join(folder, "tuimixer", "config.toml")
