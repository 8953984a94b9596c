"""Keys that arrive faster than a dialog opens: pasted, or sent by a program."""

import os
import sys
from pathlib import Path

import pytest

from tests.lab.terminal import Terminal

pytestmark = pytest.mark.pty

_TUIMIXER = str(Path(sys.executable).with_name("tuimixer"))


def _master_is_at_58(screen: str) -> bool:
    return any("Master" in line and "58%" in line for line in screen.splitlines())


@pytest.mark.parametrize("action", ["mute", "undo", "redraw"])
def test_nothing_is_left_of_the_palette(tmp_path: Path, action: str) -> None:
    """Textual paints nothing for a moment after a command was chosen."""
    env = os.environ | {"HOME": str(tmp_path), "LC_ALL": "C.UTF-8", "COLORTERM": "truecolor"}
    with Terminal([_TUIMIXER, "--demo", "--no-config"], env=env) as terminal:
        terminal.wait_for("Master")
        terminal.press("ctrl+p")
        terminal.wait_for("🔎")
        terminal.press(*action)
        terminal.wait_for(f"🔎 {action}")
        terminal.press("enter")
        terminal.wait_gone("🔎")
        terminal.press("F10")
        assert terminal.wait() == 0


def test_enter_in_the_palette_waits_for_the_search(tmp_path: Path) -> None:
    """Nothing matches; before the search has ended, the list holds what matched the text before."""
    env = os.environ | {"HOME": str(tmp_path), "LC_ALL": "C.UTF-8", "COLORTERM": "truecolor"}
    with Terminal([_TUIMIXER, "--demo", "--no-config"], env=env) as terminal:
        terminal.wait_for("Master")
        terminal.press("ctrl+p", *"mutx", "enter")
        terminal.wait_for("No matches found")
        terminal.press("ctrl+c")
        assert terminal.wait() == 0


def test_what_is_typed_while_a_dialog_opens_goes_to_the_dialog(tmp_path: Path) -> None:
    env = os.environ | {"HOME": str(tmp_path), "LC_ALL": "C.UTF-8", "COLORTERM": "truecolor"}
    with Terminal([_TUIMIXER, "--demo", "--no-config"], env=env) as terminal:
        terminal.wait_for("Master")
        terminal.send("=58%\r")
        terminal.wait_for(_master_is_at_58)
        terminal.press("F10")
        assert terminal.wait() == 0


def test_what_is_typed_while_a_dialog_closes_goes_to_what_is_below(tmp_path: Path) -> None:
    env = os.environ | {"HOME": str(tmp_path), "LC_ALL": "C.UTF-8", "COLORTERM": "truecolor"}
    with Terminal([_TUIMIXER, "--demo", "--no-config"], env=env) as terminal:
        terminal.wait_for("Master")
        terminal.press("enter")
        terminal.wait_for("Information")
        # An escape before a letter would be Alt and the letter.
        terminal.press("F10", "=", *"58%", "enter", "F1", "escape")
        terminal.wait_for(_master_is_at_58)
        terminal.press("F10")
        assert terminal.wait() == 0


@pytest.mark.parametrize(
    "keys",
    ["/Firefox\rm", "\x1b[17~\r/Firefox\rm", "=50%\r/Firefox\rm", "?\x1b[27u/Firefox\rm"],
    ids=["search", "list", "value", "help"],
)
def test_what_is_typed_after_a_key_that_closes_something_goes_to_what_is_below(
    tmp_path: Path, keys: str
) -> None:
    """All keys arrive in one read; the last one mutes Firefox, which is playing."""
    env = os.environ | {"HOME": str(tmp_path), "LC_ALL": "C.UTF-8", "COLORTERM": "truecolor"}
    with Terminal([_TUIMIXER, "--demo", "--no-config"], env=env) as terminal:
        terminal.wait_for("Master")
        terminal.send(keys)
        terminal.wait_for(lambda screen: "Firefox" in screen and "MUTE" in screen and "Master" not in screen)
        terminal.press("F10")
        assert terminal.wait() == 0
