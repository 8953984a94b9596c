"""The one table of what the screen can do: action ids, their keys and words, and the keymaps made of it.

Key bindings, the hint line, the help screen, the palette and the check of a configuration are made from it.
"""

import re
from collections.abc import Mapping, Sequence

from tuimixer.model.record import dataclass

_SPELLED = {
    "!": "exclamation_mark",
    '"': "quotation_mark",
    "#": "number_sign",
    "$": "dollar_sign",
    "%": "percent_sign",
    "&": "ampersand",
    "'": "apostrophe",
    "(": "left_parenthesis",
    ")": "right_parenthesis",
    "*": "asterisk",
    "+": "plus",
    ",": "comma",
    "-": "minus",
    ".": "full_stop",
    "/": "slash",
    ":": "colon",
    ";": "semicolon",
    "<": "less_than_sign",
    "=": "equals_sign",
    ">": "greater_than_sign",
    "?": "question_mark",
    "@": "at",
    "[": "left_square_bracket",
    "\\": "backslash",
    "]": "right_square_bracket",
    "^": "circumflex_accent",
    "_": "underscore",
    "`": "grave_accent",
    "{": "left_curly_bracket",
    "|": "vertical_line",
    "}": "right_curly_bracket",
    "~": "tilde",
    " ": "space",
}
_SYMBOLS = {name: symbol for symbol, name in _SPELLED.items() if symbol != " "}
_NAMES = """
up down left right home end pageup pagedown insert delete tab enter escape space backspace
raise_volume lower_volume mute_volume
media_play media_pause media_play_pause media_stop media_track_next media_track_previous
"""
_NAMED = frozenset(_NAMES.split()) | {f"f{number}" for number in range(1, 25)}
_SYNONYMS = {
    "esc": "escape",
    "return": "enter",
    "del": "delete",
    "ins": "insert",
    "page_up": "pageup",
    "pgup": "pageup",
    "page_down": "pagedown",
    "pgdn": "pagedown",
    "volume_up": "raise_volume",
    "volume_down": "lower_volume",
}
# A terminal sends the same byte for both.
_SAME_BYTE = {
    "ctrl+i": "tab",
    "ctrl+m": "enter",
    "ctrl+left_square_bracket": "escape",
    "ctrl+space": "ctrl+at",
}
_MODIFIERS = ("ctrl", "alt", "shift")
_LABELS = {
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "escape": "Esc",
    "insert": "Ins",
    "delete": "Del",
    "raise_volume": "Volume+",
    "lower_volume": "Volume-",
    "mute_volume": "Volume mute",
}


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a person can do on the screen."""

    id: str
    """What a configuration calls it: `volume.up`."""
    scope: str
    """`mixer` for the main screen, `text` for a page to read. A key has one meaning in a scope."""
    keys: tuple[str, ...]
    """alsamixer's keys, as Textual names them; empty where alsamixer has none."""
    help: str
    """One line for the help screen and the command palette."""
    group: str
    """Heading that it stands under in the help screen."""
    show: str = ""
    """Word for the hint line at the bottom; empty: not shown there."""


def _both(letters: str) -> tuple[str, ...]:
    """Letters in both cases, because alsamixer does not tell them apart."""
    return tuple(key for letter in letters for key in (letter, letter.upper()))


_MOVE, _VOLUME, _SWITCH, _SIDES = "Choosing", "Volume", "Mute and capture", "Left and right"
_DO, _SHOW, _PROGRAM, _READ = "The chosen control", "What is shown", "Program", "Reading a page"

