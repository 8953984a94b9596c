"""Findings along one path of a sound: switches that are off, volumes at the minimum, too much
attenuation in all, clipping.
"""

from collections.abc import Callable, Iterator

from tuimixer.diagnosis.finding import Finding
from tuimixer.diagnosis.stage import CIRCLE, Path, Stage, StageKind, db
from tuimixer.model.control import Control, Medium
from tuimixer.model.intent import Capture, Intent, Mute, SetGain, SetLevel
from tuimixer.model.scale import MUTE_CDB, from_position, to_cdb
from tuimixer.model.snapshot import Snapshot
from tuimixer.model.text import in_words

NEAR_SILENCE = -5000
"""Maximum gain of a single volume that counts as silent, in hundredths of a dB."""
TOO_LOW = -6000
"""Maximum gain of a whole path that counts as silent, in hundredths of a dB."""
_WIDE = 2400
"""Minimum span of a volume that is silent at its minimum, in hundredths of a dB."""
_CLIPS = 10
_LEVELS = {StageKind.STREAM: 0.8, StageKind.SINK: 0.5, StageKind.SOURCE: 0.7, StageKind.CONTROL: 0.8}
"""Positions to which a fix sets a volume that is at its minimum: audible, but not startlingly loud."""


def check_path(snapshot: Snapshot, path: Path) -> Iterator[Finding]:
    """All findings along one path."""
    found = [*_switches(snapshot, path), *_volumes(snapshot, path)]
    yield from found
    yield from (_circle(path, stage) for stage in path.stages if stage.name == CIRCLE)
    total = path.loudest(path.total)
    if not found and total is not None and total <= TOO_LOW:
        yield from _total(snapshot, path, total)
    yield from _clipping(path)


def _circle(path: Path, end: Stage) -> Finding:
    sink = next(stage for stage in reversed(path.stages) if stage.kind is StageKind.SINK)
    reason = f"{end.note}, so its sound either grows louder with every pass or is lost."
    return Finding(
        "feeds_itself",
        sink.name,
        reason,
        "Unload the module that causes the loop (to find it: pactl list modules)",
    )


def _switches(snapshot: Snapshot, path: Path) -> Iterator[Finding]:
    for stage in path.stages:
        control = snapshot.controls.get(stage.control or "")
        if control is None or not stage.muted or stage.kind is StageKind.REMAINDER:
            continue
        culprits = _own_culprits(path, stage, lambda part: part.muted)
        if stage.inside is not None:
            if stage in _own_culprits(path, _stage_of(path, stage.inside), lambda part: part.muted):
                yield _switch(stage, control, (Mute(stage.inside, False),))
        elif not culprits:
            yield _switch(stage, control, parts=_muted_parts(path, stage))


def _own_culprits(path: Path, device: Stage | None, wrong: Callable[[Stage], bool]) -> list[Stage]:
    """The driven controls of a device that are `wrong` while the device or other driven controls are not, so
    that these controls are at fault, not the device.

    If all of them and the device are wrong, the server has set the controls for the device's volume or
    switch.
    """
    if device is None or device.kind not in (StageKind.SINK, StageKind.SOURCE):
        return []
    parts = [stage for stage in path.stages if stage.driven and stage.inside == device.control]
    bad = [stage for stage in parts if wrong(stage)]
    return bad if len(bad) < len(parts) or not wrong(device) else []


def _muted_parts(path: Path, device: Stage) -> str:
    """Names of the driven controls that are off along with their device; a server mutes all of them."""
    parts = [
        part.name for part in path.stages if part.driven and part.inside == device.control and part.muted
    ]
    return in_words(parts) if parts else ""


def _stage_of(path: Path, control: str) -> Stage | None:
    kinds = (StageKind.SINK, StageKind.SOURCE)
    return next((stage for stage in path.stages if stage.control == control and stage.kind in kinds), None)


def _switch(stage: Stage, control: Control, more: tuple[Intent, ...] = (), parts: str = "") -> Finding:
    name = stage.name if stage.kind is not StageKind.STREAM else control.name
    if stage.kind is StageKind.CONTROL and control.kind.capture:
        return Finding(
            "capture_off",
            name,
            f"Recording is turned off for {name} on card {control.card}.",
            f"Turn on recording for {name}.",
            (Capture(control.id, True), *more),
            control.id,
        )
    key = {StageKind.STREAM: "stream_muted", StageKind.CONTROL: "control_muted"}.get(
        stage.kind, "device_muted"
    )
    reason = f"{name} is muted, along with {parts} on card {control.card}." if parts else f"{name} is muted."
    if parts and control.kind.capture:
        key, reason = "capture_off", f"Recording is turned off because {reason}"
    advice = f"Unmute {name}."
    if stage.kind is StageKind.CONTROL:
        state = "muted" if control.channels else "switched off"
        advice = advice if control.channels else f"Switch {name} on."
        reason = f"{name} on card {control.card} is {state}."
        if control.element is not None and control.element.name.startswith("IEC958"):
            key, reason = (
                "iec958_off",
                f"The digital output {name} on card {control.card} is switched off.",
            )
    return Finding(key, name, reason, advice, (Mute(control.id, False), *more), control.id)


