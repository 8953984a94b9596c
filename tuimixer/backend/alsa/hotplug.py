"""Detects cards being plugged in and removed, through inotify on the directory of the sound devices."""

from collections.abc import AsyncIterator
from pathlib import Path

from asyncinotify import Inotify, Mask

_WATCHED = Mask.CREATE | Mask.DELETE | Mask.ATTRIB | Mask.MOVED_TO | Mask.DELETE_SELF | Mask.MOVE_SELF
_FOLDER_GONE = Mask.DELETE_SELF | Mask.MOVE_SELF | Mask.IGNORED


async def card_changes(folder: Path) -> AsyncIterator[None]:
    """Yields whenever a control device in `folder` appears, disappears, or changes its permissions.

    The directory itself may be missing until the first card is plugged in; until then, its parent is watched.
    This also yields once at the beginning, because cards may have appeared before the watch was set up.

    Raises:
        OSError: inotify is not available.
    """
    while True:
        with Inotify() as inotify:
            if not folder.is_dir():
                inotify.add_watch(folder.parent, Mask.CREATE | Mask.MOVED_TO)
                if not folder.is_dir():
                    await _appearance(inotify, folder)
                continue
            try:
                inotify.add_watch(folder, _WATCHED)
            except FileNotFoundError:
                continue
            yield
            async for event in inotify:
                if event.name is not None and event.name.name.startswith("control"):
                    yield
                elif event.mask & _FOLDER_GONE:
                    yield
                    break


async def _appearance(inotify: Inotify, folder: Path) -> None:
    async for _ in inotify:
        if folder.is_dir():
            return
