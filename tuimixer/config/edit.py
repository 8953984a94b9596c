"""Writes rules to the configuration file, preserving its comments and its order.

The only module that imports tomlkit, and only when something is written.
"""

import errno
import os
import stat
from typing import Any

from tuimixer.config.files import open_own
from tuimixer.config.load import LARGEST, TOO_LARGE, line_of_long_key
from tuimixer.config.schema import Rule


def put_rule(path: str, rule: Rule) -> None:
    """Replace the rule with the same match, or insert the rule before all others, so that it takes effect.

    A rule that neither hides nor renames is removed.

    Raises:
        OSError: the file cannot be read or written, or is not regular.
        ValueError: the file is not TOML, its rules are not tables, or it is too large to be loaded.
    """
    import tomlkit
    from tomlkit.items import AoT

    document = tomlkit.parse(_read(path))
    rules: Any = document.get("rule")
    if rules is None:
        rules = tomlkit.aot()
    elif not isinstance(rules, AoT):
        raise ValueError("rule is not an array of tables")
    at = next((number for number, table in enumerate(rules) if table.get("match") == rule.match), None)
    if rule.hide or rule.name:
        table = tomlkit.table() if at is None else rules[at]
        if at is None:
            match = tomlkit.inline_table()
            match.update(rule.match)
            table["match"] = match
        for key, value in (("hide", rule.hide), ("name", rule.name)):
            if value:
                table[key] = value
            else:
                table.pop(key, None)
        if at is None:
            table.add(tomlkit.nl())
            rules.insert(0, table)
    elif at is not None:
        del rules[at]
    if "rule" in document and not rules:
        del document["rule"]
    elif "rule" not in document and rules:
        document["rule"] = rules
    data = tomlkit.dumps(document).encode()
    if len(data) > LARGEST:
        raise ValueError(f"it would be {TOO_LARGE}")
    write_whole(path, data)


def write_whole(path: str, data: bytes) -> None:
    """Write a file atomically; a symbolic link is followed.

    Raises:
        OSError: the file cannot be written, or is not regular (a FIFO or a device would be replaced).
    """
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        mode = None
    if mode is not None and not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "not a regular file", path)
    path = os.path.realpath(path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    unfinished = f"{path}.{os.getpid()}.new"
    try:
        with open(unfinished, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            os.chmod(unfinished, stat.S_IMODE(mode))
        os.replace(unfinished, path)
    except BaseException:
        if os.path.lexists(unfinished):
            os.unlink(unfinished)
        raise


def _read(path: str) -> str:
    try:
        with open(open_own(path, os.O_RDONLY), "rb") as file:
            data = file.read(LARGEST + 1)
    except FileNotFoundError:
        return ""
    if len(data) > LARGEST:
        raise ValueError(f"it is {TOO_LARGE}")
    text = data.decode()
    if line := line_of_long_key(text):
        raise ValueError(f"the key in line {line} has too many parts")
    return text
