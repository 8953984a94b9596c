"""The table of actions, the keymaps, and what is said about wrong overrides."""

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


@pytest.mark.parametrize("keymap", KEYMAPS)
def test_a_key_has_one_meaning_in_a_scope(keymap: str) -> None:
    seen: dict[tuple[str, str], str] = {}
    for action_id, keys in default_keys(keymap).items():
        for key in keys:
            assert seen.setdefault((BY_ID[action_id].scope, key), action_id) == action_id, key


@pytest.mark.parametrize("keymap", KEYMAPS)
def test_every_default_key_is_one_that_a_person_may_write(keymap: str) -> None:
    for keys in default_keys(keymap).values():
        for key in keys:
            assert parse_key(key) == key


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
    assert set(keys.split()) <= set(default_keys("alsamixer")[action_id])


def test_vim_keys() -> None:
    keys = default_keys("vim")
    assert "h" in keys["volume.down"]
    assert "l" in keys["volume.up"]
    assert "H" in keys["volume.down_coarse"]
    assert "j" in keys["select.next"]
    assert "q" in keys["quit"]


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
    assert taken_over("alsamixer", {"undo": ["m"]}) == ["m was mute.toggle's; it is undo's now"]


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
            "keys.mute.togle: there is no such action; did you mean 'mute.toggle'?",
        ),
        (
            "alsamixer",
            {"undo": ["super+x"]},
            "keys.undo: unknown modifier 'super' in 'super+x'; there are ctrl, alt, shift",
        ),
        ("alsamixer", {"undo": ["f5"], "redo": ["F5"]}, "keys.redo: 'F5' is given to undo too"),
        ("alsamixer", {"quit": []}, "keys.quit: no key is left to quit with"),
    ],
)
def test_what_is_wrong_is_said(keymap: str, overrides: dict[str, list[str]], sentence: str) -> None:
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