def _volumes(snapshot: Snapshot, path: Path) -> Iterator[Finding]:
    def low(stage: Stage) -> bool:
        control = snapshot.controls.get(stage.control or "")
        return control is not None and _silent(path, stage, control)

    for stage in path.stages:
        control = snapshot.controls.get(stage.control or "")
        if control is None or stage.kind is StageKind.REMAINDER or not low(stage):
            continue
        if stage.inside is not None:
            if stage in _own_culprits(path, _stage_of(path, stage.inside), low):
                yield _volume(path, stage, control)
        elif not _own_culprits(path, stage, low):
            yield _volume(path, stage, control)


def _silent(path: Path, stage: Stage, control: Control) -> bool:
    """Whether a volume is close to silence in dB, or at the minimum of a scale so wide that this is silent.

    A softvol at its minimum counts even if it is unknown whether the sound passes through it, because nothing
    else uses it.
    """
    gain = path.loudest(path.gain(stage)) if stage.gains else 0
    if gain is not None and gain <= NEAR_SILENCE:
        return True
    scale = control.scale
    softvol = control.element is not None and control.element.user
    if (
        stage.kind is not StageKind.CONTROL
        or not (stage.certain or softvol)
        or scale is None
        or not control.channels
        or scale.maximum <= scale.minimum
    ):
        return False
    if not stage.gains or max(control.raws) > scale.minimum:
        return False
    return not scale.has_db or scale.high - scale.low > _WIDE


def _volume(path: Path, stage: Stage, control: Control) -> Finding:
    name = stage.name if stage.kind is not StageKind.STREAM else control.name
    key = {StageKind.STREAM: "stream_silent", StageKind.CONTROL: "control_silent"}.get(
        stage.kind, "device_silent"
    )
    if stage.kind is StageKind.CONTROL and control.element is not None and control.element.user:
        key = "softvol_silent"
    gain = path.loudest(path.gain(stage))
    place = f" on card {control.card}" if stage.kind is StageKind.CONTROL else ""
    if gain is None or gain <= MUTE_CDB or (stage.kind is StageKind.CONTROL and gain > NEAR_SILENCE):
        reason = f"The volume of {name}{place} is at its minimum."
    else:
        reason = f"The volume of {name}{place} is at {db(gain)}, which is close to silence."
    return Finding(key, name, reason, *_raise(name, stage, control))


def _raise(name: str, stage: Stage, control: Control) -> tuple[str, tuple[Intent, ...], str]:
    """How to make a volume audible: advice, fix, and id of the control. A card's control is raised to at most
    0 dB, above which it would distort.
    """
    level, scale = _LEVELS[stage.kind], control.scale
    if stage.kind is StageKind.CONTROL and scale is not None and scale.has_db:
        gain = to_cdb(scale, from_position(scale, level))
        if gain is not None and gain > 0:
            return f"Set {name} to 0 dB.", (SetGain(control.id, 0),), control.id
    return f"Set {name} to {level * 100:.0f} %.", (SetLevel(control.id, level),), control.id


def _total(snapshot: Snapshot, path: Path, total: int) -> Iterator[Finding]:
    """Many small losses in all; the finding names the stage that takes away the most."""
    counted = [
        (gain, stage)
        for stage in path.stages
        if stage.inside is None and stage.control and stage.kind in _LEVELS
        if (gain := path.loudest(path.gain(stage))) is not None
    ]
    if not counted:
        return
    _, stage = min(counted, key=lambda pair: pair[0])
    control = snapshot.controls.get(stage.control or "")
    if control is None:
        return
    name = stage.name if stage.kind is not StageKind.STREAM else control.name
    reason = (
        f"Together, the stages add up to {db(total)}, mostly because of {name}. This is close to silence."
    )
    yield Finding("total_low", name, reason, *_raise(name, stage, control))


def _clipping(path: Path) -> Iterator[Finding]:
    """A stage above 0 dB before one that attenuates: the sound is cut off at full scale and then made
    quieter.
    """
    # A device's volume must not be counted if the stages that apply it are counted.
    carried = {stage.inside for stage in path.stages}
    steps = [
        (gain, stage)
        for stage in path.stages
        if stage.kind not in (StageKind.APPLICATION, StageKind.END, StageKind.MODULE)
        and not (stage.inside is None and stage.medium is Medium.HARDWARE and stage.control in carried)
        if (gain := path.loudest(path.gain(stage))) is not None
    ]
    for place, (gain, stage) in enumerate(steps):
        later = [name.name for other, name in steps[place + 1 :] if other < -_CLIPS]
        if gain > _CLIPS and later and stage.control is not None and not path.muted:
            reason = (
                f"{stage.name} is at {db(gain)} and {later[0]} lowers the sound again, so loud parts distort."
            )
            fix = (SetLevel(stage.control, 1.0),) if stage.kind is not StageKind.CONTROL else ()
            advice = f"Set {stage.name} to 0 dB and raise {later[0]} instead."
            yield Finding("clipping", stage.name, reason, advice, fix, stage.control)
            return
