"""`config`: writes, checks and finds the configuration file, and lists actions with their keys."""

import os

from tuimixer.cli.configuration import read
from tuimixer.cli.failure import USAGE, Failure, Usage
from tuimixer.cli.grammar import Option, Verb
from tuimixer.cli.invocation import Invocation
from tuimixer.cli.options import JSON, PLAIN
from tuimixer.cli.output import print_json, write
from tuimixer.config.paths import config_path

_WHAT = ("init", "check", "path", "keys")

VERBS = (
    Verb(
        "config",
        "--init | --check | --path | --keys",
        "write, check or locate the configuration file, or list the keys",
        "",
        (
            Option("init", "write the file with defaults and comments, unless it exists"),
            Option("check", "report errors in the file with their line numbers"),
            Option("path", "print the path of the file"),
            Option("keys", "list all actions with their keys"),
            JSON,
            *PLAIN,
        ),
        (
            ("tuimixer config --init", "write a file to start from"),
            ("tuimixer config --check", "check whether the file is valid"),
            ("tuimixer config --path", "print the path of the file"),
            ("tuimixer config --keys", "list the actions and the keys bound to them"),
        ),
        most=0,
    ),
)


class CannotWrite(Failure):
    """The operating system refused to write the file."""

    status = 4


def run(call: Invocation) -> int:
    """Do what the option says."""
    asked = [name for name in _WHAT if call.arguments.has(name)]
    if len(asked) != 1:
        raise Usage("exactly one of --init, --check, --path and --keys is required")
    path = call.arguments.get("config") or config_path()
    match asked[0]:
        case "init":
            _init(path)
            write(path)
        case "check":
            return _check(call)
        case "path":
            write(path)
        case "keys":
            _keys(call)
    return 0


def _init(path: str) -> None:
    """Write the file atomically, so that it appears under its name only when it is complete."""
    from importlib.resources import files

    text = files("tuimixer.config").joinpath("default.toml").read_bytes()
    folder = os.path.dirname(path) or "."
    unfinished = f"{path}.{os.getpid()}.new"
    try:
        try:
            os.makedirs(folder, exist_ok=True)
        except (FileExistsError, NotADirectoryError) as error:
            raise CannotWrite(f"cannot write {path}: {error.filename} is not a directory") from error
        try:
            with open(unfinished, "xb") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.link(unfinished, path)  # unlike rename, it never replaces a file
        finally:
            if os.path.lexists(unfinished):
                os.unlink(unfinished)
    except FileExistsError as error:
        raise Usage(f"{path} already exists and was left unchanged") from error
    except OSError as error:
        raise CannotWrite(f"cannot write {path}: {error.strerror}") from error


def _check(call: Invocation) -> int:
    from tuimixer.config.actions import taken_over

    loaded = read(call.arguments)
    if call.json:
        print_json({"path": loaded.path or config_path(), "problems": list(loaded.problems)})
    else:
        for problem in loaded.problems:
            write(problem)
        if not loaded.problems:
            write(
                f"{loaded.path}: OK"
                if loaded.path
                else f"{config_path()} does not exist; using the defaults."
            )
            for sentence in taken_over(loaded.config.keymap, loaded.config.keys):
                write(f"Note: {sentence}.")
    return USAGE if loaded.problems else 0


def _keys(call: Invocation) -> None:
    from tuimixer.config.actions import ACTIONS, compile_keymap, key_label

    config = read(call.arguments).config
    rows, columns = (compile_keymap(config.keymap, config.keys, side)[0] for side in (False, True))
    if call.json:
        print_json(
            {
                "actions": [
                    {
                        "id": a.id,
                        "scope": a.scope,
                        "keys": list(rows[a.id]),
                        "keys_in_columns": list(columns[a.id]),
                        "help": a.help,
                        "group": a.group,
                    }
                    for a in ACTIONS
                ]
            }
        )
        return
    group = ""
    for action in ACTIONS:
        if action.group != group:
            write(action.group if not group else f"\n{action.group}")
            group = action.group
        labels, other = (
            " ".join(key_label(key) for key in table[action.id]) or "-" for table in (rows, columns)
        )
        note = "" if labels == other else f" (in columns: {other})"
        write(f"  {action.id:<22} {labels:<24} {action.help}{note}")
