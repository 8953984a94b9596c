"""A program that stays at its first frame until it is released."""

from collections.abc import Mapping
from pathlib import Path

from tests.pty.person import PROGRAM, Person

# Textual is not found until a file exists; meanwhile one module after another is searched for, as while it
# is being loaded.
HELD = """
import importlib.util, os, sys, time
class Gate:
    def find_spec(self, name, *_):
        while name == "textual" and not os.path.exists({gate!r}):
            importlib.util.find_spec("no_module_of_this_name")
            time.sleep(0.01)
        if name == "textual" and {broken}:
            raise ImportError("made for the test")
sys.meta_path.insert(0, Gate())
from tuimixer.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


class Starting(Person):
    """A user of a program that stays at its first frame until it is released."""

    def __init__(
        self,
        folder: Path,
        env: Mapping[str, str],
        *words: str,
        term: str = "xterm-256color",
        broken: bool = False,
    ) -> None:
        self._gate = folder / "textual-may-be-loaded"
        script = HELD.format(gate=str(self._gate), broken=broken)
        super().__init__(env, *words, program=[PROGRAM[0], "-c", script], term=term)

    def lets_it_go_on(self) -> None:
        """Let Textual be loaded."""
        self._gate.touch()

    def leaves(self) -> None:
        """Quit, with the terminal as it was before."""
        self.press("F10")
        assert self.terminal.wait() == 0
        self.waits_for(self.in_order, "the terminal to be in order")
