"""The sound servers' rules for which ALSA elements make up a device's volume: PulseAudio's and PipeWire's
mixer paths.

Both use the same file format (explained in alsa-mixer/paths/analog-output.conf.common); a file in an earlier
directory replaces one of the same name in a later one.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from tuimixer.backend.proc import read
from tuimixer.model.system import MixerPath, PathElement
from tuimixer.model.text import whole

_PULSE_FOLDERS = ("usr/share/pulseaudio/alsa-mixer/paths", "usr/local/share/pulseaudio/alsa-mixer/paths")
_PIPEWIRE_FOLDERS = (
    "etc/alsa-card-profile/mixer/paths",
    "usr/share/alsa-card-profile/mixer/paths",
    "usr/local/share/alsa-card-profile/mixer/paths",
)
_DEEPEST = 5
_SECTION = re.compile(r"\[(.+)\]$")


def read_mixer_paths(root: Path, environ: Mapping[str, str]) -> tuple[MixerPath, ...]:
    """All rules of both servers that are installed.

    root: directory used as `/`. environ: variables that name the user's own directories, and ACP_PATHS_DIR.
    """
    home = environ.get("HOME", "")
    data = environ.get("XDG_DATA_HOME") or (f"{home}/.local/share" if home else "")
    config = environ.get("XDG_CONFIG_HOME") or (f"{home}/.config" if home else "")
    pulse = [root / folder for folder in _PULSE_FOLDERS]
    if data:
        pulse.insert(0, root / data.lstrip("/") / "pulseaudio/alsa-mixer/paths")
    pipewire = [root / folder for folder in _PIPEWIRE_FOLDERS]
    if config:
        pipewire.insert(0, root / config.lstrip("/") / "alsa-card-profile/mixer/paths")
    if own := environ.get("ACP_PATHS_DIR"):
        pipewire.insert(0, root / own.lstrip("/"))
    return (*_of_server("PulseAudio", pulse), *_of_server("PipeWire", pipewire))


def _of_server(server: str, folders: list[Path]) -> list[MixerPath]:
    files: dict[str, Path] = {}
    for folder in folders:
        for file in folder.glob("*.conf"):
            files.setdefault(file.stem, file)
    paths = []
    for name, file in sorted(files.items()):
        elements = tuple(_elements(file))
        if elements:
            paths.append(MixerPath(server, name, elements))
    return paths


def _elements(file: Path) -> list[PathElement]:
    """Elements that the server uses, in the order of the file and its includes."""
    found: dict[tuple[str, int], dict[str, str]] = {}
    _parse(file, found, 0)
    return [
        PathElement(name, index, info.get("switch", "ignore"), info.get("volume", "ignore"))
        for (name, index), info in found.items()
        if {info.get("switch", "ignore"), info.get("volume", "ignore")} != {"ignore"}
    ]


def _parse(file: Path, found: dict[tuple[str, int], dict[str, str]], depth: int) -> None:
    section: dict[str, str] = {}
    for text in _lines(file):
        if text.startswith(".include "):
            if depth < _DEEPEST:
                _parse(file.parent / text.removeprefix(".include ").strip(), found, depth + 1)
            section = {}
        elif heading := _SECTION.match(text):
            kind, _, rest = heading[1].partition(" ")
            section = found.setdefault(_name(rest), {}) if kind == "Element" else {}
        else:
            key, _, value = text.partition("=")
            section[key.strip()] = value.strip()


@lru_cache(maxsize=32)
def _lines(file: Path) -> tuple[str, ...]:
    """The significant lines of a file, cached because most files include the same one."""
    lines = (line.strip() for line in read(file).splitlines())
    return tuple(line for line in lines if line and line[0] not in ";#")


def _name(text: str) -> tuple[str, int]:
    """Split `Headphone,1` into an element's name and index."""
    name, comma, digits = text.strip().rpartition(",")
    index = whole(digits) if comma else None
    return (text.strip(), 0) if index is None else (name, index)
