"""What libpulse and libasound see of the environment. Nothing else may change it.

Only the libraries' view changes: `os.environ`, and with it the diagnosis and every child process, keeps what
the caller gave. Everything that loads one of the libraries goes through `wiring`, which calls `hide_display`
first.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

_COOKIE = "PULSE_COOKIE"


def hide_display() -> None:
    """Keep libpulse, and libasound's plugins that use it, from asking the X display for a sound server.

    Forwarded by ssh it names the wrong machine's, or does not answer, and they wait for it without end.
    """
    os.unsetenv("DISPLAY")


@contextmanager
def cookie_shown(path: str | None) -> Iterator[None]:
    """Have libpulse read another user's cookie while it makes a context; None leaves it the user's own."""
    if path is None:
        yield
        return
    os.putenv(_COOKIE, path)
    try:
        yield
    finally:
        own = os.environ.get(_COOKIE)
        if own is None:
            os.unsetenv(_COOKIE)
        else:
            os.putenv(_COOKIE, own)
