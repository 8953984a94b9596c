"""Short texts for gains, media and states on the map and the staircase."""

from collections.abc import Sequence
from operator import le

from tuimixer.diagnosis.graph import WORTH, Line, Node, Part
from tuimixer.diagnosis.stage import Path, Stage, StageKind
from tuimixer.model.control import Medium
from tuimixer.model.scale import decibels
from tuimixer.ui.terminal.charsets import CharSet


def short_gain(cdb: int | None, unit: bool = True) -> str:
    """A gain such as `−12.0 dB`; `?` if unknown."""
    text = "?" if cdb is None else decibels(cdb, 1)
    return f"{text} dB" if unit else text


def gain_of(path: Path, stage: Stage) -> str:
    """A stage's gain on a path, or the state of a switch; empty for a stage that has neither."""
    if stage.kind in (StageKind.APPLICATION, StageKind.END, StageKind.MODULE):
        return ""
    if not stage.gains:
        return "" if stage.kind is not StageKind.CONTROL else "off" if stage.muted else "on"
    return short_gain(path.loudest(path.gain(stage)))


def medium_of(stage: Stage) -> str:
    """What applies a stage, in a word: `software`, `softvol` or `hardware`; may be empty."""
    if stage.kind in (StageKind.APPLICATION, StageKind.END, StageKind.MODULE):
        return ""
    if stage.kind is StageKind.CONTROL and stage.medium is Medium.SOFTWARE:
        return "softvol"
    return "" if stage.medium is Medium.UNKNOWN else stage.medium.value


def mark_of(node: Node, line: int, charset: CharSet) -> str:
    """The mark after a name, such as the star of the default device or the state of a jack; may be empty."""
    if node.part is not Part.JACK:
        idle = charset.pause if node.head.state == "paused" else charset.idle
        mark = charset.star if node.default else idle
        return f" {mark}" if has_mark(node, line) else ""
    cross = "✗" if charset.encoding is None else "x"
    states = {"in use": charset.dot, "free": charset.idle, "unplugged": cross}
    state = states.get(node.all_lines[line].state, "")
    return f" {state}" if state else ""


def has_mark(node: Node, line: int) -> bool:
    """Whether there is, or may later be, a mark after a name."""
    return node.part is Part.JACK or (
        line == 0 and (node.default or node.head.state in ("paused", "suspended"))
    )


def line_values(node: Node, number: int, room: int, unit: bool = True, media: int = 0) -> str:
    """The right end of a line: state, gain and medium, as far as they fit `room` cells.

    unit: whether a gain may be followed by its unit. media: width of the media; 0 for none.
    """
    line = node.all_lines[number]
    if node.part is Part.JACK:
        return next((text for text in (_jack_word(line), "") if len(text) <= room), "")
    if node.part is Part.CARD and number == 0:
        return ""
    full, plain = _gain(line)
    gain = full if unit else plain
    medium = medium_of(line.stage).ljust(media) if media else ""
    muted = line.stage.muted
    state = "MUTE" if muted else line.state
    tries = [
        (state, gain, medium),
        ("MUTE" if muted else "", gain, medium),
        (state, gain),
        ("MUTE" if muted else "", gain),
        ("MUTE",) if muted else (plain,),
    ]
    for parts in tries:
        text = "  ".join(part for part in parts if part)
        if len(text) <= room:
            return text
    return "M" if muted and room else ""


def media_width(node: Node, rooms: Sequence[int] = ()) -> int:
    """The width of the media next to the gains of a card's controls; 0 if not all of them fit.

    Nothing else shows its medium: a stream's is always software, and a device's volume is shown next to the
    controls that apply it.

    rooms: width for the values of each line; unlimited by default.
    """
    if node.part is not Part.CARD:
        return 0
    width = max((len(medium_of(line.stage)) for line in node.lines), default=0)
    used = (len(_gain(line)[0]) + (6 if line.stage.muted else 0) + 2 + width for line in node.lines)
    return width if all(map(le, used, rooms[1:])) else 0


def least_values(node: Node, number: int, unit: bool = False) -> int:
    """Minimum width of a line's values, with or without the unit of a gain."""
    line = node.all_lines[number]
    if node.part is Part.JACK or (node.part is Part.CARD and number == 0):
        return 0
    return 4 if line.stage.muted else len(_gain(line)[0 if unit else 1])


def lacks_unit(node: Node, number: int, room: int) -> bool:
    """Whether a line's gain fits `room` cells only without its unit."""
    full, plain = _gain(node.all_lines[number])
    return full != plain and line_values(node, number, room).endswith(plain)


def _gain(line: Line) -> tuple[str, str]:
    """The gain with and without its unit; for a switch, both are its state."""
    if line.stage.gains:
        return short_gain(line.gain), short_gain(line.gain, unit=False)
    if line.stage.kind is StageKind.CONTROL and not line.stage.muted:
        return "on", "on"
    return "", ""


def _jack_word(line: Line) -> str:
    return line.state if line.state in ("unplugged", "records") else ""


def chain(path: Path) -> str:
    """A whole path in one line, such as `stream −12.0 software · Speakers −19.5 = Master −19.5 hardware`."""
    parts = []
    for stage in path.stages:
        if stage.kind in (StageKind.APPLICATION, StageKind.END, StageKind.MODULE) or stage.inside is not None:
            continue
        inside = parts_of(path, stage)
        words = _words(path, stage, with_medium=not inside)
        if inside:
            words += f" = {' + '.join(_words(path, part) for part in inside)}"
        parts.append(words)
    return " · ".join(parts)


def parts_of(path: Path, stage: Stage) -> list[Stage]:
    """The stages that apply a device's volume; a software remainder only if it is audible."""
    if stage.kind not in (StageKind.SINK, StageKind.SOURCE):
        return []
    found = [s for s in path.stages if s.inside is not None and s.inside == stage.control]
    return [s for s in found if s.kind is not StageKind.REMAINDER or _audible(s)]


def _audible(stage: Stage) -> bool:
    return any(gain is None or abs(gain) >= WORTH for gain in stage.gains.values())


def part_name(stage: Stage) -> str:
    """A stage's name, shortened where the heading makes it clear."""
    if stage.kind is StageKind.REMAINDER:
        return "rest"
    return "stream" if stage.name == "stream volume" else stage.name


def _words(path: Path, stage: Stage, with_medium: bool = True) -> str:
    """A stage's name, gain, mute and medium."""
    gain = short_gain(path.loudest(path.gain(stage)), unit=False) if stage.gains else ""
    words = (part_name(stage), gain, "MUTE" if stage.muted else "", medium_of(stage) if with_medium else "")
    return " ".join(word for word in words if word)
