"""Waits for a server's socket to appear, woken by inotify or, if that is unavailable, by a timer."""

import asyncio
import contextlib
import os
from collections.abc import Iterable


async def until_something_appears(sockets: Iterable[str], seconds: float) -> bool:
    """Wait until something is created in a directory on the path to one of the sockets, or for `seconds`.

    Returns whether something was created.
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
    except OSError:  # no inotify instance is left, only the timer
        await asyncio.sleep(seconds)
        return False


def _nearest(folder: str) -> str:
    """The directory, or its nearest existing ancestor."""
    while folder not in ("", "/") and not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    return folder or "/"