ACTIONS: tuple[Action, ...] = (
    Action("select.previous", "mixer", ("left", *_both("p")), "Choose the control before", _MOVE, "choose"),
    Action("select.next", "mixer", ("right", *_both("n")), "Choose the control after", _MOVE, "choose"),
    Action("select.first", "mixer", ("home", "g"), "Choose the first control", _MOVE),
    Action("select.last", "mixer", ("G",), "Choose the last control", _MOVE),
    Action("select.previous_group", "mixer", ("ctrl+left", "shift+left"), "Go to the group before", _MOVE),
    Action("select.next_group", "mixer", ("ctrl+right", "shift+right"), "Go to the group after", _MOVE),
    Action("filter", "mixer", ("slash",), "Show only controls whose name contains…", _MOVE, "find"),
    Action(
        "volume.up",
        "mixer",
        ("up", "plus", *_both("kw"), "raise_volume"),
        "Louder by a step",
        _VOLUME,
        "volume",
    ),
    Action(
        "volume.down",
        "mixer",
        ("down", "minus", *_both("jx"), "lower_volume"),
        "Quieter by a step",
        _VOLUME,
        "volume",
    ),
    Action("volume.up_coarse", "mixer", ("pageup",), "Louder by a big step", _VOLUME),
    Action("volume.down_coarse", "mixer", ("pagedown",), "Quieter by a big step", _VOLUME),
    Action("volume.0", "mixer", ("end", "0"), "Volume 0 %", _VOLUME),
    *(Action(f"volume.{n}0", "mixer", (str(n),), f"Volume {n}0 %", _VOLUME) for n in range(1, 10)),
    Action("volume.100", "mixer", (), "Volume 100 %", _VOLUME),
    Action("value", "mixer", ("equals_sign",), "Type a value: =45%, =-12dB, +3dB, raw:17", _VOLUME, "type"),
    Action("mute.toggle", "mixer", (*_both("m"), "mute_volume"), "Mute or unmute", _SWITCH, "mute"),
    Action("mute.left", "mixer", ("less_than_sign", "comma"), "Mute or unmute the left side", _SWITCH),
    Action(
        "mute.right", "mixer", ("greater_than_sign", "full_stop"), "Mute or unmute the right side", _SWITCH
    ),
    Action("capture.toggle", "mixer", ("space",), "Switch recording on or off", _SWITCH, "capture"),
    Action("capture.left", "mixer", ("insert", "semicolon"), "Switch recording of the left side", _SWITCH),
    Action("capture.right", "mixer", ("delete", "apostrophe"), "Switch recording of the right side", _SWITCH),
    Action("left.up", "mixer", _both("q"), "Left side louder", _SIDES),
    Action("right.up", "mixer", _both("e"), "Right side louder", _SIDES),
    Action("left.down", "mixer", _both("zy"), "Left side quieter", _SIDES),
    Action("right.down", "mixer", _both("c"), "Right side quieter", _SIDES),
    Action("balance.left", "mixer", ("left_square_bracket",), "Balance to the left", _SIDES),
    Action("balance.right", "mixer", ("right_square_bracket",), "Balance to the right", _SIDES),
    Action("balance.equal", "mixer", _both("b"), "Both sides equally loud", _SIDES),
    Action("channels.lock", "mixer", _both("o"), "Move channels one by one, or all together again", _SIDES),
    Action(
        "details", "mixer", ("enter",), "Everything about it and all that can be done with it", _DO, "more"
    ),
    Action("move", "mixer", _both("r"), "Move a stream to another device, or choose a device's port", _DO),
    Action("default", "mixer", _both("d"), "Make it the default device", _DO),
    Action("kill", "mixer", ("ctrl+k",), "End a stream, after a question", _DO),
    Action("undo", "mixer", _both("u"), "Undo the last change made here", _DO, "undo"),
    Action("redo", "mixer", ("ctrl+r",), "Redo what was undone", _DO),
    Action("view.playback", "mixer", ("f3",), "Playback controls", _SHOW),
    Action("view.capture", "mixer", ("f4",), "Capture controls", _SHOW),
    Action("view.all", "mixer", ("f5",), "All controls", _SHOW),
    Action("view.next", "mixer", ("tab",), "Next view", _SHOW),
    Action("view.previous", "mixer", ("shift+tab",), "View before", _SHOW),
    Action("layout", "mixer", _both("v"), "Columns or rows", _SHOW),
    Action("meters", "mixer", _both("t"), "Level meters on or off", _SHOW),
    Action("card", "mixer", ("f6", *_both("s")), "Choose card, server or host", _SHOW),
    Action("cards", "mixer", ("f7",), "Cards and their profiles", _SHOW),
    Action("show", "mixer", _both("f"), "Choose what is shown: monitors, virtual devices, …", _SHOW),
    Action("path", "mixer", ("f8",), "Signal path, and why there is no sound", _SHOW, "path"),
    Action("system", "mixer", ("f2",), "System information", _SHOW),
    Action("redraw", "mixer", (*_both("l"), "ctrl+l"), "Draw the screen anew", _SHOW),
    Action("help", "mixer", ("f1", *_both("h"), "question_mark"), "Keys", _PROGRAM, "keys"),
    Action("palette", "mixer", ("ctrl+p",), "All actions by name", _PROGRAM),
    Action("suspend", "mixer", ("ctrl+z",), "Stop until the shell continues it", _PROGRAM),
    Action("quit", "mixer", ("escape", "f10", "ctrl+c", "ctrl+q"), "Quit", _PROGRAM, "quit"),
    Action("text.down", "text", ("down", *_both("jx")), "A line down", _READ),
    Action("text.up", "text", ("up", *_both("kw")), "A line up", _READ),
    Action("text.left", "text", ("left", *_both("hp")), "To the left", _READ),
    Action("text.right", "text", ("right", *_both("ln")), "To the right", _READ),
    Action("text.page_down", "text", ("pagedown", "space"), "A page down", _READ),
    Action("text.page_up", "text", ("pageup", "backspace", *_both("b")), "A page up", _READ),
    Action("text.first", "text", ("home",), "To the beginning", _READ),
    Action("text.last", "text", ("end",), "To the end", _READ),
    Action("text.close", "text", ("escape", "enter", "f10", "q"), "Close", _READ),
)

