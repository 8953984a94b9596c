"""The table of everything the screen can do: action ids, their keys and descriptions, and the keymaps.

Key bindings, hint line, help screen, palette and the check of the configuration are all built from it.
"""

import re
from collections.abc import Mapping, Sequence

from tuimixer.model.record import dataclass
from tuimixer.model.text import suggest

_LISTED = "`tuimixer config --keys` lists all actions"
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
# A terminal sends the same byte for both keys of a pair.
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
    """Something that can be done on the screen."""

    id: str
    """The action's name in the configuration: `volume.up`."""
    scope: str
    """Where its keys work: `mixer` on the main screen, `list` in dialogs, `path` in the map, `text`
    on text pages. A key has one meaning per scope.
    """
    keys: tuple[str, ...]
    """Its keys in the default keymap, in the layout with rows, by Textual's names."""
    help: str
    """One line for the help screen and the command palette."""
    group: str
    """Its heading on the help screen."""
    show: str = ""
    """Its label in the hint line at the bottom; empty if not shown there."""


def _both(letters: str) -> tuple[str, ...]:
    """Letters in both cases."""
    return tuple(key for letter in letters for key in (letter, letter.upper()))


_MOVE, _VOLUME, _SWITCH, _SIDES = "Selection", "Volume", "Mute and capture", "Left and right"
_DO, _SHOW, _PROGRAM = "Selected control", "What is shown", "Program"
_LIST, _PATH, _READ = "In dialogs", "In the map (F8)", "Text pages"

