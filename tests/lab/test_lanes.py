"""Running lanes: parsing pytest's output, running in parallel, machines that lack something."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lab import debian
from tests.lab.lanes import files, quick
from tests.lab.lanes.__main__ import main
from tests.lab.lanes.result import NO_TESTS, Counts, counts, not_passed
from tests.lab.lanes.run import Run
from tests.lab.lanes.table import LANES, Arguments, Lane, Step
from tests.lab.waiting import DEADLINE, wait_until

pytestmark = pytest.mark.unit

OUTPUT = """\
FAILED tests/ui/test_keys.py::test_a[x - y] - AssertionError: assert 1 == 2
ERROR tests/pty/test_names.py::test_b\r
FAILED tests/ui/test_keys.py::TestIt::test_c - in 3.00s
ERROR tests/broken.py
some passed in 4.00s
============ 2 failed, 30 passed, 1 skipped, 2 errors in 75.20s (0:01:15) ============\r
5 passed in 0.10s
"""


def test_what_pytest_counted() -> None:
    assert counts(OUTPUT) == Counts(35, 4, 1)
    assert counts("") == Counts()


def test_what_did_not_pass() -> None:
    assert not_passed(OUTPUT) == {
        "tests/ui/test_keys.py::test_a[x - y]",
        "tests/pty/test_names.py::test_b",
        "tests/ui/test_keys.py::TestIt::test_c",
        "tests/broken.py",
    }


def test_a_machine_without_root_and_without_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setenv("PATH", "/nonexistent")
    assert debian.lacks("trixie") == "not root, and no sudo without a password"


def prints(text: str, status: int = 0) -> Callable[[Arguments], list[Step]]:
    """A lane's steps: one command that prints a text and exits with this status."""
    code = f"import sys; print({text!r}); sys.exit({status})"
    return lambda _: [Step("it", (sys.executable, "-c", code))]


def lane(name: str, text: str, status: int = 0, lacks: str | None = None, background: bool = False) -> Lane:
    return Lane(name, "for this test", 1, prints(text, status), lambda: lacks, background=background)


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr("tests.lab.lanes.figures.FOLDER", tmp_path)
    monkeypatch.delenv("CI", raising=False)


