"""Machines without libasound, without cards, without permission; device nodes that come and go."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from tests.backend.alsa.watching import watching
from tests.lab.waiting import DEADLINE
from tuimixer.backend.alsa.hotplug import card_changes
from tuimixer.backend.alsa.status import closed_card, status_of
from tuimixer.model.snapshot import AlsaCard, Phase

pytestmark = pytest.mark.unit

WITHOUT_LIBRARY = """
import asyncio, sys
sys.modules["alsaaudio"] = None
from tuimixer.backend.alsa.backend import AlsaBackend
from tuimixer.backend.alsa.blocking import BlockingAlsa
from tuimixer.backend.base import Unreachable
try:
    BlockingAlsa().read()
except Unreachable as error:
    print(error)
async def main():
    emitted = asyncio.Queue()
    task = asyncio.create_task(AlsaBackend().run(emitted.put_nowait))
    status = (await emitted.get()).statuses[0]
    print(status.phase.value, status.reason, status.hint)
    task.cancel()
asyncio.run(main())
"""


def test_without_libasound_both_say_so() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_LIBRARY], capture_output=True, text=True, check=True)
    port, backend = done.stdout.splitlines()
    assert port.startswith("The ALSA library cannot be loaded:")
    assert port.endswith("Install libasound2 (called alsa-lib on some systems).")
    assert backend == f"unavailable {port}"
    assert done.stderr == ""


def test_no_card() -> None:
    status = status_of(())
    assert status.phase is Phase.UNAVAILABLE
    assert status.reason == "There is no sound card."
    assert "/dev/snd" in status.hint


def test_no_permission() -> None:
    reason = "no permission to open hw:0, because your user is not in the audio group"
    status = status_of((closed_card(0, reason),))
    assert (status.phase, status.reason) == (Phase.UNAVAILABLE, f"{reason[0].upper()}{reason[1:]}.")
    assert "audio group" in status.hint


def test_one_usable_card_is_enough() -> None:
    status = status_of((closed_card(1, "x"), AlsaCard("PCH", 0, "HDA Intel PCH")))
    assert (status.phase, status.label) == (Phase.READY, "HDA Intel PCH")


async def test_nodes_that_come_and_go(tmp_path: Path) -> None:
    folder = tmp_path / "snd"
    changes = card_changes(folder)

    async def change() -> None:
        async with asyncio.timeout(DEADLINE):
            await anext(changes)

    waiting = asyncio.create_task(change())
    await asyncio.sleep(0)
    folder.mkdir()
    await waiting
    node = folder / "controlC0"
    node.touch()
    await change()
    waiting = asyncio.create_task(change())
    node.chmod(0o600)
    await waiting
    waiting = asyncio.create_task(change())
    (folder / "pcmC0D0p").touch()
    node.unlink()
    await waiting
    (folder / "pcmC0D0p").unlink()
    folder.rmdir()
    await change()
    waiting = asyncio.create_task(change())
    await asyncio.sleep(0)
    folder.mkdir()
    await waiting


async def test_a_card_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    node = tmp_path / "controlC31"
    async with watching(folder=tmp_path) as watched:
        await watched.until(lambda s: s.statuses[0].phase is Phase.UNAVAILABLE, "the first answer")
        node.touch()
        await watched.until(lambda s: [card.number for card in s.alsa_cards] == [31], "the card")
        card = watched.snapshot.alsa_cards[0]
        assert (card.id, card.reason) == ("card31", "no such ALSA device: hw:31")
        node.unlink()
        await watched.until(lambda s: s.alsa_cards == (), "the card to go")
