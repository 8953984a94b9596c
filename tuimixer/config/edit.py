"""Writes rules to the configuration file, preserving its comments and its order.

The only module that imports tomlkit, and only when something is written.
"""

import os
from typing import Any

from tuimixer.config.schema import Rule


def put_rule(path: str, rule: Rule) -> None:
    """Replace the rule with the same match, or insert the rule before all others, so that it takes effect.

    A rule that neither hides nor renames is removed.

    Raises:
        OSError: the file cannot be read or written.
        ValueError: the file is not TOML, or its rules are not tables.
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
    write_whole(path, tomlkit.dumps(document).encode())


def write_whole(path: str, data: bytes) -> None:
    """Write a file atomically; a symbolic link is followed.

    Raises:
        OSError: the file cannot be written.
    """
    path = os.path.realpath(path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    unfinished = f"{path}.{os.getpid()}.new"
    try:
        with open(unfinished, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if os.path.exists(path):
            os.chmod(unfinished, os.stat(path).st_mode & 0o7777)
        os.replace(unfinished, path)
    except BaseException:
        if os.path.lexists(unfinished):
            os.unlink(unfinished)
        raise


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return ""
