"""The screen's side against real engines in their own processes: intact, killed, stopped, sending garbage."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tests.backend.engine.screen import Screen, demo_link, python
from tests.lab.waiting import DEADLINE
from tuimixer.backend.base import Unreachable
from tuimixer.backend.demo.simulated import box
from tuimixer.backend.engine import client
from tuimixer.backend.engine.child import Child, LocalLink, open_first
from tuimixer.backend.engine.client import EngineBackend
from tuimixer.backend.engine.first_lines import PROTOCOL
from tuimixer.backend.engine.protocol import LINE_LIMIT
from tuimixer.mixer.mixer import Mixer
from tuimixer.model.command import SetMute, SetVolume
from tuimixer.model.intent import Nudge
from tuimixer.model.snapshot import Phase
from tuimixer.model.system import System

pytestmark = pytest.mark.unit

HELLO = f'["hello",{{"protocol":{PROTOCOL},"version":"0","host":"h","user":"u"}}]'


async def test_the_picture_is_the_engine_s_and_a_command_changes_it() -> None:
    async with Screen(EngineBackend(demo_link())) as screen:
        await screen.until_ready()
        assert screen.snapshot.controls.keys() == box().controls.keys()
        control = screen.control()
        screen.backend.submit(SetVolume(control.id, (12345, 23456)))
        assert screen.control().raws == (12345, 23456)
        truth = screen.backend._truth
        await screen.until(
            lambda: screen.backend._truth.controls[control.id].raws == (12345, 23456), "the echo"
        )
        now = screen.backend._truth
        assert all(
            now.controls[known] is c for known, c in truth.controls.items() if c == now.controls[known]
        )
        system = await screen.backend.inspect()
        assert system.host == "demo"


async def test_no_press_of_a_held_key_is_lost() -> None:
    backend = EngineBackend(demo_link())
    mixer = Mixer(backend)
    task = asyncio.create_task(mixer.run())
    async with asyncio.timeout(DEADLINE):
        while not mixer.snapshot.controls:
            await asyncio.sleep(0.01)
        control = next(c for c in mixer.snapshot.controls.values() if c.id.startswith("pulse:sink_input/"))
        backend.submit(SetVolume(control.id, (6554,) * len(control.channels)))
        for step in range(80):
            assert mixer.send(Nudge(control.id, 1.0))
            if step % 9 == 0:
                await asyncio.sleep(0)
        expected = mixer.snapshot.controls[control.id].raws
        assert expected[0] == pytest.approx(0.9 * 65536, abs=80)
        # The mixer reports nothing if the echo is what it already shows.
        while backend._truth.controls[control.id].raws != expected:
            await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait({task})


async def test_levels_come_for_what_is_watched_and_stop() -> None:
    async with Screen(EngineBackend(demo_link())) as screen:
        await screen.until_ready()
        known = screen.control().id
        screen.backend.watch_levels(frozenset({known}), 50.0)
        await screen.until(lambda: len(screen.levels) > 5, "levels")
        assert {key for levels in screen.levels for key in levels.peaks} == {known}


async def test_a_killed_engine_leaves_the_picture_and_another_carries_on() -> None:
    async with Screen(EngineBackend(demo_link())) as screen:
        await screen.until_ready()
        first, control = screen.pid, screen.control()
        os.kill(first, signal.SIGKILL)
        await screen.until(lambda: screen.trouble, "the trouble to be told")
        assert screen.trouble
        assert screen.trouble.phase is Phase.UNAVAILABLE
        assert "SIGKILL" in screen.trouble.reason
        assert screen.snapshot.controls[control.id] == control
        screen.backend.submit(SetVolume(control.id, (777, 888)))
        assert screen.snapshot.controls[control.id].raws == (777, 888)
        await screen.until(lambda: not screen.trouble, "another engine")
        assert screen.pid != first
        await screen.until(
            lambda: screen.backend._truth.controls[control.id].raws == (777, 888), "the command"
        )
        assert not screen.notices


async def test_a_command_just_before_the_death_is_sent_once_more() -> None:
    async with Screen(EngineBackend(demo_link())) as screen:
        await screen.until_ready()
        control = screen.control()
        os.kill(screen.pid, signal.SIGSTOP)
        screen.backend.submit(SetVolume(control.id, (999, 999)))
        os.kill(screen.pid, signal.SIGKILL)
        await screen.until(lambda: screen.trouble, "the trouble to be told")
        await screen.until(
            lambda: screen.backend._truth.controls[control.id].raws == (999, 999), "the command"
        )


async def test_commands_that_no_engine_takes_in_time_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_KEEP", 1.0)
    link = demo_link()
    async with Screen(EngineBackend(link)) as screen:
        await screen.until_ready()
        control = screen.control()
        link.command = ["/nonexistent/engine"]
        os.kill(screen.pid, signal.SIGKILL)
        await screen.until(lambda: screen.trouble, "the trouble to be told")
        screen.backend.submit(SetVolume(control.id, (5, 5)))
        screen.backend.submit(SetMute(control.id, (True,)))
        await screen.until(lambda: screen.notices, "a notice")
        assert screen.notices[0].text.startswith(
            f"2 changes, the first to {control.name}, were not applied: "
        )
        assert screen.snapshot.controls[control.id] == control
        screen.backend.submit(SetVolume(control.id, (6, 6)))
        assert len(screen.notices) == 2
        assert "/nonexistent/engine" in screen.notices[1].text
        assert screen.snapshot.controls[control.id] == control


async def test_a_command_that_ends_engines_is_not_sent_to_a_third() -> None:
    script = (
        "import ctypes, os\n"
        "from tuimixer.backend.engine.process import serve_process\n"
        "from tuimixer.backend.demo.backend import DemoBackend\n"
        "class Fragile(DemoBackend):\n"
        "    def submit(self, command): os.abort()\n"
        "serve_process(lambda: Fragile(still=True), False)\n"
    )
    async with Screen(EngineBackend(LocalLink(python(script), name="box"))) as screen:
        await screen.until_ready()
        control = screen.control()
        screen.backend.submit(SetVolume(control.id, (1, 1)))
        await screen.until(lambda: screen.notices, "a notice")
        assert "SIGABRT" in screen.notices[0].text
        await screen.until_ready()
        assert screen.snapshot.controls[control.id] == control


async def test_a_stopped_engine_is_told_and_replaced() -> None:
    async with Screen(EngineBackend(demo_link())) as screen:
        await screen.until_ready()
        first = screen.pid
        question = asyncio.create_task(screen.backend.inspect())
        await question
        os.kill(first, signal.SIGSTOP)
        question = asyncio.create_task(screen.backend.inspect())
        await screen.until(lambda: screen.trouble, "the silence to be told")
        assert screen.trouble
        assert "not responded" in screen.trouble.reason
        assert screen.snapshot.controls
        await screen.until(lambda: not screen.trouble, "another engine")
        assert screen.pid != first
        assert await question == System()
        with pytest.raises(ProcessLookupError):
            os.kill(first, 0)


async def test_an_engine_that_wakes_up_in_time_is_kept() -> None:
    async with Screen(EngineBackend(demo_link(patience=60.0))) as screen:
        await screen.until_ready()
        first = screen.pid
        os.kill(first, signal.SIGSTOP)
        await screen.until(lambda: screen.trouble, "the silence to be told")
        os.kill(first, signal.SIGCONT)
        await screen.until(lambda: not screen.trouble, "its voice")
        assert screen.pid == first


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("print('garbage', flush=True); input()", "line that could not be parsed"),
        (f"print('{HELLO}', flush=True); print('[1]', flush=True); input()", "line that could not be parsed"),
        (
            f'print(\'{HELLO}\', flush=True); print(\'["delta",{{"order":["a"]}}]\', flush=True); input()',
            "order",
        ),
        (f"print('x' * {2 * LINE_LIMIT}); input()", f"more than {LINE_LIMIT} bytes"),
        (f"print('x' * {2 * LINE_LIMIT}, end='', flush=True); input()", f"more than {LINE_LIMIT} bytes"),
        (f"print('''{HELLO.replace(str(PROTOCOL), '99', 1)}''', flush=True); input()", "protocol 99"),
        ("import os; os._exit(3)", "status 3"),
        ("raise SystemExit", "status 0"),
    ],
)
async def test_what_is_no_engine_is_told_in_one_sentence(script: str, says: str) -> None:
    async with Screen(EngineBackend(LocalLink(python(script), name="box"))) as screen:
        trouble = await screen.until_failed()
        assert says in trouble.reason
        assert trouble.reason.endswith(".")
        assert trouble.reason.isprintable()


async def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    program = str(tmp_path / "engine")
    async with Screen(EngineBackend(LocalLink([program], name="box"))) as screen:
        trouble = await screen.until_failed()
        assert trouble.reason == f"The engine cannot be started: {program}: No such file or directory."


async def test_leaving_ends_the_engine_even_a_stopped_one() -> None:
    for stop in (False, True):
        async with Screen(EngineBackend(demo_link())) as screen:
            await screen.until_ready()
            pid = screen.pid
            if stop:
                os.kill(pid, signal.SIGSTOP)
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def test_an_engine_started_early_is_attended() -> None:
    link = demo_link()
    child = open_first(link)
    async with Screen(EngineBackend(link, child)) as screen:
        await screen.until_ready()
        assert screen.pid == child.pid


@pytest.mark.parametrize("error", [Unreachable("The far end is gone."), RuntimeError("boom")])
async def test_whatever_keeps_an_engine_from_starting_another_is_tried(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = demo_link()
    async with Screen(EngineBackend(link)) as screen:
        await screen.until_ready()
        opened = type(link).open
        failures = [error]

        def fails_once(self: LocalLink, first: bool) -> Child:
            if failures:
                raise failures.pop()
            return opened(self, first)

        monkeypatch.setattr(type(link), "open", fails_once)
        first = screen.pid
        os.kill(first, signal.SIGKILL)
        reasons = ("The far end is gone.", "Internal error: RuntimeError('boom').")
        await screen.until(lambda: screen.trouble and screen.trouble.reason in reasons, "the reason")
        await screen.until(lambda: not screen.trouble, "another engine")
        assert screen.pid != first