ACTIONS: tuple[Action, ...] = (
    Action("select.previous", "mixer", ("up", "k", *_both("p")), "Previous control", _MOVE, "select"),
    Action("select.next", "mixer", ("down", "j", *_both("n")), "Next control", _MOVE, "select"),
    Action("select.page_up", "mixer", ("pageup",), "Ten controls up", _MOVE),
    Action("select.page_down", "mixer", ("pagedown",), "Ten controls down", _MOVE),
    Action("select.first", "mixer", ("home", "g"), "First control", _MOVE),
    Action("select.last", "mixer", ("end", "G"), "Last control", _MOVE),
    Action("select.previous_group", "mixer", ("ctrl+up", "shift+up", "ctrl+b"), "Previous group", _MOVE),
    Action("select.next_group", "mixer", ("ctrl+down", "shift+down", "ctrl+f"), "Next group", _MOVE),
    Action("filter", "mixer", ("slash",), "Search: show only matching controls", _MOVE, "search"),
    Action("volume.up", "mixer", ("right", "l", "plus", "raise_volume"), "One step up", _VOLUME, "volume"),
    Action(
        "volume.down", "mixer", ("left", "h", "minus", "lower_volume"), "One step down", _VOLUME, "volume"
    ),
    Action("volume.up_coarse", "mixer", ("shift+right",), "One big step up", _VOLUME),
    Action("volume.down_coarse", "mixer", ("shift+left",), "One big step down", _VOLUME),
    Action("volume.0", "mixer", ("0", "grave_accent"), "Volume 0 %", _VOLUME),
    *(Action(f"volume.{n}0", "mixer", (str(n),), f"Volume {n}0 %", _VOLUME) for n in range(1, 10)),
    Action("volume.100", "mixer", ("percent_sign",), "Volume 100 %", _VOLUME),
    Action("value", "mixer", ("equals_sign",), "Type a value: =45%, =-12dB, +3dB, raw:17", _VOLUME, "type"),
    Action("mute.toggle", "mixer", (*_both("m"), "mute_volume"), "Mute or unmute", _SWITCH, "mute"),
    Action("mute.left", "mixer", ("less_than_sign", "comma"), "Mute or unmute the left channel", _SWITCH),
    Action(
        "mute.right", "mixer", ("greater_than_sign", "full_stop"), "Mute or unmute the right channel", _SWITCH
    ),
    Action("capture.toggle", "mixer", ("space",), "Turn recording on or off", _SWITCH, "capture"),
    Action(
        "capture.left",
        "mixer",
        ("insert", "semicolon"),
        "Turn recording on or off for the left channel",
        _SWITCH,
    ),
    Action(
        "capture.right",
        "mixer",
        ("delete", "apostrophe"),
        "Turn recording on or off for the right channel",
        _SWITCH,
    ),
    Action("left.up", "mixer", (), "Left channel up", _SIDES),
    Action("right.up", "mixer", (), "Right channel up", _SIDES),
    Action("left.down", "mixer", (), "Left channel down", _SIDES),
    Action("right.down", "mixer", (), "Right channel down", _SIDES),
    Action("balance.left", "mixer", ("left_square_bracket",), "Balance to the left", _SIDES),
    Action("balance.right", "mixer", ("right_square_bracket",), "Balance to the right", _SIDES),
    Action("balance.equal", "mixer", _both("b"), "Center the balance", _SIDES),
    Action("channels.lock", "mixer", _both("o"), "Adjust channels one at a time, or all together", _SIDES),
    Action("details", "mixer", ("enter",), "Details and actions", _DO, "details"),
    Action("move", "mixer", ("r",), "Move a stream to another device, or choose a device's port", _DO),
    Action("default", "mixer", ("d",), "Make this the default device", _DO),
    Action("default.next", "mixer", ("D",), "Make the next plugged-in device the default", _DO),
    Action("solo", "mixer", ("S",), "Solo: mute all others, or unmute them again", _DO),
    Action("rename", "mixer", ("R",), "Rename (saved in the configuration)", _DO),
    Action("hide", "mixer", ("X",), "Hide (saved in the configuration)", _DO),
    Action("kill", "mixer", ("ctrl+k",), "Kill the stream (asks first)", _DO),
    Action("undo", "mixer", _both("u"), "Undo the last change made in tuimixer", _DO, "undo"),
    Action("redo", "mixer", ("ctrl+r",), "Redo the change that was undone last", _DO),
    Action("view.playback", "mixer", ("f3",), "Playback controls", _SHOW),
    Action("view.capture", "mixer", ("f4",), "Capture controls", _SHOW),
    Action("view.all", "mixer", ("f5",), "All controls", _SHOW),
    Action("view.next", "mixer", ("tab",), "Next view", _SHOW),
    Action("view.previous", "mixer", ("shift+tab",), "Previous view", _SHOW),
    Action("layout", "mixer", _both("v"), "Switch between columns and rows", _SHOW),
    Action("meters", "mixer", _both("t"), "Turn level meters on or off", _SHOW),
    Action("card", "mixer", ("f6", "s"), "Choose card, server or host", _SHOW),
    Action("cards", "mixer", ("f7",), "Cards and their profiles", _SHOW),
    Action("show", "mixer", ("f",), "Choose what to show: monitors, virtual devices, …", _SHOW),
    Action("path", "mixer", ("f8",), "Map: where the sound goes, or why there is none", _SHOW, "map"),
    Action("system", "mixer", ("f2",), "System information", _SHOW),
    Action("redraw", "mixer", ("ctrl+l",), "Redraw", _SHOW),
    Action("help", "mixer", ("f1", "question_mark"), "Keys", _PROGRAM, "keys"),
    Action("theme", "mixer", (), "Theme: choose colors", _SHOW),
    Action("palette", "mixer", ("ctrl+p",), "Find an action by name", _PROGRAM),
    Action("suspend", "mixer", ("ctrl+z",), "Suspend (resume with fg)", _PROGRAM),
    Action("back", "mixer", ("escape",), "Back one step (search, message, channel); twice to quit", _PROGRAM),
    Action("quit", "mixer", ("q", "f10", "ctrl+c", "ctrl+q"), "Quit", _PROGRAM, "quit"),
    Action("list.up", "list", ("up", "k"), "Previous line", _LIST, "select"),
    Action("list.down", "list", ("down", "j"), "Next line", _LIST, "select"),
    Action("list.page_up", "list", ("pageup",), "Page up", _LIST),
    Action("list.page_down", "list", ("pagedown",), "Page down", _LIST),
    Action("list.first", "list", ("home", "g"), "First line", _LIST),
    Action("list.last", "list", ("end", "G"), "Last line", _LIST),
    Action("list.enter", "list", ("enter", "space"), "Activate the selected line", _LIST, "apply"),
    Action("list.less", "list", ("left", "h", "minus"), "Decrease, or turn off", _LIST, "change"),
    Action("list.more", "list", ("right", "l", "plus"), "Increase, or turn on", _LIST, "change"),
    Action("list.search", "list", ("slash",), "Search the list; typing a letter also starts a search", _LIST),
    *(Action(f"list.{n}", "list", (str(n),), f"Choose line {n}", _LIST) for n in range(1, 10)),
    Action("list.unavailable", "list", ("a",), "Show or hide unavailable items", _LIST, "unavailable"),
    Action("list.yes", "list", _both("y"), "Yes", _LIST, "yes"),
    Action("list.no", "list", _both("n"), "No", _LIST, "no"),
    Action("list.close", "list", ("escape", "f10", "q"), "Close", _LIST, "close"),
    Action("path.left", "path", ("left", "h"), "Left; in the staircase, volume down", _PATH),
    Action("path.right", "path", ("right", "l"), "Right; in the staircase, volume up", _PATH),
    Action("path.up", "path", ("up", "k"), "Up", _PATH),
    Action("path.down", "path", ("down", "j"), "Down", _PATH),
    Action("path.first", "path", ("home", "g"), "Go to the top", _PATH),
    Action("path.last", "path", ("end", "G"), "Go to the bottom", _PATH),
    Action("path.enter", "path", ("enter",), "Staircase of the selected sound", _PATH),
    Action("path.switch", "path", ("tab",), "Playback or recording; in the staircase, the next sound", _PATH),
    Action("path.explain", "path", ("question_mark",), "What is this?", _PATH),
    *(Action(f"path.{n}", "path", (str(n),), f"Fix finding {n}", _PATH) for n in range(1, 10)),
    Action("path.close", "path", ("escape", "f8", "f10", "q"), "Back: to the map, then to the mixer", _PATH),
    Action("text.down", "text", ("down", *_both("jx")), "Down one line", _READ),
    Action("text.up", "text", ("up", *_both("kw")), "Up one line", _READ),
    Action("text.left", "text", ("left", *_both("hp")), "Scroll left", _READ),
    Action("text.right", "text", ("right", *_both("ln")), "Scroll right", _READ),
    Action("text.page_down", "text", ("pagedown", "space"), "Down one page", _READ),
    Action("text.page_up", "text", ("pageup", "backspace", *_both("b")), "Up one page", _READ),
    Action("text.first", "text", ("home", "g"), "Go to the beginning", _READ),
    Action("text.last", "text", ("end", "G"), "Go to the end", _READ),
    Action("text.next", "text", ("tab",), "Next page of system information", _READ),
    Action("text.previous", "text", ("shift+tab",), "Previous page of system information", _READ),
    Action("text.refresh", "text", ("r",), "Refresh the system information", _READ),
    Action("text.close", "text", ("escape", "enter", "f10", "q"), "Close", _READ),
)

