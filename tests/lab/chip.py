"""In the virtual machine: the output of the AC97 card's chip, read from the file that QEMU is writing."""

from array import array
from pathlib import Path

from tests.lab.samples import CHANNELS, Recording
from tests.lab.waiting import wait_until

FILE = Path("/run/chip/chip.wav")
"""16 bit stereo samples; the sizes in its header are filled in when the machine ends."""

RATE = 44_100
"""Sample rate of the file, QEMU's default."""

_HEADER = 44
_FRAME = 2 * CHANNELS


def position() -> int:
    """Number of frames output by the chip. It grows only while the card is playing."""
    size = FILE.stat().st_size if FILE.exists() else 0
    return max(0, size - _HEADER) // _FRAME


def since(start: int) -> Recording:
    """The chip's output since a position."""
    with FILE.open("rb") as file:
        file.seek(_HEADER + _FRAME * start)
        data = file.read()
    samples = array("h", data[: len(data) // _FRAME * _FRAME])
    return Recording(array("f", (sample / 32768 for sample in samples)))


def record(seconds: float) -> Recording:
    """Record this much of the chip's output. Raises TimeoutError if the card is not playing."""
    start = position()
    wait_until(lambda: position() - start >= seconds * RATE, "output from the AC97 card")
    return since(start)
