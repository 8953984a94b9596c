"""The whole screen in a pseudo terminal: what is written past the compositor, and how the program exits."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.terminal import Terminal
from tests.lab.waiting import wait_until
from tuimixer.ui.mixer.meters import HOLD

pytestmark = pytest.mark.pty

PROGRAM = """
import sys
from tuimixer.backend.demo import simulated
from tuimixer.backend.demo.backend import DemoBackend
from tuimixer.config.schema import Config, MeterOptions
from tuimixer.mixer.mixer import Mixer
from tuimixer.ui.app import TuiMixerApp, run
from tuimixer.ui.terminal.tty import Tty
simulated.SCRIPT = ((3600.0, (), ()),)  # only meters move; no stream comes or goes
still = "still" in sys.argv
backend = DemoBackend.big() if "big" in sys.argv else DemoBackend(still=still)
config = Config(layout="columns" if "columns" in sys.argv else "auto", meters=MeterOptions(show="on"))
def show():
    return run(TuiMixerApp([Mixer(backend)], config, tty=Tty(config.mouse)), config.mouse)
sys.exit(show())
"""


def start(*words: str, columns: int = 80, lines: int = 24) -> Terminal:
    return Terminal([sys.executable, "-c", PROGRAM, *words], columns=columns, lines=lines)


@pytest.fixture(params=["rows", "columns"])
def terminal(request: pytest.FixtureRequest) -> Iterator[Terminal]:
    with start("still", request.param) as opened:
        opened.wait_for("Firefox")
        opened.wait_for("driven by PulseAudio")
        opened.wait_quiet(1.0)
        yield opened


def picture(terminal: Terminal) -> list[tuple[str, str, str, bool, bool]]:
    """Each cell with its colors and attributes."""
    lines = range(len(terminal.lines()))
    cells = [terminal.cell(x, y) for y in lines for x in range(80)]
    return [(cell.data, cell.fg, cell.bg, cell.bold, cell.reverse) for cell in cells]


def redrawn(terminal: Terminal) -> None:
    """What was written cell by cell equals a full repaint."""
    terminal.wait_quiet(HOLD + 0.5)  # a mark of the highest peak falls after a while
    text, cells, received = terminal.screen(), picture(terminal), terminal.received
    terminal.press("ctrl+l")
    wait_until(lambda: terminal.received > received, "the screen to be painted anew")
    terminal.wait_quiet()
    assert terminal.screen() == text
    assert picture(terminal) == cells


def test_cell_writes_agree_with_a_full_repaint(terminal: Terminal) -> None:
    for keys in (["right"] * 7, ["down"] * 2 + ["m"], ["tab"], ["down", "pagedown", "]", "v"], ["v", "f5"]):
        terminal.press(*keys)
        redrawn(terminal)


def sent_for(terminal: Terminal, key: str, quiet: float) -> int:
    """Bytes sent for a key, until nothing has arrived for `quiet` seconds."""
    before = terminal.received
    terminal.press(key)
    wait_until(lambda: terminal.received > before, f"what {key} brings")
    terminal.wait_quiet(quiet)
    return terminal.received - before


def test_a_step_is_at_most_150_bytes(terminal: Terminal) -> None:
    for _ in range(40):
        terminal.press("n")
        terminal.wait_quiet(0.15)
        if "documentary.mkv" in terminal.lines()[22]:
            break
    sizes = [sent_for(terminal, key, 0.15) for key in ["+", "-"] * 10]
    print(f"bytes a step: {sorted(sizes)}")
    assert min(sizes) > 0
    assert max(sizes) <= 150


def test_words_in_the_search_line_send_no_whole_screen(terminal: Terminal) -> None:
    terminal.press("/")
    terminal.wait_for("part of a name")
    terminal.press(*"fir")
    terminal.wait_for(lambda screen: "Firefox" in screen and "Chat" not in screen)
    sizes = []
    for key in "efox":
        terminal.wait_quiet(0.3)
        blink = terminal.received
        wait_until(lambda blink=blink: terminal.received > blink, "the cursor to blink")  # type: ignore[misc]
        terminal.wait_quiet(0.3)
        sizes.append(sent_for(terminal, key, 0.3))
    print(f"bytes a key: {sizes}")
    # The same row stays, so only the line changes and its cursor blinks.
    assert max(sizes) < 600
    terminal.press("escape")
    terminal.wait_for("mpv")
    redrawn(terminal)


def test_nothing_is_written_when_nothing_happens(terminal: Terminal) -> None:
    terminal.wait_quiet(HOLD + 0.5)
    before = terminal.received
    terminal.wait_quiet(2.0)
    assert terminal.received == before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signals_leave_the_terminal_in_order(number: signal.Signals) -> None:
    with start("still") as terminal:
        modes = terminal.modes()
        terminal.wait_for("Firefox")
        wait_until(lambda: terminal.alternate, "the program to take the terminal")
        terminal.signal(number)
        assert terminal.wait() == 128 + number
        assert not terminal.alternate
        assert terminal.modes() == modes


def test_quit_leaves_the_terminal_in_order() -> None:
    with start("still") as terminal:
        modes = terminal.modes()
        terminal.wait_for("Firefox")
        terminal.press("f10")
        assert terminal.wait() == 0
        assert not terminal.alternate
        assert terminal.modes() == modes


def test_stopped_and_continued(terminal: Terminal) -> None:
    text, cells = terminal.screen(), picture(terminal)
    status = Path(f"/proc/{terminal.process.pid}/stat")

    def stopped() -> bool:
        return status.read_text().rpartition(")")[2].split()[0] == "T" and not terminal.alternate

    for by_key in (False, True):
        if by_key:
            terminal.press("ctrl+z")
        else:
            terminal.signal(signal.SIGTSTP)
        wait_until(stopped, "the program to stop and to leave the terminal")
        assert terminal.modes() == terminal.initial_modes
        terminal.signal(signal.SIGCONT)
        wait_until(lambda: terminal.alternate, "the program to take the terminal again")
        terminal.wait_for("Firefox")
        terminal.wait_quiet()
        assert terminal.screen() == text
        assert picture(terminal) == cells
        redrawn(terminal)


def test_moving_meters_never_garble_the_screen() -> None:
    with start("moving") as terminal:
        terminal.wait_for("Firefox")
        terminal.wait_for(lambda screen: "▄▄" in screen)
        terminal.press(*["down"] * 10, "right", "right", "t")
        terminal.wait_for("Meters off")
        terminal.wait_gone("Meters off")
        redrawn(terminal)


def test_resizes() -> None:
    with start("still") as terminal:
        terminal.wait_for("driven by PulseAudio")
        for columns, lines in ((40, 12), (120, 40), (20, 5), (80, 24)):
            terminal.resize(columns, lines)
            terminal.wait_for("Master")
            redrawn(terminal)


CRASHES = PROGRAM.replace(
    "sys.exit(show",
    """
from tuimixer.ui.mixer.renderer import Renderer
def fall_over(self, *_):
    raise ZeroDivisionError("on purpose")
Renderer.switch_layout = fall_over
try:
    show()
except ZeroDivisionError as error:
    print(f"told: {error}")
    sys.exit(3)
sys.exit(show""",
)


def test_a_fault_leaves_the_terminal_in_order_and_comes_out_of_run() -> None:
    with Terminal([sys.executable, "-c", CRASHES, "still"]) as terminal:
        modes = terminal.modes()
        terminal.wait_for("Firefox")
        terminal.press("v")
        assert terminal.wait() == 3
        assert not terminal.alternate
        assert terminal.modes() == modes
        assert "told: on purpose" in terminal.screen()
        assert "Traceback" not in terminal.screen()
