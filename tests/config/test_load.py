"""Reading the configuration: the documented defaults are the defaults; errors are reported with
their line.
"""

import tomllib
import warnings
from importlib.resources import files
from pathlib import Path

import pytest

from tuimixer.config.load import load, notices, parse
from tuimixer.config.paths import config_path
from tuimixer.config.schema import Caps, Config, Loaded, Rule
from tuimixer.config.theme_names import THEME_COLORS
from tuimixer.config.toml_reader import MOST_PROBLEMS
from tuimixer.mixer.views import pattern
from tuimixer.ui.terminal.themes import theme

pytestmark = pytest.mark.unit

DEFAULT = files("tuimixer.config").joinpath("default.toml").read_text()


def test_the_documented_defaults_are_the_defaults() -> None:
    assert parse(DEFAULT) == (Config(), [])


def test_every_key_is_documented() -> None:
    documented = set(tomllib.loads(DEFAULT))
    assert documented | {"colors"} == set(Config.__match_args__)  # `colors` are those of [theme]
    assert set(tomllib.loads(DEFAULT)["max"]) == set(Caps.__match_args__)


def test_the_commented_theme_is_the_dark_one() -> None:
    example = (
        DEFAULT[DEFAULT.index("# [theme]") : DEFAULT.index("# How far one key press")]
        .replace("\n# ", "\n")
        .removeprefix("# ")
    )
    config, problems = parse(example)
    assert not problems
    assert config.theme == "dark"
    assert theme("dark", True, config.colors) == theme("dark")
    assert set(config.colors) == set(THEME_COLORS)


def test_the_commented_examples_are_right() -> None:
    uncommented = DEFAULT
    for start in ("[[rule]]", "match =", "hide =", "name =", "headphones =", '"mute.toggle" =', '"kill" ='):
        uncommented = uncommented.replace(f"\n# {start}", f"\n{start}")
    config, problems = parse(uncommented)
    assert problems == []
    assert config.max.devices == {"headphones": 60}
    assert config.keys == {"mute.toggle": ("m", "f9"), "kill": ()}
    hdmi, speakers = config.filter.rules
    assert hdmi == Rule({"kind": "sink", "name": "*HDMI*"}, hide=True)
    assert speakers.name == "Speakers"


def test_keys_may_be_written_without_quotes() -> None:
    assert parse('[keys]\nmute.toggle = "f9"')[0].keys == {"mute.toggle": ("f9",)}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('keymap = "emacs"', '1: keymap is "emacs"; it must be one of default, alsamixer, vim.'),
        ("\nmouse = 3", "2: mouse is 3; it must be true or false."),
        ("[step]\nsmall = 0", "2: step.small is 0; it must be a number from 0.1 to 100."),
        ("[step]\nbig = true", "2: step.big is true; it must be a number from 0.1 to 100."),
        ("step = 4", "1: step is 4; it must be a table, [step]."),
        ("[meters]\nrate = nan", "2: meters.rate is nan; it must be a number from 1 to 60."),
        ("[meters]\nspeed = 3", "2: meters.speed is not a known setting; the known settings are show, rate."),
        ("[max]\nscreens = 3", "2: max.screens is not a known setting; did you mean screen?"),
        (
            "[max.devices]\nheadphones = 'x'",
            '2: max.devices.headphones is "x"; it must be a number from 0 to 1000.',
        ),
        ("[max]\nverbs = -1", "2: max.verbs is -1; it must be a number from 0 to 1000."),
        ("[[rule]]\nhide = true", "1: rule.match is missing; use a table of patterns such as "),
        (
            "[[rule]]\n[rule.match]\nname='x'",
            "2: rule.match has no effect; add hide = true, or a name to display.",
        ),
        (
            "[[rule]]\nmatch = 'VoiceApp'\nname = 'x'",
            '2: rule.match is "VoiceApp"; it must be a table, [match].',
        ),
        ("rule = 3", "1: rule is 3; it must be an array of tables, [[rule]]."),
        (
            "[[rule]]\nmatch.name='a'\nname='b'\n[[rule]]\nmatch.name='/(/'\nhide=true",
            "5: rule.match.name is ",
        ),
        (
            "[[rule]]\nmatch.name='/a{99999999999}/'\nhide=true",
            '2: rule.match.name is "/a{99999999999}/", which is not a valid regular expression: ',
        ),
        (
            "[[rule]]\nmatch.name='/(?a)(?u)a/'\nhide=true",
            '2: rule.match.name is "/(?a)(?u)a/", which is not a valid regular expression: ',
        ),
        (
            f"[[rule]]\nmatch.name='/a{{{'9' * 5000}}}/'\nhide=true",
            '2: rule.match.name is "/a{9999',
        ),
        (
            f"[[rule]]\nmatch.name='/{'(' * 5000}{')' * 5000}/'\nhide=true",
            '2: rule.match.name is "/((((',
        ),
        (
            "[[rule]]\nmatch.name='x'\nname=\"\\u001b]0;x\\u0007\"",
            "1: rule.match has no effect; add hide = true, or a name to display.",
        ),
        ("[[rule]]\nmatch.name=3\nhide=true", "2: rule.match.name is 3; it must be one line of text."),
        (
            "[[rule]]\nmatch.name='x'\nhide='yes'\nname='b'",
            '3: rule.hide is "yes"; it must be true or false.',
        ),
        (
            "[keys]\nmute.toggle = 3",
            '2: keys.mute.toggle is 3; it must be a list of keys such as ["m", "f9"].',
        ),
        (
            "[keys]\n'mute.togle' = ['x']",
            "2: keys.mute.togle: no such action; did you mean mute.toggle?",
        ),
        ("[keys]\nundo = ['x']\nredo = ['x']", "3: keys.redo: 'x' is also bound to undo."),
        ("[keys]\nquit = []", "2: keys.quit: at least one key must remain bound to this action."),
        ('card = "a\\nb"', '1: card is "a\ufffdb"; it must be one line of text.'),
        ("colour = 'never'", "1: colour is not a known setting; did you mean color?"),
        ("keymap = ", "1: the file is not valid TOML: invalid value."),
        ("a = 1\na = 2", "2: the file is not valid TOML: cannot overwrite a value."),
        ("[keys\n", "1: the file is not valid TOML: "),
        ("a = " + "[" * 100_000, "1: the values are nested too deeply."),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, problem: str) -> None:
    config, problems = parse(text)
    assert config == Config()
    assert len(problems) == 1
    assert problems[0].startswith(problem)


