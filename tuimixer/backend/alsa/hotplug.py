"""Cards that come and go, told by the kernel through inotify on the folder of the sound devices."""

from collections.abc import AsyncIterator
from pathlib import Path

from asyncinotify import Inotify, Mask

_WATCHED = Mask.CREATE | Mask.DELETE | Mask.ATTRIB | Mask.MOVED_TO | Mask.DELETE_SELF | Mask.MOVE_SELF
_FOLDER_GONE = Mask.DELETE_SELF | Mask.MOVE_SELF | Mask.IGNORED


async def card_changes(folder: Path) -> AsyncIterator[None]:
    """Yields whenever a control device in `folder` appeared, went, or changed its permissions; for ever.

    The folder itself may be missing, on a box whose first card is yet to be plugged in: then its parent
    is watched until it is there. Yields once at the beginning too, since cards may have come before the
    watch.

    Raises:
        OSError: inotify is not to be had.
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
