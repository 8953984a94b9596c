"""A desktop notification with a volume; the next one replaces it."""

import os
from collections.abc import Callable, Sequence

from tuimixer.cli.failure import report
from tuimixer.cli.output import in_words, percents
from tuimixer.model.control import Control

# Both make a notification replace the previous one: the first in dunst, the second in mako, GNOME and others.
_HINTS = ("string:x-dunst-stack-tag:tuimixer", "string:x-canonical-private-synchronous:tuimixer")


def notify(controls: Sequence[Control], name_of: Callable[[Control], str]) -> None:
    """Show the controls' state with `notify-send`; if that fails, print a message on stderr.

    With several controls, the bar shows the loudest one, and each control has a line of its own.
    """
    percent = max(0 if control.muted else max(percents(control), default=0) for control in controls)
    names = [name_of(control) for control in controls]
    alone = len(controls) == 1
    lines = [
        in_words(control) if alone else f"{name}: {in_words(control)}"
        for name, control in zip(names, controls, strict=True)
    ]
    hints = [word for hint in (f"int:value:{percent}", *_HINTS) for word in ("--hint", hint)]
    command = [
        "notify-send",
        "--app-name=tuimixer",
        "--transient",
        *hints,
        "--",
        ", ".join(names),
        "\n".join(lines),
    ]
    try:
        process = os.posix_spawnp(command[0], command, os.environ)
    except FileNotFoundError:
        report("--notify requires the program notify-send, which was not found")
        return
    _, status = os.waitpid(process, 0)
    if status:
        report("notify-send could not show the notification")
