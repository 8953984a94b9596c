"""A desktop notification that shows a volume, replaced by the next one."""

import os

from tuimixer.cli.failure import report
from tuimixer.cli.output import in_words, percents
from tuimixer.model.control import Control

# What makes a notification take the place of the one before: for dunst, and for mako, GNOME and others.
_HINTS = ("string:x-dunst-stack-tag:tuimixer", "string:x-canonical-private-synchronous:tuimixer")


def notify(control: Control) -> None:
    """Show where a control stands through `notify-send`; where that fails, one sentence on stderr."""
    percent = 0 if control.muted else max(percents(control), default=0)
    hints = [word for hint in (f"int:value:{percent}", *_HINTS) for word in ("--hint", hint)]
    command = [
        "notify-send",
        "--app-name=tuimixer",
        "--transient",
        *hints,
        "--",
        control.name,
        in_words(control),
    ]
    try:
        process = os.posix_spawnp(command[0], command, os.environ)
    except FileNotFoundError:
        report("--notify needs the program notify-send")
        return
    _, status = os.waitpid(process, 0)
    if status:
        report("notify-send could not show the notification")
