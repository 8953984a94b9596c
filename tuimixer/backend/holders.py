"""Finds out who has a card's PCM devices open: program, process, user, format and rate, from /proc.

The kernel names one owner per substream; other processes that share it through dmix or dsnoop are found by
their open files, as far as permissions allow.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from tuimixer.backend.proc import fields, integer, read, user_name
from tuimixer.model.system import Holder
from tuimixer.model.text import clean

_NODE = re.compile(r"/dev/snd/pcmC(\d+)D(\d+)([pc])$")
_O_APPEND = 0o2000
"""libasound opens a device that it shares (dmix, dsnoop) a second time with this flag."""


@dataclass(frozen=True, slots=True)
class _Open:
    pid: int
    shared: bool


def find_holders(root: Path) -> tuple[Holder, ...]:
    """All open PCM substreams, with one entry for each process that has the substream open.

    root: directory used as `/`.
    """
    sound = root / "proc/asound"
    opened = _open_files(root / "proc") if sound.is_dir() else {}
    found: list[Holder] = []
    for status in sorted(sound.glob("card[0-9]*/pcm*/sub*/status")):
        info = fields(read(status))
        if "state" in info:
            found += _substream(root, status.parent, info, opened)
    return tuple(sorted(found, key=lambda h: (h.number, h.device, h.capture, h.subdevice, h.pid or 0)))


def _substream(
    root: Path, folder: Path, info: dict[str, str], opened: dict[tuple[int, int, bool], list[_Open]]
) -> list[Holder]:
    pcm = folder.parent
    number, device = integer(pcm.parent.name[4:]) or 0, integer(pcm.name[3:]) or 0
    capture = pcm.name.endswith("c")
    owner = _process_of(root, integer(info.get("owner_pid")))
    same = opened.get((number, device, capture), [])
    several = len(list(pcm.glob("sub*"))) > 1
    # With several substreams, an open file does not show which of them it belongs to; only shared ones are
    # assumed to belong to the owner's substream.
    pids = {entry.pid for entry in same if not several or entry.shared}
    if owner is not None:
        pids.add(owner)
    shared = len(pids) > 1 or any(entry.shared for entry in same if entry.pid in pids)
    setup = fields(read(folder / "hw_params"))
    everybody: list[int | None] = [*sorted(pids)] or [None]
    return [
        Holder(
            card=read(pcm.parent / "id").strip() or str(number),
            number=number,
            device=device,
            subdevice=integer(folder.name[3:]) or 0,
            capture=capture,
            pid=pid,
            program=_program(root, pid),
            user=_user(root, pid),
            state=info["state"],
            format=setup.get("format", ""),
            rate=integer(setup.get("rate")),
            channels=integer(setup.get("channels")),
            period=integer(setup.get("period_size")),
            buffer=integer(setup.get("buffer_size")),
            dmix=shared,
        )
        for pid in everybody
    ]


def _open_files(proc: Path) -> dict[tuple[int, int, bool], list[_Open]]:
    """Open PCM nodes by card, device and direction, of the processes whose files are visible."""
    found: dict[tuple[int, int, bool], list[_Open]] = {}
    for process in proc.glob("[0-9]*"):
        try:
            files = [(name, os.readlink(process / "fd" / name)) for name in os.listdir(process / "fd")]
        except OSError:
            continue  # the process is another user's, or gone
        for name, target in files:
            node = _NODE.search(target)
            if node is None:
                continue
            flags = fields(read(process / "fdinfo" / name)).get("flags", "0")
            shared = bool(int(flags, 8) & _O_APPEND)
            key = (int(node[1]), int(node[2]), node[3] == "c")
            found.setdefault(key, []).append(_Open(int(process.name), shared))
    return found


def _process_of(root: Path, thread: int | None) -> int | None:
    """The process that a thread belongs to; the kernel's owner is the thread that opened the device."""
    if thread is None:
        return None
    info = fields(read(root / "proc" / str(thread) / "status"))
    return integer(info.get("Tgid")) or thread


def _program(root: Path, pid: int | None) -> str:
    """The program's name, from its command line if readable, as the kernel cuts it to 15 characters."""
    if pid is None:
        return ""
    folder = root / "proc" / str(pid)
    short = read(folder / "comm").strip()
    first = read(folder / "cmdline", 4096).partition("\0")[0].rpartition("/")[2]
    return clean(first if first.startswith(short) else short, 64, "")


def _user(root: Path, pid: int | None) -> str:
    if pid is None:
        return ""
    try:
        return user_name((root / "proc" / str(pid)).stat().st_uid)
    except OSError:
        return ""
