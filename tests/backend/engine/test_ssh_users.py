"""A machine with several users: two with their own sound servers, one without."""

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.backend.engine.screen import Screen
from tests.backend.engine.sshd import Box
from tests.backend.engine.users import User
from tests.lab.waiting import wait_until
from tuimixer.backend.base import Unreachable
from tuimixer.backend.engine.client import EngineBackend
from tuimixer.backend.engine.verb import run_remote_verb
from tuimixer.model.command import SetVolume
from tuimixer.model.snapshot import Phase
from tuimixer.wiring import Options, open_machines

pytestmark = [
    pytest.mark.ssh,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can make users"),
]


def phase(screen: Screen, source: str) -> Phase | None:
    return next((status.phase for status in screen.snapshot.statuses if status.source == source), None)


async def test_each_user_has_the_own_server_in_one_screen(box: Box, users: list[User]) -> None:
    hosts = tuple(box.target_of(user.name) for user in users)
    first, second, third = open_machines(Options(hosts=hosts)).backends()
    assert isinstance(first, EngineBackend)
    assert isinstance(second, EngineBackend)
    assert isinstance(third, EngineBackend)
    async with Screen(first) as kitchen, Screen(second) as cellar, Screen(third) as silent:
        await kitchen.until(lambda: "pulse:sink/kitchen" in kitchen.snapshot.controls, "the kitchen")
        await cellar.until(lambda: "pulse:sink/cellar" in cellar.snapshot.controls, "the cellar")
        await silent.until(
            lambda: phase(silent, "pulse") is Phase.UNAVAILABLE, "the missing server to be told"
        )
        assert "pulse:sink/kitchen" not in silent.snapshot.controls
        kitchen.backend.submit(SetVolume("pulse:sink/kitchen", (32768, 32768)))
        wait_until(lambda: " 50%" in users[0].volume("kitchen"), "the volume in the kitchen")
        assert " 50%" not in users[1].volume("cellar")
        users[1].run("pactl", "set-sink-volume", "cellar", "25%")
        sink = "pulse:sink/cellar"
        await cellar.until(
            lambda: cellar.snapshot.controls[sink].raws == (16384, 16384), "the cellar's volume"
        )
    box.await_nothing_left()


def test_a_verb_runs_as_the_user_that_is_named(
    box: Box, users: list[User], capfd: pytest.CaptureFixture[str]
) -> None:
    for user, sink in zip(users, ("kitchen", "cellar"), strict=False):
        assert run_remote_verb(box.target_of(user.name), ["list", "--json"]) == 0
        listed = json.loads(capfd.readouterr().out)["controls"]
        assert [control["name"] for control in listed if control["kind"] == "sink"] == [sink]
    assert run_remote_verb(box.target_of(users[2].name), ["get", "@DEFAULT_SINK@"]) == 3
    assert capfd.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("what", ["module", "clone"])
def test_nothing_in_the_home_directory_is_taken_for_tuimixer(box: Box, users: list[User], what: str) -> None:
    user = users[0]
    home, trap = Path(user.entry.pw_dir), Path(user.entry.pw_dir) / "trap"
    if what == "module":
        (home / "tuimixer.py").write_text(f"open({str(trap)!r}, 'w')\n")
    else:
        (home / "tuimixer" / "tuimixer").mkdir(parents=True)
        (home / "tuimixer" / "tuimixer" / "__init__.py").touch()
    shutil.chown(home, user.name)
    box.program.unlink()
    where = f"tuimixer was not found on {box.target_of(user.name)}."
    with pytest.raises(Unreachable) as failure:
        open_machines(Options(hosts=(box.target_of(user.name),))).backends()
    assert str(failure.value).startswith(where)
    with pytest.raises(Unreachable) as failure:
        run_remote_verb(box.target_of(user.name), ["list"])
    assert str(failure.value).startswith(where)
    assert not trap.exists()
