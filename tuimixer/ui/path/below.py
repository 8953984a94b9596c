"""The lines below the map and the staircase: findings with their fixes, and hints for keys. Pure."""

from collections.abc import Sequence

from rich.cells import cell_len

from tuimixer.ui.mixer.status_line import Hint, fit_hints
from tuimixer.ui.path.fixes import Numbered
from tuimixer.ui.terminal.cells import fit, wrap
from tuimixer.ui.terminal.charsets import CharSet
from tuimixer.ui.terminal.palette import Role

Run = tuple[Role, str, str]
"""A text with its role and the action of a click on it; may be empty."""


def findings_lines(
    entries: Sequence[tuple[int, Numbered]], width: int, most: int, charset: CharSet
) -> list[list[Run]]:
    """The findings in lines of `width` cells; of those for which `most` lines are too few, only the fixes, in
    one more line.
    """
    lines: list[list[Run]] = []
    for i, (number, slot) in enumerate(entries):
        block = _finding(*_texts(number, slot, charset), width, most, charset)
        if len(lines) + len(block) > most - (i + 1 < len(entries)) and lines:
            return [*lines, _rest(entries[i:], width, charset)]
        lines += block[:most]
    return lines


def _texts(number: int, slot: Numbered, charset: CharSet) -> tuple[Run, Run]:
    """What a finding says, and its fix."""
    finding = slot.finding
    if not slot.there:
        check = "✓" if charset.encoding is None else "*"
        done = f"Done: {slot.outcome}" if slot.done else ""
        return (Role.DIM, f"{check} {finding.reason}", ""), (Role.DIM, done, "")
    mark, role = ("! ", Role.ERROR) if finding.fault else ("- note: ", Role.TEXT)
    fix: Run = (Role.TEXT, finding.advice, "")
    if finding.fix and number < 10:
        fix = (Role.KEY, f"{number} {finding.advice}", f"path.{number}")
    return (role, f"{mark}{finding.reason}", ""), fix


def _finding(text: Run, fix: Run, width: int, most: int, charset: CharSet) -> list[list[Run]]:
    room = width - cell_len(fix[1]) - 2
    if cell_len(text[1]) <= room or (most == 1 and room > width // 3):
        return [[(text[0], f"{fit(text[1], room, charset.ellipsis)}  ", ""), fix]]
    how = [[(fix[0], f"  {line}", fix[2])] for line in wrap(fix[1], width - 2) if line]
    said = wrap(text[1], width - 2)[: max(1, most - len(how))]
    return [[(text[0], f"{'  ' if i else ''}{line}", "")] for i, line in enumerate(said)] + how


def _rest(entries: Sequence[tuple[int, Numbered]], width: int, charset: CharSet) -> list[Run]:
    """A line with the keys that fix findings for which there is no room; the others are only counted."""
    line: list[Run] = [(Role.DIM, "  ", "")]
    used, more = 2, len(entries)
    for number, slot in entries:
        role, text, action = _texts(number, slot, charset)[1]
        if not action:
            continue
        used += cell_len(text) + 1
        if used + (len(f"and {more - 1} more") if more > 1 else -1) > width:
            break
        line.append((role, f"{text} ", action))
        more -= 1
    return [*line, (Role.DIM, f"and {more} more", "")] if more else line


def hints_line(hints: Sequence[Hint], width: int, gap: int) -> list[Run]:
    """As many hints as fit, with `gap` blanks between them."""
    parts: list[Run] = []
    for keys, words in fit_hints(hints, width, gap):
        parts += [(Role.KEY, key, action) for key, action in keys]
        parts.append((Role.HINT, f" {words}{' ' * gap}", keys[-1][1] if keys else ""))
    return parts
