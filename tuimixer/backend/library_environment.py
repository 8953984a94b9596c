"""The environment as libpulse and libasound see it, which no other module may change.

Only the libraries' view is changed: `os.environ`, and with it the diagnosis and every child process, keeps
the caller's values. Everything that loads one of the libraries goes through `wiring`, which calls
`guard_environment` first.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

_COOKIE, _SERVER = "PULSE_COOKIE", "PULSE_SERVER"
LONGEST_ADDRESS = 1000
"""Maximum length of a server's address, in characters."""


def guard_environment() -> None:
    """Hide from the libraries what would mislead them; to be called before the first of them is used.

    A DISPLAY forwarded by ssh points to the wrong machine's server, or does not respond, and libpulse waits
    for it forever. An overlong address makes libpulse abort the process, because it does not expect its
    resolver to reject the name.
    """
    os.unsetenv("DISPLAY")
    if len(os.environ.get(_SERVER, "")) > LONGEST_ADDRESS:
        os.unsetenv(_SERVER)


@contextmanager
def quietly() -> Iterator[None]:
    """Discard what the libraries print to descriptor 2: errors that quote the environment unescaped.

    For verbs, which report errors themselves. Not thread-safe, because the whole process shares the
    descriptor.
    """
    try:
        saved = os.dup(2)
    except OSError:  # the caller has closed descriptor 2
        yield
        return
    devnull = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.dup2(devnull, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(devnull)


@contextmanager
def cookie_shown(path: str | None) -> Iterator[None]:
    """Make libpulse read the cookie file at `path`, another user's, while it creates a context; None for the
    user's own.
    """
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
