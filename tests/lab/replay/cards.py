"""Replayed cards for a test: sound cards 0, 1, … for every program that is given their environment."""

import os
import struct
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote_from_bytes

from tests.lab.replay.build import libraries
from tests.lab.replay.table import INTERFACES, TYPES, Element, Table, read_table

_CONFIG = """\
ctl_type.replay {{ lib "{library}" }}
ctl.hw {{ @args [ CARD ] @args.CARD {{ type string }} type replay folder "{folder}" card $CARD }}
ctl.default {{ type replay folder "{folder}" card "0" }}
"""
_FOREIGN = ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS")
_CELL = struct.Struct("=q")


class ReplayedCard:
    """A replayed card: its table, and its values, which all programs share."""

    def __init__(self, folder: Path, number: int, table: Table) -> None:
        self.number = number
        self.table = table
        self.id = table.id
        self.device = f"hw:{number}"
        self._places: dict[tuple[str, int], tuple[int, Element]] = {}
        place = 0
        for element in table.elements:
            name = element.name.decode(errors="surrogateescape")
            self._places.setdefault((name, element.index), (place, element))
            place += element.width
        self.initial = b"".join(_CELL.pack(value) for element in table.elements for value in element.values)
        (folder / f"{number}.card").write_text(_description(number, table))
        self._values = folder / f"{number}.values"
        self._values.write_bytes(self.initial)
        for ending in ("card", "values"):
            (folder / f"{table.id}.{ending}").symlink_to(f"{number}.{ending}")

    @property
    def state(self) -> bytes:
        """All values, for comparison."""
        return self._values.read_bytes()

    def reset(self) -> None:
        """Reset all values to those in the table; programs are notified."""
        self._write(0, self.initial)

    def get(self, name: str, index: int = 0) -> list[int]:
        """An element's values."""
        place, element = self._places[name, index]
        return [value for (value,) in _CELL.iter_unpack(self.state)][place : place + element.width]

    def set(self, name: str, *values: int, index: int = 0) -> None:
        """Set an element's values, even if programs may not write them; programs are notified."""
        place, element = self._places[name, index]
        assert len(values) == element.width
        self._write(place, b"".join(map(_CELL.pack, values)))

    def set_all(self, values: Sequence[int]) -> None:
        """Set all values of all elements at once, in the table's order."""
        self._write(0, b"".join(map(_CELL.pack, values)))

    def difference(self, theirs: bytes, ours: bytes) -> list[str]:
        """Describe where two states differ."""
        found, place = [], 0
        a, b = ([value for (value,) in _CELL.iter_unpack(state)] for state in (theirs, ours))
        for element in self.table.elements:
            here = slice(place, place + element.width)
            if a[here] != b[here]:
                found.append(
                    f"{element.name.decode(errors='replace')},{element.index}: {a[here]} / {b[here]}"
                )
            place += element.width
        return found

    def _write(self, place: int, data: bytes) -> None:
        # In place, because programs have mapped this very file.
        with self._values.open("r+b") as file:
            file.seek(place * _CELL.size)
            file.write(data)


class ReplayedCards:
    """Some cards, and the environment in which programs find only them and no other sound system."""

    def __init__(self, folder: Path, *names: str) -> None:
        """Replay the cards with these tables.

        folder: an empty directory, used as the programs' home.
        """
        self.folder = folder
        self.cards = {
            name: ReplayedCard(folder, number, read_table(name)) for number, name in enumerate(names)
        }
        built = libraries()
        config = folder / "asound.conf"
        config.write_text(_CONFIG.format(library=built / "replay.so", folder=folder))
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in _FOREIGN and not name.startswith(("PULSE_", "PIPEWIRE_", "XDG_"))
        }
        self.env = inherited | {
            "ALSA_CONFIG_PATH": str(config),
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            "LD_PRELOAD": str(built / "fakecards.so"),
            "PULSE_SERVER": "unix:/nowhere",
            "TUIMIXER_REPLAY": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
        }

    def __getitem__(self, name: str) -> ReplayedCard:
        return self.cards[name]


def _description(number: int, table: Table) -> str:
    """The contents of the plugin's description file; see ctl_replay.c and description.c."""
    about = (table.id, table.driver, table.name, table.name, table.mixer)
    lines = [[str(number), *(quote_from_bytes(text.encode()) for text in about), str(len(table.elements))]]
    lines += [_line(element) for element in table.elements]
    return "".join("\t".join(line) + "\n" for line in lines)


def _line(element: Element) -> list[str]:
    numbers = (
        INTERFACES.index(element.interface),
        element.device,
        0,
        element.index,
        TYPES.index(element.kind),
        element.count,
        element.access,
        element.minimum,
        element.maximum,
        element.step,
        element.width,
    )
    tlv = "".join(f"{word:08x}" for word in element.tlv)
    items = (quote_from_bytes(item.encode()) for item in element.items)
    return [*map(str, numbers), quote_from_bytes(element.name), tlv, *items]
