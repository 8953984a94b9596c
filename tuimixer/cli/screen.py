"""Opens the mixer in the terminal; options override the configuration."""

import gc
import os
import sys
from contextlib import suppress

from tuimixer.cli.configuration import read
from tuimixer.cli.failure import Usage
from tuimixer.cli.grammar import Arguments
from tuimixer.config.paths import config_path, state_path
from tuimixer.config.schema import Config
from tuimixer.model.record import replace
from tuimixer.model.text import shown
from tuimixer.wiring import Machines, Options, import_asyncio, open_blocking, open_machines

TYPE_CHECKING = False  # the engine is started before importing anything that it does not need
if TYPE_CHECKING:
    from tuimixer.config.state import State
    from tuimixer.model.control import Control

_CARDS = "/proc/asound"


def run_screen(arguments: Arguments) -> int:
    """Run the mixer until it exits; returns the exit status.

    Raises:
        Usage: there is no terminal, or the card or device named does not exist.
    """
    _check_terminal()
    if arguments.get("abstraction") == "basic":
        raise Usage("-a basic is not supported, as tuimixer shows the driver's own controls (like -a none)")
    loaded = read(arguments)
    config = _over(loaded.config, arguments)
    device = arguments.get("device")
    options = Options(
        devices=(device,) if device else (),
        # The configuration is for this machine; other machines find their server themselves.
        server=arguments.get("server") if arguments.has("host") else config.server or None,
        demo=arguments.has("demo"),
        hosts=arguments.all("host"),
    )
    if not options.demo and not options.hosts:
        _check_card(arguments.get("card"))
        _check_device(options)
    machines = open_machines(options)
    from tuimixer.config.state import State

    state = config_file = None
    if not arguments.has("no-config"):
        fixed = {name for name in ("layout", "view", "theme") if arguments.has(name)}
        if arguments.has("black-background"):
            fixed.add("theme")
        state = State(state_path("state.json"), config, frozenset(fixed))
        config = state.over(config)
        if not loaded.problems:
            config_file = arguments.get("config") or config_path()
    told: list[str] = []
    if loaded.problems:
        from tuimixer.config.load import notices

        told = notices(loaded)
    return _show(machines, config, told, state, config_file)


def _show(
    machines: Machines, config: Config, notices: list[str], state: "State | None", config_file: str | None
) -> int:
    """Paint the first frame while Textual is being loaded, run the screen, and restore the terminal."""
    import termios

    from tuimixer.ui.terminal.tty import Tty, hold_signals

    tty = Tty(config.mouse, cursor=config.plain)
    hold_signals(True)
    try:
        with suppress(termios.error):  # the terminal is gone, which the running screen will notice as well
            tty.take()
        from tuimixer.ui.first_picture import FirstPicture, new_renderer

        renderer, problems = new_renderer(config)
        renderer.box_name = machines.name
        with FirstPicture(renderer, tty, machines.poll) as first:
            import_asyncio()
            from tuimixer.config.cap import cap_of
            from tuimixer.mixer.mixer import Mixer
            from tuimixer.ui.app import TuiMixerApp, run

        def cap(control: "Control") -> float:
            return cap_of(control, config.max, config.max.screen)

        gc.freeze()
        # Few objects are not frozen, so collecting garbage is quick. With the default thresholds, it would
        # happen so rarely that closed dialogs and former layouts would take up several MB.
        gc.set_threshold(700, 10, 2)
        gc.enable()
        backends = machines.backends(first.shown)
        mixers = [Mixer(backend, cap) for backend in backends[1:]]
        mixers.insert(0, Mixer(backends[0], cap, shown=first.shown))
        app = TuiMixerApp(
            mixers,
            config,
            renderer=renderer,
            tty=tty,
            notices=[*notices, *problems],
            state=state,
            config_file=config_file,
        )
        return run(app, config.mouse)
    finally:
        tty.give_back()
        hold_signals(False)


def _check_terminal() -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Usage("the mixer needs a terminal; for scripts, use the verbs listed by `tuimixer --help`")
    if os.environ.get("TERM", "") in ("", "dumb"):
        raise Usage(
            "the mixer needs a terminal that can move its cursor, but TERM is unset or dumb; verbs still work"
        )


def _check_card(card: str | None) -> None:
    """Check in the kernel's directory whether a card exists, so that libasound need not be loaded here."""
    if card is None:
        return
    try:
        names = os.listdir(_CARDS)
    except OSError:
        names = []
    numbers = {
        name.removeprefix("card") for name in names if name.startswith("card") and name[4:].isdecimal()
    }
    ids = {_first_line(f"{_CARDS}/card{number}/id") for number in numbers}
    if card.removeprefix("hw:") not in numbers | ids:
        there = f"available: {', '.join(sorted(ids))}" if ids else "there are no sound cards"
        raise Usage(f"there is no card {shown(card)}; {there}")


def _first_line(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.readline().strip()
    except OSError:
        return ""


def _check_device(options: Options) -> None:
    """Check whether a requested device exists by opening it, because it cannot be looked up.

    One that does not respond does exist, and the screen shows it once it does respond.
    """
    if not options.devices:
        return
    from tuimixer.backend.base import NoAnswer, Unreachable
    from tuimixer.model.control import Layer

    port = open_blocking(Layer.ALSA, options)
    try:
        port.read()
    except NoAnswer:
        pass
    except Unreachable as error:
        raise Usage(str(error)) from error
    finally:
        port.close()


def _over(config: Config, arguments: Arguments) -> Config:
    """The configuration with the command line's options applied."""
    changes: dict[str, object] = {}
    for name in ("view", "layout", "keymap", "color", "server"):
        if (value := arguments.get(name)) is not None:
            changes[name] = value
    if card := arguments.get("card") or arguments.get("device"):
        changes["card"] = card
    if arguments.has("mouse") or arguments.has("no-mouse"):
        changes["mouse"] = arguments.last("mouse", "no-mouse") == "mouse"
    if arguments.has("no-color"):
        changes["color"] = "never"
    theme = "high-contrast" if arguments.has("black-background") else arguments.get("theme")
    if theme is not None:
        changes |= {"theme": theme, "colors": {}}
    if arguments.has("plain"):
        changes["plain"] = True
    if arguments.has("ascii"):
        changes["ascii"] = "on"
    if arguments.has("no-meters"):
        changes["meters"] = replace(config.meters, show="off")
    return replace(config, **changes)  # type: ignore[arg-type]
