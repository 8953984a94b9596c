"""Writing to a terminal, without a terminal."""

import asyncio
import contextlib
import os

import pytest

from tests.lab.waiting import DEADLINE
from tuimixer.ui.terminal.outlet import _MOST, Outlet

pytestmark = pytest.mark.unit


def test_a_picture_in_which_nothing_has_changed_sends_nothing_and_ends() -> None:
    reads, writes = os.pipe()
    os.set_blocking(writes, False)
    outlet = Outlet(writes)
    outlet.begin(b"first")
    outlet.begin(b"")
    outlet.begin(b" second")
    assert os.read(reads, 100) == b"first second"
    os.close(reads)
    os.close(writes)


async def test_what_is_written_during_a_large_frame_does_not_lead_to_another() -> None:
    """In a window of 300 columns, a frame with a dialog is larger than what may be pending beside it."""
    reads, writes = os.pipe()
    os.set_blocking(writes, False)
    os.set_blocking(reads, False)
    outlet = Outlet(writes)
    losses: list[str] = []
    outlet.on_loss = lambda: losses.append("loss")
    outlet.write(b"f" * 2 * _MOST)
    outlet.flush()
    outlet.write(b"key")
    received = b""
    async with asyncio.timeout(DEADLINE):
        while len(received) < 2 * _MOST + 3:
            with contextlib.suppress(BlockingIOError):
                received += os.read(reads, 1 << 20)
            await asyncio.sleep(0)
    assert received == b"f" * 2 * _MOST + b"key"
    assert not losses
    outlet.write(b"f" * 2 * _MOST)
    outlet.flush()
    outlet.write(b"n" * _MOST)
    outlet.write(b"too much")
    async with asyncio.timeout(DEADLINE):
        while not losses:
            with contextlib.suppress(BlockingIOError):
                os.read(reads, 1 << 20)
            await asyncio.sleep(0)
    os.close(reads)
    os.close(writes)
