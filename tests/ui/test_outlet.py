"""Writing to a terminal, without a terminal."""

import os

import pytest

from tuimixer.ui.terminal.outlet import Outlet

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
