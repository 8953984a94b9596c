"""The configuration of one command: from the file that it names or the one in the XDG directory, or none."""

import os

from tuimixer.cli.failure import Usage
from tuimixer.cli.grammar import Arguments
from tuimixer.config.paths import config_path
from tuimixer.config.schema import Config, Loaded


def configured(arguments: Arguments) -> Config:
    """The configuration; if the file has errors, these are reported on stderr, and only its caps are used.

    Raises:
        Usage: the file named on the command line does not exist.
    """
    loaded = read(arguments)
    if loaded.problems:
        from tuimixer.config.load import warn

        warn(loaded)
    return loaded.config


def read(arguments: Arguments) -> Loaded:
    """The configuration and its problems.

    Raises:
        Usage: the file named on the command line does not exist.
    """
    named = arguments.get("config")
    if arguments.has("no-config") or (named is None and not os.path.lexists(config_path())):
        # The usual case. Volume keys and the engine wait for it, so what is needed to read a file is not
        # loaded.
        return Loaded(Config())
    from tuimixer.config.load import load

    loaded = load(named)
    if named is not None and not loaded.path:
        raise Usage(loaded.problems[0])
    return loaded