_COLUMNS: dict[str, tuple[str, ...]] = {
    "select.previous": ("left", "h", *_both("p")),
    "select.next": ("right", "l", *_both("n")),
    "select.page_up": (),
    "select.page_down": (),
    "select.previous_group": ("ctrl+left", "shift+left", "ctrl+b"),
    "select.next_group": ("ctrl+right", "shift+right", "ctrl+f"),
    "volume.up": ("up", "k", "plus", "raise_volume"),
    "volume.down": ("down", "j", "minus", "lower_volume"),
    "volume.up_coarse": ("pageup", "shift+up"),
    "volume.down_coarse": ("pagedown", "shift+down"),
}
"""The keys that differ in columns: arrows along a fader move it, arrows across it change the selection."""

_ALSAMIXER: dict[str, tuple[str, ...]] = {
    "select.previous": ("left", *_both("p")),
    "select.next": ("right", *_both("n")),
    "select.page_up": (),
    "select.page_down": (),
    "select.last": ("G",),
    "select.previous_group": ("ctrl+left", "shift+left"),
    "select.next_group": ("ctrl+right", "shift+right"),
    "volume.up": ("up", "plus", *_both("kw"), "raise_volume"),
    "volume.down": ("down", "minus", *_both("jx"), "lower_volume"),
    "volume.up_coarse": ("pageup",),
    "volume.down_coarse": ("pagedown",),
    "volume.0": ("end", "0"),
    "volume.100": (),
    "default.next": (),
    "solo": (),
    "rename": (),
    "hide": (),
    "left.up": _both("q"),
    "right.up": _both("e"),
    "left.down": _both("zy"),
    "right.down": _both("c"),
    "move": _both("r"),
    "default": _both("d"),
    "card": ("f6", *_both("s")),
    "show": _both("f"),
    "redraw": (*_both("l"), "ctrl+l"),
    "help": ("f1", *_both("h"), "question_mark"),
    "back": (),
    "quit": ("escape", "f10", "ctrl+c", "ctrl+q"),
}
"""The keys that differ in the alsamixer keymap, which is the same in both layouts."""

