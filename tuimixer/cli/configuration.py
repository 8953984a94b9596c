"""The configuration of one command: the file that is named, the one in the XDG folder, or none."""

from tuimixer.cli.failure import Usage
from tuimixer.cli.grammar import Arguments
from tuimixer.config.load import Loaded, load, warn
from tuimixer.config.schema import Config


def configured(arguments: Arguments) -> Config:
    """The configuration; what is wrong with the file is said on stderr, and then the defaults hold.

    Raises:
        Usage: the file that was named on the command line is not there.
    """
    loaded = read(arguments)
    warn(loaded)
    return loaded.config


def read(arguments: Arguments) -> Loaded:
    """The configuration and its problems.

    Raises:
        Usage: the file that was named on the command line is not there.
    """
    if arguments.has("no-config"):
        return Loaded(Config())
    named = arguments.get("config")
    loaded = load(named)
    if named is not None and not loaded.path:
        raise Usage(loaded.problems[0])
    return loaded
