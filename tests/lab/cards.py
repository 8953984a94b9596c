"""The sound cards of the virtual machine, by ALSA id, since their numbers vary from boot to boot."""

from pathlib import Path

from tests.lab.waiting import wait_until

HDA = "Intel"
AC97 = "I82801AAICH"
ENS1370 = "AudioPCI"
USB = "Audio"
DUMMY = "Dummy"
LOOPBACK = "Loopback"


def card_numbers() -> dict[str, int]:
    """Card id -> card number, of the cards present."""
    return {
        (folder / "id").read_text().strip(): int(folder.name.removeprefix("card"))
        for folder in Path("/sys/class/sound").glob("card*")
    }


class UsbCard:
    """The USB card, unplugged and plugged in through the kernel's switch for the device."""

    authorized = Path("/sys/bus/usb/devices/1-1/authorized")

    def unplug(self) -> None:
        """Unplug the card, and wait until ALSA no longer has it."""
        self.authorized.write_text("0")
        wait_until(lambda: USB not in card_numbers(), "the USB card to disappear")

    def plug(self) -> int:
        """Plug the card in if necessary; returns its number, which may have changed."""
        if USB not in card_numbers():
            self.authorized.write_text("1")
            wait_until(lambda: USB in card_numbers(), "the USB card to appear")
        number = card_numbers()[USB]
        wait_until(lambda: Path(f"/dev/snd/controlC{number}").exists(), "the USB card's control device")
        return number