BY_ID = {action.id: action for action in ACTIONS}


def default_keys(keymap: str, columns: bool = False) -> dict[str, tuple[str, ...]]:
    """The keys of each action in one of `KEYMAPS`, in rows or in columns."""
    own = _ALSAMIXER if keymap == "alsamixer" else _COLUMNS if columns else {}
    return {action.id: own.get(action.id, action.keys) for action in ACTIONS}


def parse_key(text: str) -> str:
    """Textual's name for a key as the user wrote it: `+`, `Ctrl+R`, `PgUp`, `ctrl-r`, `F5`, `less_than_sign`.

    Raises:
        ValueError: there is no such key; the message says why.
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
            raise ValueError(f"unknown modifier {modifier!r} in {text!r}; use ctrl, alt or shift")
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
        f"unknown key {text!r}; use a character, ctrl+LETTER, or a name such as pageup, f5 or space"
    )


def key_label(key: str) -> str:
    """A key as displayed: `Ctrl+R`, `PgUp`, `<`."""
    *modifiers, name = key.split("+")
    shown = _SYMBOLS.get(name) or _LABELS.get(name)
    if shown is None:
        shown = (
            name.upper() if modifiers and len(name) == 1 else name if len(name) == 1 else name.capitalize()
        )
    return "+".join([modifier.capitalize() for modifier in modifiers] + [shown])


def compile_keymap(
    keymap: str, overrides: Mapping[str, Sequence[str]], columns: bool = False
) -> tuple[dict[str, tuple[str, ...]], list[tuple[str, str]]]:
    """The keys of every action in a layout, and the errors in the overrides (action id, message).

    An override takes a key away from the action that has it by default. An empty list unbinds an action.
    Invalid overrides are ignored.
    """
    problems: list[tuple[str, str]] = []
    table = default_keys(keymap, columns)
    taken: dict[tuple[str, str], str] = {}
    for action_id, wanted in overrides.items():
        action = BY_ID.get(action_id)
        if action is None:
            problems.append((action_id, f"no such action; {suggest(action_id, BY_ID, _LISTED)}"))
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
                problems.append((action_id, f"{key_label(key)!r} is also bound to {holder}"))
            elif key not in good:
                good.append(key)
        table[action_id] = tuple(good)
    for action_id, keys in table.items():
        if action_id not in overrides:
            scope = BY_ID[action_id].scope
            table[action_id] = tuple(key for key in keys if (scope, key) not in taken)
    if not table["quit"]:
        problems.append(("quit", "at least one key must remain bound to this action"))
        table["quit"] = BY_ID["quit"].keys
    return table, problems


def taken_over(keymap: str, overrides: Mapping[str, Sequence[str]]) -> list[str]:
    """One message for each key that an override takes away from another action."""
    sentences: dict[str, None] = {}
    for columns in (False, True):
        before, (after, _) = default_keys(keymap, columns), compile_keymap(keymap, overrides, columns)
        holders = {
            (BY_ID[action_id].scope, key): action_id for action_id, keys in after.items() for key in keys
        }
        for action_id, keys in before.items():
            for key in keys if action_id not in overrides else ():
                if key not in after[action_id]:
                    holder = holders[BY_ID[action_id].scope, key]
                    sentences[f"{key_label(key)} was bound to {action_id}; it is now bound to {holder}"] = (
                        None
                    )
    return list(sentences)