@pytest.mark.parametrize(
    "mistake",
    ["layout = 5", "layout = ", "layout = 'a", "a = 1\na = 2", "layout", "x = \udcff", "k = " + "[" * 500],
)
def test_caps_hold_beside_any_mistake(mistake: str, tmp_path: Path) -> None:
    """They protect ears and speakers: those that can be read apply, even in a file that is not valid TOML."""
    path = tmp_path / "config.toml"
    rest = "# [max]\n[max] # percent\nverbs = 70 # of all\nscreen = loud\n[max.devices]\nheadphones = 40\n"
    for text in (f"{mistake}\n{rest}", f"{rest.replace('= loud', '= 80')}[step]\n{mistake}\n"):
        path.write_text(text, errors="surrogateescape")
        loaded = load(str(path))
        assert loaded.problems
        screen = 80 if "80" in text else Caps().screen
        assert loaded.config == Config(max=Caps(screen=screen, verbs=70, devices={"headphones": 40}))
        assert notices(loaded)[-1] == (
            "Using the defaults, and the caps that could be read, until the file is fixed."
        )
    path.write_text(f"max.devices.headphones = 40\nmax.verbs = 70\n{mistake}\n", errors="surrogateescape")
    assert load(str(path)).config.max == Caps(verbs=70, devices={"headphones": 40})


def test_a_cap_that_cannot_be_read_leaves_the_others() -> None:
    config, problems = parse("[max]\nscreen = 'x'\nverbs = 70\n[max.devices]\na = 'x'\nb = 50\n")
    assert len(problems) == 2
    assert config.max == Caps(verbs=70, devices={"b": 50})


def test_several_mistakes_are_all_told() -> None:
    assert len(parse("layout = 1\ntheme = 2\n[step]\nsmall = 'x'")[1]) == 3


def test_no_file_is_no_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert config_path() == str(tmp_path / "tuimixer" / "config.toml")
    assert load().problems == ()
    assert load(str(tmp_path / "nowhere")).problems == (f"{tmp_path}/nowhere: there is no such file.",)


def test_a_relative_xdg_folder_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    monkeypatch.setenv("HOME", "/home/x")
    assert config_path() == "/home/x/.config/tuimixer/config.toml"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"a = '\n\xff'", ":2: the text is not UTF-8."),
        (b"#" * (2 << 20), " is larger than the limit of 1 MiB."),
        (b"layout = 'x'", ':1: layout is "x"; it must be one of auto, columns, rows.'),
    ],
)
def test_unreadable_files(tmp_path: Path, data: bytes, problem: str) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(data)
    loaded = load(str(path))
    assert loaded.config == Config()
    assert loaded.problems == (f"{path}{problem}",)


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    assert load(str(tmp_path)) == Loaded(Config(), (f"{tmp_path} cannot be read: Is a directory.",))


@pytest.mark.parametrize(("count", "last"), [(1, "1 more problem."), (2, "2 more problems.")])
def test_the_rest_of_many_mistakes_is_counted(count: int, last: str) -> None:
    problems = parse("\n".join(f"unknown{number} = 1" for number in range(MOST_PROBLEMS + count)))[1]
    assert len(problems) == MOST_PROBLEMS + 1
    assert problems[-1] == f"1: the file has {last}"


def test_names_are_safe_to_print() -> None:
    config, problems = parse("[[rule]]\nmatch.name='x'\nname=\"a\\u001b[31m\\tb\\u202ec\"")
    assert not problems
    assert config.filter.rules[0].name == "a bc"


def test_what_python_warns_of_is_not_printed() -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        config, problems = parse("[[rule]]\nmatch.name='/[[a]/'\nhide=true")
        assert pattern(config.filter.rules[0].match["name"]).search("A")
    assert (problems, told) == ([], [])
