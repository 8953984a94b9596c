"""Explains each stage of the signal path in a short paragraph, for users who have never heard of it."""

from tuimixer.diagnosis.card_stages import is_null
from tuimixer.diagnosis.stage import Stage, StageKind
from tuimixer.model.control import Control, Medium
from tuimixer.model.snapshot import Snapshot

_KINDS = {
    StageKind.APPLICATION: (
        "The program that plays or records the sound. Many programs also have a volume control of their own, "
        "which no mixer can see. If everything else is turned up, check that one."
    ),
    StageKind.STREAM: (
        "The volume of this one stream. The sound server applies it to the samples in software before mixing "
        "them with other streams, so other programs are not affected. 100 % is 0 dB (no change); above that, "
        "loud parts may distort."
    ),
    StageKind.SINK: (
        "A sink is an output of the sound server. All streams that play to it are mixed, and its volume "
        "and mute switch affect all of them."
    ),
    StageKind.SOURCE: (
        "A source is an input of the sound server: a microphone, a line input, or the monitor of an "
        "output. Its volume and mute switch affect every program that records from it."
    ),
    StageKind.REMAINDER: (
        "The card's controls move in steps and have a limited range. Whatever falls between two steps or "
        "outside the range is applied by the sound server in software. This remainder is part of the "
        "device's volume."
    ),
    StageKind.MODULE: (
        "A part of the sound server that passes sound from one place to another: a combined "
        "or remapped output, a loopback from an input to an output, or a monitor, which carries what an "
        "output plays."
    ),
    StageKind.END: (
        "This is where the sound leaves or enters the machine. No program can see the amplifiers and knobs "
        "beyond this point."
    ),
    StageKind.CONTROL: "A control of the card.",
}
_NAMES = {
    "Master": "Master is the card's last control: everything the card plays goes through it.",
    "PCM": (
        "PCM is the card's own volume for digital sound from programs, after the converter and before "
        "Master. It does not affect what the card mixes in from its other inputs."
    ),
    "Headphone": "Headphone controls the amplifier of the headphone jack; it does not affect the speakers.",
    "Speaker": "Speaker controls the amplifier of the built-in speakers; it does not affect the headphones.",
    "Front": "Front controls the two front channels, which are all that stereo sound uses.",
    "Line Out": "Line Out controls the jack for an external amplifier or active speakers.",
    "Capture": "Capture is the gain of the card's converter, through which all recordings from the card go.",
    "IEC958": "IEC958 (S/PDIF) switches the digital output on and off; the volume is set on the receiver.",
    "External Amplifier": "External Amplifier switches the amplifier behind the chip on and off.",
    "Auto-Mute Mode": "Auto-Mute silences the card's speakers while headphones are plugged in.",
}
_SOFTVOL = (
    "A softvol control, which has no hardware behind it. ALSA's library scales the samples of programs "
    "that play through the control (by opening the device default or front); programs that open hw "
    "directly are not affected."
)
_DRIVEN = (
    "The sound server drives this control: the control and the volume of {device} move together. The "
    "control's gain is part of that volume and is not counted twice."
)
_ALOOP = (
    "snd-aloop is a card without hardware: what one program plays into one side, another program can record "
    "from the other side. The card has no jack and no controls."
)
_DMIX = (
    "dmix lets several programs share a device without a sound server: ALSA's library mixes their samples. "
    "Meanwhile, a sound server cannot open the device."
)
_NULL = (
    "A null sink discards all sound that it receives; only programs that record its monitor get the sound."
)


def explain(snapshot: Snapshot, stage: Stage) -> str:
    """One short paragraph about a stage of a path, for the user."""
    control = snapshot.controls.get(stage.control or "")
    parts = [_what(snapshot, stage, control)]
    if stage.kind in (StageKind.SINK, StageKind.SOURCE) and control is not None:
        parts.append(_how(stage, control))
    if stage.kind is StageKind.APPLICATION and ("dmix" in stage.note or "dsnoop" in stage.note):
        parts.append(_DMIX)
    if stage.driven and stage.inside is not None:
        device = snapshot.controls.get(stage.inside)
        parts.append(_DRIVEN.format(device=device.name if device else "the output"))
    return " ".join(part for part in parts if part)


def _what(snapshot: Snapshot, stage: Stage, control: Control | None) -> str:
    if stage.kind is StageKind.CONTROL and control is not None:
        if control.element is not None and control.element.user:
            return _SOFTVOL
        name = control.element.name if control.element else control.name
        known = next((text for word, text in _NAMES.items() if name == word), "")
        return known or f"{control.name} is a hardware control of card {control.card}."
    if stage.kind is StageKind.SINK and control is not None and is_null(control):
        return f"{_KINDS[StageKind.SINK]} {_NULL}"
    if stage.kind is StageKind.END and "null sink" in stage.note:
        return _NULL
    if stage.kind is StageKind.END and any(
        card.loopback and card.name == stage.name for card in snapshot.alsa_cards
    ):
        return _ALOOP
    return _KINDS[stage.kind]


def _how(stage: Stage, control: Control) -> str:
    card = f" of card {control.card}" if control.card else ""
    flat = control.device is not None and control.device.flat
    extra = " Flat volumes are on: the volume follows the loudest stream." if flat else ""
    if stage.medium is Medium.HARDWARE:
        return f"Its volume is applied by the hardware{card}.{extra}"
    return f"Its volume is applied in software.{extra}"
