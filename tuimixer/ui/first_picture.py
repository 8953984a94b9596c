"""The first frame, painted while Textual is being loaded; Textual then takes over the screen unchanged."""

import os
import sys
import time
from collections.abc import Callable

from tuimixer.config.actions import compile_keymap
from tuimixer.config.schema import Config
from tuimixer.mixer.views import View
from tuimixer.model.snapshot import Phase, Snapshot
from tuimixer.ui.mixer.choices import layout_of
from tuimixer.ui.mixer.renderer import Renderer
from tuimixer.ui.terminal.capabilities import Terminal, encoding_of, first_environment, look_at
from tuimixer.ui.terminal.direct_writer import encode
from tuimixer.ui.terminal.tty import RESET, Tty

_PATIENCE = 0.1
"""Seconds that the first frame waits at most for both ALSA and the sound server to respond."""
_ALONE = 0.5
"""Maximum head start of the engine before importing goes on, in seconds, on a machine with one core."""


def new_renderer(
    config: Config,
    terminal: Terminal | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[Renderer, list[str]]:
    """The main screen as configured, and messages about what is wrong with the configured keys."""
    if terminal is None:
        encoding = encoding_of(first_environment(), sys.stdout.encoding or "ascii")
        terminal = look_at(os.environ, config, encoding)
    in_rows, problems = compile_keymap(config.keymap, config.keys)
    keys = in_rows, compile_keymap(config.keymap, config.keys, columns=True)[0]
    view = View(config.view)
    renderer = Renderer(terminal, keys, view, config.filter, layout_of(config), config.card, clock)
    return renderer, [f"keys.{action}: {sentence}" for action, sentence in problems]


class FirstPicture:
    """Paints what an engine sends while modules are imported, by polling the engine before each import.

    It is a finder in `sys.meta_path` that finds no modules, but is called whenever one is searched for.
    """

    def __init__(self, renderer: Renderer, tty: Tty, poll: Callable[[float], Snapshot | None]) -> None:
        """Args: `poll` waits at most this many seconds for a newer snapshot; None if none comes."""
        self._renderer, self._tty, self._poll = renderer, tty, poll
        self.shown: Snapshot | None = None
        """The snapshot that is on the screen."""
        self._unseen: Snapshot | None = None
        self._since = 0.0
        self._looking = False

    def find_spec(self, *_: object) -> None:
        """Called by the import system; does nothing for imports that such a call itself makes."""
        if not self._looking:
            self._looking = True
            self._look()
            self._looking = False

    def __enter__(self) -> "FirstPicture":
        if len(os.sched_getaffinity(0)) == 1:
            # Importing would take processor time that the engine needs before it can send anything.
            self._look(_ALONE)
        sys.meta_path.insert(0, self)
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        sys.meta_path.remove(self)
        if kind is None:
            self._look()
            self._paint()

    def _look(self, seconds: float = 0.0) -> None:
        newest = self._poll(seconds)
        if newest is not None:
            self._since = self._since or time.monotonic()
            self._unseen = newest
        if self._unseen is not None and (
            all(status.phase is not Phase.CONNECTING for status in self._unseen.statuses)
            or time.monotonic() - self._since >= _PATIENCE
        ):
            self._paint()

    def _paint(self) -> None:
        snapshot, self._unseen = self._unseen, None
        if snapshot is None or not self._tty.taken:
            return
        renderer = self._renderer
        renderer.resize(self._tty.size, self._tty.size)
        renderer.show(snapshot)
        renderer.report_server()
        self.shown = snapshot
        self._tty.paint(encode(renderer.grid.changes(), renderer.terminal.palette)[0] + RESET)
