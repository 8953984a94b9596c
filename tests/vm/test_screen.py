"""The screen on real cards: it shows amixer's values, it moves the controls, and cards come and go.

One run of the program serves all tests: starting it takes many seconds there.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backend.alsa.amixer import sget, shown, sset
from tests.backend.alsa.user_elements import UserElements
from tests.lab import cards as lab
from tests.lab.cards import UsbCard, card_numbers
from tests.pty.person import PATIENT, Person, row_of

pytestmark = pytest.mark.vm


class Mixer(Person):
    """The program with all cards, one above the other."""

    def __init__(self, home: Path) -> None:
        env = {
            "HOME": str(home),
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
            "PULSE_SERVER": "unix:/nowhere",
        }
        words = ("-c", lab.AC97, "--layout", "rows", "--view", "all", "--no-meters")
        super().__init__(env, *words, columns=90, lines=80, program=PATIENT)

    def __enter__(self) -> "Mixer":
        return self

    def on_card(self, card: str, name: str) -> tuple[int, str]:
        """Number and text of the line of a card's control; (-1, "") when there is none."""
        heading, inside, lines = _name_of(card), False, self.terminal.lines()
        for number, line in enumerate(lines):
            if line.endswith("──"):
                inside = heading in line and (card in line or f"{heading} (" not in line)
            elif inside and re.match(rf".{re.escape(name)}(  | ★| MUTE|$)", line):
                return row_of(lines, name, number)
        return -1, ""

    def percent_of(self, card: str, name: str) -> int | None:
        """The displayed percentage of a card's control."""
        found = re.search(r"(\d+)%", self.on_card(card, name)[1])
        return int(found[1]) if found else None

    def go(self, card: str, name: str) -> None:
        """Move the cursor to a card's control by clicking on its name."""
        self.waits_for(lambda: self.on_card(card, name)[1], f"{name} of {card}")
        self.terminal.click(2, self.on_card(card, name)[0])
        self.waits_for(lambda: self.on_card(card, name)[1].startswith("▌"), f"the cursor on {name}")

    def stands(self, card: str, name: str, percent: int) -> None:
        """Wait until a card's control is displayed at this percentage."""
        self.waits_for(lambda: self.percent_of(card, name) == percent, f"{name} of {card} at {percent} %")


def _name_of(card: str) -> str:
    text = Path("/proc/asound/cards").read_text()
    found = re.search(rf"\[{card} *\]: \S+ - (.*)", text)
    assert found, text
    return found[1]


@pytest.fixture(scope="module")
def mixer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mixer]:
    UsbCard().plug()
    with Mixer(tmp_path_factory.mktemp("home")) as person:
        person.sees("Master", "PCM", "3D Control Sigmatel - Depth")
        person.press("F6")
        person.sees("All cards")
        person.go_to("All cards")
        person.press("Enter")
        person.sees("External I/O Box")
        yield person
        person.press("F10")
        assert person.terminal.wait() == 0
        person.waits_for(person.in_order, "the terminal to be in order")


def raw(card: str, name: str, index: int = 0) -> int:
    """The raw value of a control's first channel, according to amixer."""
    found = re.search(r": (?:Playback |Capture )?(-?\d+) \[", sget(card_numbers()[card], name, index))
    assert found
    return int(found[1])


def percent(card: str, name: str, index: int = 0) -> int:
    """The percentage that `amixer -M` prints for a playback volume."""
    [volume] = shown(card_numbers()[card])[name, index, False].values()
    return volume.percent


def test_one_step_of_pcm(mixer: Mixer) -> None:
    sset(card_numbers()[lab.AC97], "PCM", "15", "unmute")
    mixer.stands(lab.AC97, "PCM", percent(lab.AC97, "PCM"))
    assert mixer.percent_of(lab.AC97, "Master") == percent(lab.AC97, "Master")
    mixer.go(lab.AC97, "PCM")
    mixer.press("Right")
    mixer.waits_for(lambda: raw(lab.AC97, "PCM") == 16, "PCM to move one step")
    mixer.stands(lab.AC97, "PCM", percent(lab.AC97, "PCM"))
    assert f"{-34.5 + 16 * 1.5:.1f}".replace("-", "−") in mixer.on_card(lab.AC97, "PCM")[1]
    sset(card_numbers()[lab.AC97], "Master", "40", "unmute")
    mixer.stands(lab.AC97, "Master", percent(lab.AC97, "Master"))


