"""Examples in a Markdown file: `console` blocks that a comment marks, as commands with what they print.

A block is marked by `<!-- run -->` on the line before it. Lines that begin with `$ ` are commands; the lines
up to the next one are what is printed, where `…` stands for anything.
"""

import re
from dataclasses import dataclass

_BLOCK = re.compile(r"^<!-- run -->\n+```console\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    """One command and its output."""

    line: int
    command: str
    output: str


def examples(text: str) -> list[list[Example]]:
    """The commands of each marked block; those of one block are run in order."""
    blocks = []
    for block in _BLOCK.finditer(text):
        line = text.count("\n", 0, block.start(1)) + 1
        found: list[Example] = []
        for number, row in enumerate(block[1].splitlines()):
            if row.startswith("$ "):
                found.append(Example(line + number, row[2:], ""))
            elif found:
                last = found.pop()
                found.append(Example(last.line, last.command, f"{last.output}{row}\n"))
            else:
                raise ValueError(f"line {line + number}: output before a command")
        blocks.append(found)
    return blocks


def agrees(expected: str, printed: str) -> bool:
    """Whether the output is as expected, with `…` matching anything."""
    pattern = ".*".join(re.escape(part) for part in expected.rstrip("\n").split("…"))
    return re.fullmatch(pattern, printed.rstrip("\n"), re.DOTALL) is not None
