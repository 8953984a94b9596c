"""The sound cards of the virtual machine, by their ALSA ids; their numbers vary from boot to boot."""

from pathlib import Path

from tests.lab.waiting import wait_until

HDA = "Intel"
AC97 = "I82801AAICH"
ENS1370 = "AudioPCI"
USB = "Audio"
DUMMY = "Dummy"
LOOPBACK = "Loopback"


def card_numbers() -> dict[str, int]:
    """Card id -> card number, of the cards that the kernel has now."""
    return {
        (folder / "id").read_text().strip(): int(folder.name.removeprefix("card"))
        for folder in Path("/sys/class/sound").glob("card*")
    }


class UsbCard:
    """The USB card, pulled and pushed through the kernel's own switch for the device."""

    authorized = Path("/sys/bus/usb/devices/1-1/authorized")

    def unplug(self) -> None:
        """Take the card away; returns when ALSA has no such card any more."""
        self.authorized.write_text("0")
        wait_until(lambda: USB not in card_numbers(), "the USB card to go")

    def plug(self) -> int:
        """Bring the card back if it is away; returns its number, which may be a new one."""
        if USB not in card_numbers():
            self.authorized.write_text("1")
            wait_until(lambda: USB in card_numbers(), "the USB card to come")
        number = card_numbers()[USB]
        wait_until(lambda: Path(f"/dev/snd/controlC{number}").exists(), "the USB card's control device")
        return number
