"""What the screen remembers between starts, without touching the configuration file.

Each value is stored together with the value configured at that time. If the configuration has changed since,
the configured value takes precedence.
"""

import json
from contextlib import suppress
from dataclasses import replace

from tuimixer.config import schema
from tuimixer.config.edit import write_whole
from tuimixer.config.files import read_bounded
from tuimixer.config.schema import Config
from tuimixer.config.theme_names import THEMES

_LARGEST = 1 << 16
_ALLOWED = {
    "layout": schema.LAYOUTS,
    "view": schema.VIEWS,
    "theme": THEMES,
    "meters": schema.AUTO,
    "streams": schema.STREAMS,
    "devices": schema.DEVICES,
    "monitors": ("True", "False"),
    "stopped": ("True", "False"),
}


class State:
    """The values and their file; anything damaged or unreadable is ignored."""

    def __init__(self, path: str, config: Config, fixed: frozenset[str] = frozenset()) -> None:
        """Args: `fixed` are the values set on the command line, which are neither read nor stored."""
        self._path = path
        self._configured = _values(config)
        self._fixed = fixed
        self._stored: dict[str, list[str]] = {}
        found: object = None
        with suppress(OSError, ValueError, RecursionError):
            found = json.loads(read_bounded(path, _LARGEST))
        for name, pair in found.items() if isinstance(found, dict) else ():
            match pair:
                case [str(over), str(chosen)] if name in _ALLOWED and chosen in _ALLOWED[name]:
                    self._stored[name] = [over, chosen]

    def over(self, config: Config) -> Config:
        """The configuration, overridden by later choices on the screen."""
        values = _values(config)
        for name, (configured, chosen) in self._stored.items():
            if name not in self._fixed and configured == self._configured[name]:
                values[name] = chosen
        return replace(
            config,
            layout=values["layout"],
            view=values["view"],
            theme=values["theme"],
            colors=config.colors if values["theme"] == config.theme else {},
            meters=replace(config.meters, show=values["meters"]),
            filter=replace(
                config.filter,
                streams=values["streams"],
                devices=values["devices"],
                monitors=values["monitors"] == "True",
                stopped=values["stopped"] == "True",
            ),
        )

    def save(self, config: Config) -> None:
        """Store the screen's current settings; errors are ignored."""
        wanted = {name: pair for name, pair in self._stored.items() if name in self._fixed}
        for name, value in _values(config).items():
            if name not in self._fixed and value != self._configured[name]:
                wanted[name] = [self._configured[name], value]
        if wanted == self._stored:
            return
        with suppress(OSError):
            write_whole(self._path, f"{json.dumps(wanted, indent=1)}\n".encode())
            self._stored = wanted


def _values(config: Config) -> dict[str, str]:
    return {
        "layout": config.layout,
        "view": config.view,
        "theme": config.theme,
        "meters": config.meters.show,
        "streams": config.filter.streams,
        "devices": config.filter.devices,
        "monitors": str(config.filter.monitors),
        "stopped": str(config.filter.stopped),
    }
