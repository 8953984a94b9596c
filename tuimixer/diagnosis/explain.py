"""Explains each stage of the signal path in a short paragraph, for users who have never heard of it."""

from tuimixer.diagnosis.card_stages import is_null
from tuimixer.diagnosis.stage import Stage, StageKind
from tuimixer.model.control import Control, Medium
from tuimixer.model.snapshot import Snapshot

_KINDS = {
    StageKind.APPLICATION: (
        "The program that plays or records the sound. Many programs have an internal volume as well, "
        "which no mixer can see: if everything else is up, check it."
    ),
    StageKind.STREAM: (
        "The volume of this one stream. The sound server applies it to the samples in software before mixing "
        "them with other streams, so other programs are not affected. 100 % is 0 dB (no change); above that, "
        "loud parts may distort."
    ),
    StageKind.SINK: (
        "A sink is an output of the sound server: all streams that play to it are mixed, and its volume "
        "and mute act on all of them."
    ),
    StageKind.SOURCE: (
        "A source is an input of the sound server: a microphone, a line input, or the monitor of an "
        "output. Its volume and mute act on every program that records from it."
    ),
    StageKind.REMAINDER: (
        "The card's controls move in steps and have a limited range. The sound server makes up in software "
        "for the rest: what falls between two steps or beyond the range. This remainder is part of the "
        "output's volume."
    ),
    StageKind.MODULE: (
        "A part of the sound server that passes sound from one place to another: a combined "
        "or remapped output, a loopback from an input to an output, or a monitor, which carries what an "
        "output plays."
    ),
    StageKind.END: (
        "Where the sound leaves or enters the machine. Beyond it are amplifiers and knobs that no program "
        "can see."
    ),
    StageKind.CONTROL: "A control of the card.",
}
_NAMES = {
    "Master": "Master is the card's last control: everything the card plays goes through it.",
    "PCM": (
        "PCM is the card's own volume for digital sound from programs, after the converter and before "
        "Master. It does not affect what the card mixes in from its other inputs."
    ),
    "Headphone": "Headphone is the amplifier of the headphone jack; the speakers have one of their own.",
    "Speaker": "Speaker is the amplifier of the built-in speakers; the headphone jack has one of its own.",
    "Front": "Front is the pair of front channels, which stereo sound uses.",
    "Line Out": "Line Out is the jack for an amplifier or active speakers.",
    "Capture": "Capture is the gain of the card's converter: every recording from the card goes through it.",
    "IEC958": "IEC958 (S/PDIF) switches the digital output on and off; its volume is up to the receiver.",
    "External Amplifier": "External Amplifier switches the amplifier behind the chip on and off.",
    "Auto-Mute Mode": "Auto-Mute lets the card silence its speakers while headphones are plugged in.",
}
_SOFTVOL = (
    "A softvol control: there is no hardware behind it. ALSA's library scales the samples of programs "
    "that use it (through the devices default or front); programs that open hw directly are not "
    "affected."
)
_DRIVEN = (
    "The sound server drives this control: it moves with the volume of {device}, and moving it by hand moves "
    "that volume too. Its gain is part of that volume and is not counted twice."
)
_ALOOP = (
    "snd-aloop is a card without hardware: what one program plays into one side, another can record from "
    "the other. It has no jack, and no controls."
)
_DMIX = (
    "dmix is ALSA's way of letting several programs share one device without a sound server: its library "
    "mixes their samples. While it does, a sound server cannot open the device."
)
_NULL = "A null sink accepts sound and discards it; only a program that records its monitor receives it."


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
