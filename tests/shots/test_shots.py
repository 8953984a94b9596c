"""The pictures in the repository are the generated ones, and each is shown; a recording is consistent."""

import re
from pathlib import Path

import pytest

from tests.shots.picture import Cell, Frame, recording_of, svg_of
from tests.shots.scenes import CARD, DEMONSTRATION, SIMULATED

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]


def test_each_picture_is_made_and_shown() -> None:
    there = {path.name for path in (ROOT / "screenshots").iterdir()}
    names = {scene.name for scene in (*SIMULATED, *CARD)} | {DEMONSTRATION.name}
    assert there == {f"{name}{theme}.svg" for name in names for theme in ("", "-light")}
    assert there == set(re.findall(r"screenshots/([\w.-]+)", (ROOT / "README.md").read_text()))


def test_a_recording_is_small_enough_for_a_page() -> None:
    for path in (ROOT / "screenshots").glob(f"{DEMONSTRATION.name}*.svg"):
        assert path.stat().st_size < 400_000, path.name


def frame(*lines: str) -> Frame:
    return tuple(tuple(Cell(glyph, "#ffffff", "#000000", False) for glyph in line) for line in lines)


def test_a_frame_has_only_what_differs_with_the_whole_word() -> None:
    svg = recording_of([(frame("mpv 63%", "Spotify"), 1.0), (frame("mpv 64%", "Spotify"), 3.0)], "")
    first, second = svg.split('<g id="f0">')
    assert first.count(">Spotify<") == 1
    assert ">64%<" in second
    assert "mpv" not in second
    assert "25.00%,to{visibility:visible}" in svg
    assert "f0 4.00s" in svg


def test_a_frame_without_a_difference_takes_nothing() -> None:
    same = frame("mpv")
    assert "<g id=" not in recording_of([(same, 1.0), (same, 1.0)], "")


def test_lines_are_drawn_as_shapes() -> None:
    svg = svg_of(frame("┏━┓┐├▀█"), "")
    assert "<text" not in svg
    assert "<path" in svg


def test_thin_lines_are_smoothed_and_blocks_are_not() -> None:
    svg = svg_of(frame("│▏█"), "")
    (line, shapes), (block, _) = re.findall('<path ([^>]*) d="([^"]*)"', svg)
    assert line == 'class="l" fill="#ffffff"'
    assert block == 'fill="#ffffff"'
    assert "path{shape-rendering:crispEdges}.l{shape-rendering:auto}" in svg
    # On a page that shows the picture at four fifths of its size, they still are a pixel wide.
    assert min(map(float, re.findall(r"h([\d.]+)", shapes))) * 0.8 >= 1
