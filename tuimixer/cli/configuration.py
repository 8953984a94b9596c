"""The configuration of one command: the file that is named, the one in the XDG folder, or none."""

import os

from tuimixer.cli.failure import Usage
from tuimixer.cli.grammar import Arguments
from tuimixer.config.paths import config_path
from tuimixer.config.schema import Config, Loaded


def configured(arguments: Arguments) -> Config:
    """The configuration; what is wrong with the file is said on stderr, and then the defaults hold.

    Raises:
        Usage: the file that was named on the command line is not there.
    """
    loaded = read(arguments)
    if loaded.problems:
        from tuimixer.config.load import warn

        warn(loaded)
    return loaded.config


def read(arguments: Arguments) -> Loaded:
    """The configuration and its problems.

    Raises:
        Usage: the file that was named on the command line is not there.
    """
    named = arguments.get("config")
    if arguments.has("no-config") or (named is None and not os.path.lexists(config_path())):
        # The usual case: a volume key and the engine wait for this, so without what reading a file takes.
        return Loaded(Config())
    from tuimixer.config.load import load

    loaded = load(named)
    if named is not None and not loaded.path:
        raise Usage(loaded.problems[0])
    return loaded