def test_a_run(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Foreground output appears immediately, background output as one block, table and total at the end."""
    lanes = [
        lane("good", "== 3 passed in 1.00s =="),
        lane("slow", "begin\n== 2 passed in 9.00s ==", background=True),
        lane("bad", "FAILED tests/x.py::y - no\n== 1 failed, 1 passed in 1.00s ==", 1),
        lane("ugly", "no count", 3),
        lane("away", "", lacks="no harp"),
    ]
    run = Run(lanes)
    run.announce()
    run.go()
    assert not run.conclude()
    shown = capfdbinary.readouterr().out.decode()
    assert "away         no harp" in shown
    assert shown.index("== good (lane 1 of 3") < shown.index("== bad (lane 2 of 3")
    assert "== slow, which ran in the background\nbegin\n" in shown
    assert "did not pass: tests/x.py::y" in shown
    assert "ugly          failed: it" in shown
    assert shown.splitlines()[-1] == "6 passed, 2 failed"


def test_the_foreground_gives_way_to_the_background() -> None:
    """Which takes longer, and determines how long everything takes."""
    own = os.nice(0)
    code = f"import os; print('==', os.nice(0) - {own}, 'passed in 1.00s ==')"

    def tells(name: str, background: bool) -> Lane:
        steps = [Step("it", (sys.executable, "-c", code))]
        return Lane(name, "for this test", 1, lambda _: steps, background=background)

    run = Run([tells("front", False), tells("back", True)])
    run.go()
    found = {outcome.lane: outcome.counts.passed for outcome in run.outcomes}
    assert found == {"front": min(5, 19 - own), "back": 0}
    alone = Run([tells("front", False)])
    alone.go()
    assert alone.outcomes[0].counts.passed == 0


ENDED = """
import signal, sys
from tests.lab.lanes.run import Run
from tests.lab.lanes.table import Lane, Step
signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
def sleeps(name, background):
    command = ("sh", "-c", f"echo $$ >> {sys.argv[1]}; exec sleep 600")
    return Lane(name, "for this test", 1, lambda _: [Step("it", command)] * 2, background=background)
Run([sleeps("front", False), sleeps("back", True), sleeps("next", True)]).go()
"""


def test_a_run_that_is_ended_ends_its_commands_and_starts_no_more(tmp_path: Path) -> None:
    started = tmp_path / "started"
    command = [sys.executable, "-c", ENDED, str(started)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        wait_until(lambda: started.exists() and len(started.read_text().splitlines()) == 2, "both to start")
        running.terminate()
        try:
            assert running.wait(timeout=DEADLINE) == 1
        finally:
            running.kill()
            numbers = started.read_text().split()
            left = [int(number) for number in numbers if Path("/proc", number).exists()]
            for number in left:
                os.kill(number, signal.SIGKILL)
    assert len(started.read_text().splitlines()) == 2
    assert left == []


@pytest.mark.parametrize(("ci", "good"), [("", True), ("true", False)])
def test_a_lane_that_this_machine_cannot_run(ci: str, good: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a failure on an ordinary machine, but one if everything must run."""
    monkeypatch.setenv("CI", ci)
    run = Run([lane("here", "1 passed in 0.01s"), lane("away", "", lacks="no harp")])
    run.go()
    assert run.conclude() == good


def test_a_lane_that_never_ended_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    run = Run([lane("lost", "")])
    assert not run.conclude()
    assert capsys.readouterr().out.endswith("\n0 passed, 1 failed\n")


def test_nothing_that_can_run_is_a_failure() -> None:
    run = Run([lane("away", "", lacks="no harp")])
    run.go()
    assert not run.conclude()


NO_HARP = lane("away", "", lacks="no harp")
LINT = lane("lint", "")
EMPTY = lane("empty", "99 deselected in 0.10s", NO_TESTS)
NONE_SELECTED = "failed, because no test of these lanes matches pytest's arguments"


def test_a_run_in_which_no_test_was_selected_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    run = Run([LINT, EMPTY])
    run.go()
    assert not run.conclude()
    shown = capsys.readouterr().out
    assert "empty         no test selected" in shown
    assert shown.endswith(f"\n{NONE_SELECTED}\n")
    assert "0 passed" not in shown


def test_one_lane_among_several_may_have_no_selected_test(capsys: pytest.CaptureFixture[str]) -> None:
    run = Run([EMPTY, lane("good", "3 passed in 1.00s")])
    run.go()
    assert run.conclude()
    assert capsys.readouterr().out.endswith("\n3 passed, 0 failed\n")


def test_the_linters_alone_count_no_tests(capsys: pytest.CaptureFixture[str]) -> None:
    run = Run([LINT])
    run.go()
    assert run.conclude()
    shown = capsys.readouterr().out
    assert "lint          passed" in shown
    assert "0 passed" not in shown


def repeat(lanes: list[Lane], monkeypatch: pytest.MonkeyPatch) -> int:
    """`./dev test --repeat 2` with these lanes."""
    monkeypatch.setattr("tests.lab.lanes.__main__.LANES", lanes)
    return main(["--repeat", "2", *(lane.name for lane in lanes)])


def test_repeated_lanes(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert repeat([LINT, NO_HARP], monkeypatch) == 0
    shown = capsys.readouterr().out
    assert "round 2 of 2" in shown
    assert shown.endswith("\nNot run on this machine:\n  away         no harp\nnothing failed in 2 rounds\n")


def test_a_repeated_failure(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert repeat([lane("bad", "FAILED tests/x.py::y - no\n1 failed in 1.00s", 1)], monkeypatch) == 1
    shown = capsys.readouterr().out
    assert "failed 2 of 2 times: tests/x.py::y\n" in shown
    assert "nothing failed" not in shown


def test_repeated_lanes_that_must_all_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Those that can run are repeated all the same, as they are also run once without --repeat."""
    monkeypatch.setenv("CI", "true")
    assert repeat([LINT, NO_HARP], monkeypatch) == 1
    shown = capsys.readouterr().out
    assert shown.endswith("\nNot run on this machine:\n  away         no harp\n")
    assert "nothing failed" not in shown


@pytest.mark.parametrize(("it", "reason"), [(NO_HARP, "not run: no harp"), (EMPTY, NONE_SELECTED)])
def test_what_cannot_be_tested_is_not_repeated(
    it: Lane, reason: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert repeat([it], monkeypatch) == 1
    shown = capsys.readouterr().out
    assert reason in shown
    assert "round 2" not in shown
    assert "nothing failed" not in shown


def test_a_reason_names_each_program_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    for lane in [lane for lane in LANES if lane.name in ("pulse", "pipewire", "pty")]:
        programs = str(lane.lacks()).removeprefix("no ").split(", ")
        assert "pactl" in programs
        assert len(programs) == len(set(programs))


def test_names_of_lanes_are_unique() -> None:
    assert len({lane.name for lane in LANES}) == len(LANES)


@pytest.mark.parametrize(
    ("changed", "files"),
    [
        ([], set()),
        (["README.md", "tuimixer/cli/main.py"], set()),
        (["tests/ui/test_mouse.py", "tests/ui/gone.txt"], {"tests/ui/test_mouse.py"}),
        (["tests/ui/__snapshots__/test_pictures/a.txt"], {"tests/ui/test_pictures.py"}),
        (["tuimixer/ui/screens/profiles.py"], {"tests/ui/screens/test_profiles.py"}),
    ],
)
def test_what_a_change_touches(changed: list[str], files: set[str]) -> None:
    assert quick.screen_files(changed) == files


def test_what_no_test_names_is_tried_on_the_core() -> None:
    assert quick.screen_files(["tuimixer/model/select.py"]) == set(quick._SCREEN_CORE)


def test_a_quick_run_has_files_that_are_there() -> None:
    assert [lane.name for lane in quick.lanes()][:2] == ["lint", "unit"]
    for file in (*quick._SCREEN_CORE, *quick._SERVER_CORE):
        assert (files.ROOT / file).exists(), file


def test_files_with_tests_of_a_lane(tmp_path: Path) -> None:
    """Even if the tests get their marks from a fixture."""
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    red\n    blue\n")
    (tmp_path / "test_a.py").write_text(
        "import pytest\n"
        "@pytest.fixture(params=[pytest.param(1, marks=pytest.mark.red)])\n"
        "def number(request): return request.param\n"
        "def test_number(number): pass\n"
    )
    (tmp_path / "sub").mkdir()
    blue = "import pytest\n@pytest.mark.blue\ndef test_it(): pass\n"
    (tmp_path / "sub/test_b.py").write_text(blue)
    (tmp_path / "test_c.py").write_text(f"{blue}@pytest.mark.red\ndef test_other(): pass\n")
    (tmp_path / "test_d.py").write_text("def test_it(): pass\n")
    assert files.with_marks(["red"], tmp_path) == ["test_a.py", "test_c.py"]
    assert files.with_marks(["blue"], tmp_path) == ["sub/test_b.py", "test_c.py"]
    assert files.with_marks(["blue", "red"], tmp_path) == ["sub/test_b.py", "test_a.py", "test_c.py"]
    assert files.with_marks(["green"], tmp_path) == []


def test_files_of_a_suite_that_cannot_be_collected(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text("import nothing_of_this_name\n")
    (tmp_path / "test_b.py").write_text("import pytest\n@pytest.mark.red\ndef test_it(): pass\n")
    assert files.with_marks(["red"], tmp_path) == []


def test_files_named_by_the_user_are_not_added_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "with_marks", lambda marks: [f"files of {' '.join(marks)}"])
    [pulse] = [lane for lane in LANES if lane.name == "pulse"]

    def last(*arguments: str) -> str:
        return pulse.steps(arguments)[0].command[-1]

    assert last() == last("-k", "meters") == "files of pulse"
    assert last("tests/lab") == "tests/lab"
    assert last("tests/lab/test_lanes.py::test_it") == "tests/lab/test_lanes.py::test_it"
    [modern] = [lane for lane in LANES if lane.name == "modern"]
    assert [step.command[-1] for step in modern.steps(())] == [
        "files of modern",
        "files of unit pulse pipewire plugins pty",
    ]
