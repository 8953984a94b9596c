"""Opens dialogs from the main screen; each is imported when it is first needed."""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from tuimixer.model.control import Control, Kind

if TYPE_CHECKING:
    from textual.screen import Screen

    from tuimixer.ui.mixer.screen import MixerScreen

Make = Callable[["MixerScreen"], tuple[object, ...]]


def _nothing(main: "MixerScreen") -> tuple[object, ...]:
    return ()


def _mixer(main: "MixerScreen") -> tuple[object, ...]:
    return (main.mixer,)


def _chosen(main: "MixerScreen") -> tuple[object, ...]:
    return (main.mixer, main.renderer.cursor)


def _renamed(main: "MixerScreen") -> tuple[object, ...]:
    return (main.renderer.control, main.renderer.row)


def _with_driven(main: "MixerScreen") -> tuple[object, ...]:
    return (main.mixer, main.renderer.cursor, main.renderer.driven)


def _with_system(main: "MixerScreen") -> tuple[object, ...]:
    return (main.mixer, main.renderer.cursor, main.system)


def _cards(main: "MixerScreen") -> tuple[object, ...]:
    return (main.mixers, main.mixer, main.renderer.filters.card)


def _filters(main: "MixerScreen") -> tuple[object, ...]:
    return (main.mixer, main.renderer.filters)


def nothing_to_choose(control: Control) -> str:
    """Why a control can neither be moved nor given another port; empty if one of these is possible."""
    if control.device is not None:
        return f"{control.name} has no other port to switch to." if len(control.device.ports) < 2 else ""
    if control.kind in (Kind.SINK_INPUT, Kind.SOURCE_OUTPUT):
        return ""
    return f"{control.name} cannot be moved, because it is neither a stream nor a device with ports."


DIALOGS: dict[str, tuple[str, str, Make]] = {
    "help": ("screens.help", "HelpScreen", _nothing),
    "system": ("screens.system", "SystemScreen", _mixer),
    "theme": ("screens.choose_theme", "ThemeScreen", _mixer),
    "card": ("screens.choose_card", "CardScreen", _cards),
    "show": ("screens.show", "ShowScreen", _filters),
    "cards": ("screens.profiles", "ProfilesScreen", _chosen),
    "path": ("path.screen", "PathScreen", _with_system),
    "details": ("screens.details", "DetailsScreen", _with_driven),
    "move": ("screens.details", "MoveScreen", _chosen),
    "kill": ("screens.confirm", "KillScreen", _chosen),
    "value": ("screens.prompt", "ValueScreen", _chosen),
    "rename": ("screens.prompt", "RenameScreen", _renamed),
}
"""Action → module in `tuimixer.ui`, class, and a function that returns the class's arguments."""
_NEEDS_CONTROL = frozenset({"details", "move", "kill", "value", "rename"})


def open_dialog(main: "MixerScreen", action: str) -> None:
    """Open the dialog of an action, or show why it does not apply to the selected control."""
    control = main.renderer.control
    if action in _NEEDS_CONTROL and control is None:
        return
    if action == "kill" and control is not None and control.stream is None:
        main.say(f"{control.name} cannot be killed, because it is not a stream.", True)
        return
    if action == "move" and control is not None and (nothing := nothing_to_choose(control)):
        main.say(nothing, True)
        return
    module, name, make = DIALOGS[action]
    screen: Screen[Any] = getattr(import_module(f"tuimixer.ui.{module}"), name)(*make(main))
    main.app.push_screen(screen)
