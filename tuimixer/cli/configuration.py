"""The configuration of one command: the file that is named, the one in the XDG folder, or none."""

import os

from tuimixer.cli.failure import Usage
from tuimixer.cli.grammar import Arguments
from tuimixer.config.place import config_path
from tuimixer.config.schema import Config

TYPE_CHECKING = False  # typing is not imported: a volume key would wait for it
if TYPE_CHECKING:
    from tuimixer.config.load import Loaded


def configured(arguments: Arguments) -> Config:
    """The configuration; what is wrong with the file is said on stderr, and then the defaults hold.

    Raises:
        Usage: the file that was named on the command line is not there.
    """
    if arguments.get("config") is None and (arguments.has("no-config") or not os.path.lexists(config_path())):
        return Config()  # the usual case of a volume key, without what reading a file takes
    from tuimixer.config.load import warn

    loaded = read(arguments)
    warn(loaded)
    return loaded.config


def read(arguments: Arguments) -> "Loaded":
    """The configuration and its problems.

    Raises:
        Usage: the file that was named on the command line is not there.
    """
    from tuimixer.config.load import Loaded, load

    if arguments.has("no-config"):
        return Loaded(Config())
    named = arguments.get("config")
    loaded = load(named)
    if named is not None and not loaded.path:
        raise Usage(loaded.problems[0])
    return loaded
