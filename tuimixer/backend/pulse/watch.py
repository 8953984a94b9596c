"""Waits for a server's socket to come back, woken by the kernel and, where that cannot be, by the clock."""

import asyncio
import contextlib
import os
from collections.abc import Iterable


async def until_something_appears(sockets: Iterable[str], seconds: float) -> bool:
    """Return when something is made in a folder on the way to one of the sockets, or after so many seconds.

    True where something was made.
    """
    try:
        from asyncinotify import Inotify, Mask

        with Inotify() as inotify:
            for folder in {_nearest(os.path.dirname(path)) for path in sockets}:
                with contextlib.suppress(OSError):
                    inotify.add_watch(folder, Mask.CREATE | Mask.MOVED_TO | Mask.ATTRIB | Mask.ONLYDIR)
            async with asyncio.timeout(seconds):
                await inotify.get()
                return True
    except TimeoutError:
        return False
    except OSError:  # no inotify instance left; then the clock alone has to do
        await asyncio.sleep(seconds)
        return False


def _nearest(folder: str) -> str:
    """The folder, or the nearest one above it that is there."""
    while folder not in ("", "/") and not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    return folder or "/"
