"""In the virtual machine: what leaves the AC97 card's chip, read from the file that QEMU writes meanwhile."""

from array import array
from pathlib import Path

from tests.lab.samples import CHANNELS, Recording
from tests.lab.waiting import wait_until

FILE = Path("/run/chip/chip.wav")
"""16 bit stereo samples; the sizes in its header are filled in when the machine ends."""

RATE = 44_100
"""Of the file, as QEMU writes it unless told otherwise."""

_HEADER = 44
_FRAME = 2 * CHANNELS


def position() -> int:
    """How many frames have left the chip. They come only while something plays on the card."""
    size = FILE.stat().st_size if FILE.exists() else 0
    return max(0, size - _HEADER) // _FRAME


def since(start: int) -> Recording:
    """What has left the chip since it was at a position."""
    with FILE.open("rb") as file:
        file.seek(_HEADER + _FRAME * start)
        data = file.read()
    samples = array("h", data[: len(data) // _FRAME * _FRAME])
    return Recording(array("f", (sample / 32768 for sample in samples)))


def record(seconds: float) -> Recording:
    """Wait until that much sound has left the chip; return it. TimeoutError if nothing plays on the card."""
    start = position()
    wait_until(lambda: position() - start >= seconds * RATE, "the AC97 card to put something out")
    return since(start)
