"""The table of actions, the keymaps, and the messages about invalid overrides."""

import pytest

from tuimixer.config.actions import (
    ACTIONS,
    BY_ID,
    compile_keymap,
    default_keys,
    key_label,
    parse_key,
    taken_over,
)
from tuimixer.config.schema import KEYMAPS

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("columns", [False, True])
@pytest.mark.parametrize("keymap", KEYMAPS)
def test_a_key_has_one_meaning_in_a_scope(keymap: str, columns: bool) -> None:
    seen: dict[tuple[str, str], str] = {}
    for action_id, keys in default_keys(keymap, columns).items():
        for key in keys:
            assert seen.setdefault((BY_ID[action_id].scope, key), action_id) == action_id, key


@pytest.mark.parametrize("keymap", KEYMAPS)
def test_every_default_key_is_one_that_a_person_may_write(keymap: str) -> None:
    for columns in (False, True):
        for keys in default_keys(keymap, columns).values():
            assert [parse_key(key) for key in keys] == list(keys)


def test_ids_are_unique_and_explained() -> None:
    assert len(BY_ID) == len(ACTIONS)
    assert all(action.help and action.group for action in ACTIONS)


@pytest.mark.parametrize(
    ("action_id", "keys"),
    [
        ("volume.up", "up plus k K w W"),
        ("volume.down", "down minus j J x X"),
        ("volume.0", "end 0"),
        ("volume.90", "9"),
        ("left.up", "q Q"),
        ("right.up", "e E"),
        ("left.down", "z Z y Y"),
        ("right.down", "c C"),
        ("mute.left", "less_than_sign comma"),
        ("mute.right", "greater_than_sign full_stop"),
        ("capture.left", "insert semicolon"),
        ("capture.right", "delete apostrophe"),
        ("balance.equal", "b B"),
        ("help", "f1 h H question_mark"),
        ("card", "f6 s S"),
        ("redraw", "l L ctrl+l"),
        ("quit", "escape f10"),
        ("select.previous", "left p P"),
        ("select.next", "right n N"),
        ("view.next", "tab"),
    ],
)
def test_alsamixers_keys(action_id: str, keys: str) -> None:
    for columns in (False, True):
        assert set(keys.split()) <= set(default_keys("alsamixer", columns)[action_id])


@pytest.mark.parametrize("keymap", ["default", "vim"])
def test_arrows_act_in_the_direction_that_they_point(keymap: str) -> None:
    for columns, along, across in ((False, "left right", "up down"), (True, "down up", "left right")):
        keys = default_keys(keymap, columns)
        letters = {"left": "h", "down": "j", "up": "k", "right": "l"}
        for actions, arrows in (("volume.down volume.up", along), ("select.previous select.next", across)):
            for action, arrow in zip(actions.split(), arrows.split(), strict=True):
                assert {arrow, letters[arrow]} <= set(keys[action])


QUIETER, SAME, LOUDER = -1, 0, 1
ARROWS = frozenset([*"hjkl", "up", "down", "left", "right", "pageup", "pagedown"])
"""They point somewhere, and act in that direction."""
ELSEWHERE: dict[str, dict[str, int]] = {
    "alsamixer": {
        **dict.fromkeys([*"hlpnmb", "f1", "f2", "f6", "f10", "tab", "escape", "space", "slash"], SAME),
        **dict.fromkeys([*"jxzyc0", "minus", "end"], QUIETER),
        **dict.fromkeys([*"kwqe", "plus"], LOUDER),
    },
    "pulsemixer": {
        **dict.fromkeys([*"gGmq", "home", "end", "space", "enter", "f1", "f2", "f3", "tab", "escape"], SAME),
        **dict.fromkeys(["H", "shift+left"], QUIETER),
        **dict.fromkeys(["L", "shift+right", "0"], LOUDER),
    },
    "wiremix": {
        **dict.fromkeys([*"qmdcLH", "enter", "escape", "tab", "shift+tab", "question_mark"], SAME),
        "grave_accent": QUIETER,
        "0": LOUDER,
    },
}
"""What the keys of other mixers do there; digits, which set the same everywhere except for 0, are
left out.
"""


@pytest.mark.parametrize("columns", [False, True])
def test_no_key_is_louder_here_than_elsewhere(columns: bool) -> None:
    keys = default_keys("default", columns)
    actions = ("volume.up", "volume.up_coarse", "volume.100", "left.up", "right.up")
    louder = {key for action in actions for key in keys[action]} - ARROWS
    for program, theirs in ELSEWHERE.items():
        assert not {key for key in louder if theirs.get(key, LOUDER) < LOUDER}, program
    assert not any(set(keys["volume.100"]) & set(theirs) for theirs in ELSEWHERE.values())


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("+", "plus"),
        ("Ctrl+R", "ctrl+r"),
        ("ctrl-r", "ctrl+r"),
        ("PgUp", "pageup"),
        ("F5", "f5"),
        ("<", "less_than_sign"),
        ("shift+a", "A"),
        ("shift+left", "shift+left"),
        ("ctrl++", "ctrl+plus"),
        ("ctrl+i", "tab"),
        ("ctrl+m", "enter"),
        (" ", "space"),
        ("Esc", "escape"),
        ("ö", "ö"),
        ("raise_volume", "raise_volume"),
    ],
)
def test_keys_are_read_as_people_write_them(text: str, key: str) -> None:
    assert parse_key(text) == key


@pytest.mark.parametrize("text", ["super+x", "banana", "", "ctrl+", "f99", "a+b", "\x1b"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="unknown"):
        parse_key(text)


def test_an_override_takes_a_key_from_a_default() -> None:
    keys, problems = compile_keymap("alsamixer", {"undo": ["m"]})
    assert problems == []
    assert keys["undo"] == ("m",)
    assert keys["mute.toggle"] == ("M", "mute_volume")
    assert taken_over("alsamixer", {"undo": ["m"]}) == ["m was bound to mute.toggle; it is now bound to undo"]


def test_two_actions_may_swap_keys() -> None:
    keys, problems = compile_keymap("alsamixer", {"undo": ["m"], "mute.toggle": ["u"]})
    assert problems == []
    assert (keys["undo"], keys["mute.toggle"]) == (("m",), ("u",))


def test_an_empty_list_unbinds() -> None:
    keys, problems = compile_keymap("vim", {"kill": []})
    assert problems == []
    assert keys["kill"] == ()


@pytest.mark.parametrize(
    ("keymap", "overrides", "sentence"),
    [
        (
            "alsamixer",
            {"mute.togle": ["x"]},
            ("mute.togle", "no such action; did you mean mute.toggle?"),
        ),
        (
            "alsamixer",
            {"undo": ["super+x"]},
            ("undo", "unknown modifier 'super' in 'super+x'; use ctrl, alt or shift"),
        ),
        ("alsamixer", {"undo": ["f5"], "redo": ["F5"]}, ("redo", "'F5' is also bound to undo")),
        ("alsamixer", {"quit": []}, ("quit", "at least one key must remain bound to this action")),
    ],
)
def test_what_is_wrong_is_said(
    keymap: str, overrides: dict[str, list[str]], sentence: tuple[str, str]
) -> None:
    keys, problems = compile_keymap(keymap, overrides)
    assert problems == [sentence]
    assert keys["quit"]


def test_labels() -> None:
    assert [
        key_label(key) for key in ("ctrl+r", "less_than_sign", "f5", "m", "M", "pageup", "shift+left")
    ] == [
        "Ctrl+R",
        "<",
        "F5",
        "m",
        "M",
        "PgUp",
        "Shift+←",
    ]