_VIM: dict[str, tuple[str, ...]] = {
    "select.previous": ("up", "k"),
    "select.next": ("down", "j"),
    "select.first": ("home", "g"),
    "select.last": ("end", "G"),
    "select.previous_group": ("ctrl+left", "ctrl+up", "ctrl+b"),
    "select.next_group": ("ctrl+right", "ctrl+down", "ctrl+f"),
    "volume.up": ("right", "l", "plus", "raise_volume"),
    "volume.down": ("left", "h", "minus", "lower_volume"),
    "volume.up_coarse": ("L", "shift+right", "pageup"),
    "volume.down_coarse": ("H", "shift+left", "pagedown"),
    "volume.0": ("grave_accent",),
    "volume.100": ("0",),
    "mute.toggle": ("m", "mute_volume"),
    "capture.toggle": ("c",),
    "left.up": (),
    "right.up": (),
    "left.down": (),
    "right.down": (),
    "balance.equal": ("b",),
    "channels.lock": ("space",),
    "card": ("f6", "s"),
    "redraw": ("ctrl+l",),
    "help": ("f1", "question_mark"),
    "quit": ("q", "escape", "f10", "ctrl+c", "ctrl+q"),
}
"""What differs from alsamixer's: h and l change the volume, j and k choose, as in pulsemixer and wiremix."""

BY_ID = {action.id: action for action in ACTIONS}


def default_keys(keymap: str) -> dict[str, tuple[str, ...]]:
    """The keys of each action in a keymap of `KEYMAPS`."""
    own = _VIM if keymap == "vim" else {}
    return {action.id: own.get(action.id, action.keys) for action in ACTIONS}


