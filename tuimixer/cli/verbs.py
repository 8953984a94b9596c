"""The verbs and their modules; a module is loaded only if its verb is used."""

import sys

from tuimixer.cli.failure import Usage
from tuimixer.cli.grammar import Verb
from tuimixer.model.text import shown, suggest

TYPE_CHECKING = False  # importing typing would slow down every volume key press
if TYPE_CHECKING:
    from types import ModuleType

_COMMANDS = "tuimixer.cli.commands"
MODULES = {
    "list": f"{_COMMANDS}.listing",
    "get": f"{_COMMANDS}.listing",
    "set": f"{_COMMANDS}.volume",
    "mute": f"{_COMMANDS}.volume",
    "unmute": f"{_COMMANDS}.volume",
    "toggle": f"{_COMMANDS}.volume",
    "path": f"{_COMMANDS}.path",
    "doctor": f"{_COMMANDS}.doctor",
    "move": f"{_COMMANDS}.stream",
    "default": f"{_COMMANDS}.device",
    "port": f"{_COMMANDS}.device",
    "profile": f"{_COMMANDS}.card",
    "latency": f"{_COMMANDS}.device",
    "suspend": f"{_COMMANDS}.device",
    "formats": f"{_COMMANDS}.device",
    "codec": f"{_COMMANDS}.card",
    "card": f"{_COMMANDS}.card",
    "kill": f"{_COMMANDS}.stream",
    "watch": f"{_COMMANDS}.watch",
    "status": f"{_COMMANDS}.status",
    "serve": f"{_COMMANDS}.serve",
    "config": f"{_COMMANDS}.configure",
    "completion": f"{_COMMANDS}.completion",
    "complete": f"{_COMMANDS}.completion",
    "man": f"{_COMMANDS}.manual",
    "help": f"{_COMMANDS}.manual",
}
"""Verb → module with `VERBS` and `run(call)`, in the order of the help."""


def load(name: str) -> "tuple[Verb, ModuleType]":
    """A verb's description and its module.

    Raises:
        KeyError: there is no such verb.
    """
    __import__(MODULES[name])  # importlib would load the warnings module
    module = sys.modules[MODULES[name]]
    return next(verb for verb in module.VERBS if verb.name == name), module


def every() -> tuple[Verb, ...]:
    """All verbs, for help, completion and the man page."""
    return tuple(load(name)[0] for name in MODULES)


def no_verb(name: str) -> Usage:
    """The error for an unknown verb."""
    # In the verbs of pactl and wpctl, such as `set-sink-mute` or `get-volume`, one part may be a verb here.
    part = next((part for part in reversed(name.split("-")) if part in MODULES), name)
    hint = suggest(part, MODULES, "`tuimixer --help` lists all verbs")
    return Usage(f"unknown verb {shown(name)}; {hint}")
