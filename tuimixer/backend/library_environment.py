"""What libpulse and libasound see of the environment. Nothing else may change it.

Only the libraries' view changes: `os.environ`, and with it the diagnosis and every child process, keeps what
the caller gave. Everything that loads one of the libraries goes through `wiring`, which calls
`guard_environment` first.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

_COOKIE, _SERVER = "PULSE_COOKIE", "PULSE_SERVER"
LONGEST_ADDRESS = 1000
"""Characters of a server's address."""


def guard_environment() -> None:
    """Hide from the libraries what leads them astray; to be called before the first of them is used.

    A DISPLAY forwarded by ssh names the wrong machine's server, or does not answer, and libpulse waits for it
    without end. An address longer than any real one makes libpulse abort the process (its resolver takes no
    such name, which it does not expect).
    """
    os.unsetenv("DISPLAY")
    if len(os.environ.get(_SERVER, "")) > LONGEST_ADDRESS:
        os.unsetenv(_SERVER)


@contextmanager
def quietly() -> Iterator[None]:
    """Send what the libraries print on descriptor 2 nowhere: complaints with raw text of the environment.

    For a verb, which says itself what is wrong. Not for several threads: the descriptor is the process's.
    """
    try:
        kept = os.dup(2)
    except OSError:  # the caller closed it
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


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