def parse_key(text: str) -> str:
    """Textual's name of a key that a person wrote: `+`, `Ctrl+R`, `PgUp`, `ctrl-r`, `F5`, `less_than_sign`.

    Raises:
        ValueError: there is no such key; the text says why.
    """
    if len(text) == 1:
        return _key_name(text, text)
    spelled = re.sub(r"(?i)\b(ctrl|alt|shift)-(?=.)", r"\1+", text)
    *modifiers, key = spelled[:-1].split("+") if spelled.endswith("++") else spelled.split("+")
    if spelled.endswith("++"):
        key = "+"
    modifiers = [modifier.strip().lower() for modifier in modifiers]
    for modifier in modifiers:
        if modifier not in _MODIFIERS:
            raise ValueError(f"unknown modifier {modifier!r} in {text!r}; there are {', '.join(_MODIFIERS)}")
    name = _key_name(key.strip(), text)
    if "shift" in modifiers and len(name) == 1:
        name = name.upper()
        modifiers.remove("shift")
    if len(name) == 1 and "ctrl" in modifiers:
        name = name.lower()
    full = "+".join([modifier for modifier in _MODIFIERS if modifier in modifiers] + [name])
    return _SAME_BYTE.get(full, full)


def _key_name(key: str, text: str) -> str:
    if key in _SPELLED:
        return _SPELLED[key]
    if len(key) == 1 and key.isalnum():
        return key
    name = key.lower()
    name = _SYNONYMS.get(name, name)
    if name in _NAMED or name in _SYMBOLS:
        return name
    raise ValueError(
        f"unknown key {text!r}; write a character, ctrl+LETTER, or a name such as pageup, f5, space"
    )


def key_label(key: str) -> str:
    """How a key is shown to a person: `Ctrl+R`, `PgUp`, `<`."""
    *modifiers, name = key.split("+")
    shown = _SYMBOLS.get(name) or _LABELS.get(name)
    if shown is None:
        shown = (
            name.upper() if modifiers and len(name) == 1 else name if len(name) == 1 else name.capitalize()
        )
    return "+".join([modifier.capitalize() for modifier in modifiers] + [shown])


def compile_keymap(
    keymap: str, overrides: Mapping[str, Sequence[str]]
) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """The keys of every action, and what is wrong with the overrides, in words.

    A key that an override asks for is taken away from the action that has it by default. An empty list
    unbinds. What is wrong is left out of the keys.
    """
    table, problems = check_keymap(keymap, overrides)
    return table, [f"keys.{action_id}: {sentence}" for action_id, sentence in problems]


def check_keymap(
    keymap: str, overrides: Mapping[str, Sequence[str]]
) -> tuple[dict[str, tuple[str, ...]], list[tuple[str, str]]]:
    """As `compile_keymap`, with each problem as the action's id and a sentence about it."""
    problems: list[tuple[str, str]] = []
    table = default_keys(keymap)
    taken: dict[tuple[str, str], str] = {}
    for action_id, wanted in overrides.items():
        action = BY_ID.get(action_id)
        if action is None:
            problems.append((action_id, f"there is no such action{_nearest(action_id)}"))
            continue
        good: list[str] = []
        for text in wanted:
            try:
                key = parse_key(text)
            except ValueError as error:
                problems.append((action_id, str(error)))
                continue
            holder = taken.setdefault((action.scope, key), action_id)
            if holder != action_id:
                problems.append((action_id, f"{key_label(key)!r} is given to {holder} too"))
            elif key not in good:
                good.append(key)
        table[action_id] = tuple(good)
    for action_id, keys in table.items():
        if action_id not in overrides:
            scope = BY_ID[action_id].scope
            table[action_id] = tuple(key for key in keys if (scope, key) not in taken)
    if not table["quit"]:
        problems.append(("quit", "no key is left to quit with"))
        table["quit"] = BY_ID["quit"].keys
    return table, problems


def taken_over(keymap: str, overrides: Mapping[str, Sequence[str]]) -> list[str]:
    """One sentence for each key that an override takes away from another action."""
    before, (after, _) = default_keys(keymap), compile_keymap(keymap, overrides)
    holders = {(BY_ID[action_id].scope, key): action_id for action_id, keys in after.items() for key in keys}
    return [
        f"{key_label(key)} was {action_id}'s; it is {holders[BY_ID[action_id].scope, key]}'s now"
        for action_id, keys in before.items()
        if action_id not in overrides
        for key in keys
        if key not in after[action_id]
    ]


def _nearest(action_id: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(action_id, BY_ID, n=1)
    return f"; did you mean {close[0]!r}?" if close else "; `tuimixer config --keys` lists them"