def test_two_controls_of_one_name_move_apart(mixer: Mixer) -> None:
    for index in (0, 1):
        sset(card_numbers()[lab.ENS1370], "PCM", "15", index=index)
    mixer.go(lab.ENS1370, "PCM 1")
    mixer.press("Right")
    mixer.waits_for(lambda: raw(lab.ENS1370, "PCM", 1) > 15, "PCM 1 to move")
    assert raw(lab.ENS1370, "PCM", 0) == 15
    moved = raw(lab.ENS1370, "PCM", 1)
    mixer.go(lab.ENS1370, "PCM")
    mixer.press("Left")
    mixer.waits_for(lambda: raw(lab.ENS1370, "PCM", 0) < 15, "PCM 0 to move")
    assert raw(lab.ENS1370, "PCM", 1) == moved


def test_a_choice(mixer: Mixer) -> None:
    name = "External I/O Box"

    def item() -> str:
        found = re.search(r"Item0: '(.*)'", sget(card_numbers()[lab.DUMMY], name))
        assert found
        return found[1]

    sset(card_numbers()[lab.DUMMY], name, "None")
    mixer.go(lab.DUMMY, name)
    mixer.waits_for(lambda: "None" in mixer.on_card(lab.DUMMY, name)[1], "the item on the screen")
    mixer.press("Right")
    mixer.waits_for(lambda: item() == "CD Player", "the next item")
    mixer.waits_for(lambda: "CD Player" in mixer.on_card(lab.DUMMY, name)[1], "it on the screen")
    sset(card_numbers()[lab.DUMMY], name, "None")
    mixer.waits_for(lambda: "None" in mixer.on_card(lab.DUMMY, name)[1], "what amixer chose")


def test_no_db_where_there_is_none(mixer: Mixer) -> None:
    table = shown(card_numbers()[lab.ENS1370])
    without = [
        key for key, values in table.items() if not key[2] and all(v.db is None for v in values.values())
    ]
    assert without
    for name, index, _ in without:
        line = mixer.on_card(lab.ENS1370, f"{name} {index}" if index else name)[1]
        assert line
        assert "dB" not in line


def test_a_card_pulled_and_pushed(mixer: Mixer, usb_card: UsbCard) -> None:
    name = _name_of(lab.USB)
    mixer.sees(name)
    usb_card.unplug()
    mixer.sees_no_more(name)
    usb_card.plug()
    mixer.sees(name)
    mixer.go(lab.AC97, "Master")
    before = raw(lab.AC97, "Master")
    mixer.press("Left")
    mixer.waits_for(lambda: raw(lab.AC97, "Master") < before, "the other cards to move on")


def test_an_element_removed_under_the_program(mixer: Mixer) -> None:
    before = mixer.engines()
    for _ in range(3):
        with UserElements(card_numbers()[lab.AC97]) as elements:
            elements.add_integer("Sample Playback Volume")
            mixer.go(lab.AC97, "Sample")
            mixer.press("Right", "Right", "Right")
        mixer.waits_for(lambda: not mixer.on_card(lab.AC97, "Sample")[1], "the element to go")
        assert mixer.terminal.process.poll() is None
        # Two clicks on one place would be a double click, which opens the details.
        mixer.go(lab.AC97, "Master")
    print("the engine", "lives on" if mixer.engines() == before else "was started anew")
    # Presses in progress when the element disappeared are done once the cursor has arrived here.
    mixer.go(lab.AC97, "PCM")
    sset(card_numbers()[lab.AC97], "PCM", "15", "unmute")
    mixer.stands(lab.AC97, "PCM", percent(lab.AC97, "PCM"))
    mixer.press("Left")
    mixer.waits_for(lambda: raw(lab.AC97, "PCM") == 14, "the card to move on")
