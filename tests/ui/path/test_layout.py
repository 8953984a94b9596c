"""The map's layout and its drawing, without a terminal: nothing overlaps, wires end where they should."""

from itertools import pairwise

import pytest

from tests.diagnosis.recordings import SERVERS, Box, boxes
from tuimixer.backend.demo import simulated
from tuimixer.diagnosis.graph import Graph, Part, Sound
from tuimixer.diagnosis.graph_builder import graph_of
from tuimixer.diagnosis.path import trace
from tuimixer.diagnosis.stage import Path, Stage, StageGroup, StageKind
from tuimixer.model.control import Kind, Medium
from tuimixer.model.record import replace
from tuimixer.ui.path.labels import short_gain
from tuimixer.ui.path.layout import STYLES, Plan, plan
from tuimixer.ui.path.map import Place, draw_map, headings
from tuimixer.ui.path.routes import draw_routes, routes_of, walk_routes
from tuimixer.ui.path.stairs import draw_stairs, steps_of
from tuimixer.ui.path.walking import begin, stops, walk
from tuimixer.ui.terminal.cells import Area, Grid
from tuimixer.ui.terminal.charsets import ASCII, CP437, UNICODE, CharSet
from tuimixer.ui.terminal.palette import Role

pytestmark = pytest.mark.unit

SIZES = [(40, 7), (80, 17), (100, 23), (120, 32), (200, 51)]
DEMO = Box("demo", "demo", simulated.box(), simulated.system())
HOSTS = [DEMO, *(box for server in SERVERS for box in boxes(server) if box.kind in ("fault", "devices"))]
GRAPHS = [
    pytest.param(graph_of(box.snapshot, box.system, capture), id=f"{n}-{box.name}-{capture}")
    for n, box in enumerate(HOSTS)
    for capture in (False, True)
]
BIG = graph_of(simulated.big(300, 200), simulated.system())


def cells(plan_: Plan) -> dict[tuple[int, int], str]:
    """Which box covers which cell."""
    found: dict[tuple[int, int], str] = {}
    for node, box in plan_.boxes.items():
        for y in range(box.y, box.y + box.height):
            for x in range(box.x, box.x + box.width):
                assert (x, y) not in found, (node, found[x, y])
                found[x, y] = node
    return found


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("graph", [*GRAPHS, pytest.param(BIG, id="big")])
def test_boxes_and_wires_keep_apart(graph: Graph, size: tuple[int, int]) -> None:
    laid = plan(graph, *size)
    taken = cells(laid)
    assert set(laid.boxes) == {node.id for node in graph.nodes}
    assert all(0 <= x < laid.width and 0 <= y < laid.height for x, y in taken)
    for wire in laid.wires:
        start, end = laid.boxes[wire.edge.start], laid.boxes[wire.edge.end]
        assert wire.points[0] == (start.x + start.width, start.lines[0])
        if not wire.edge.silent:
            assert wire.points[-1] == (end.x - 1, end.lines[0])
        for (x, y), (x2, y2) in pairwise(wire.points):
            assert x == x2 or y == y2
            for column in range(min(x, x2), max(x, x2) + 1):
                for row in range(min(y, y2), max(y, y2) + 1):
                    assert (column, row) not in taken


def test_as_roomy_as_there_is_room() -> None:
    graph = graph_of(DEMO.snapshot, DEMO.system)
    assert plan(graph, 200, 51).style == STYLES[0]
    assert plan(graph, 200, 51).width <= 200
    assert plan(graph, 200, 51).height == 51
    assert not plan(graph, 80, 17).style.framed
    assert plan(graph, 80, 17).width <= 80


def test_columns_show_whole_names_and_gains_where_there_is_room() -> None:
    graph = graph_of(DEMO.snapshot, DEMO.system)
    laid = plan(graph, 200, 51)
    rows = draw_map(graph, laid, None, None, {}, {}, UNICODE).grid.text
    text = " ".join("".join(map("".join, rows)).split())
    for words in ("SuperTuxKart ║ paused 0.0 dB", "MUTE +2.5 dB", "PCM 0.0 dB softvol"):
        assert words in text


@pytest.mark.parametrize("graph", [*GRAPHS, pytest.param(BIG, id="big")])
def test_all_gains_have_units_or_all_columns_of_gains_do(graph: Graph) -> None:
    for size in SIZES:
        laid = plan(graph, *size)
        drawn = draw_map(graph, laid, None, None, {}, {}, UNICODE)
        text = ["".join(line) for line in drawn.grid.text]
        heads = {x: words for x, _, words, _ in headings(graph, laid, drawn.units)}
        for box in laid.boxes.values():
            gains = [
                (text[y][box.x : box.x + box.width].rstrip(" │┃"), short_gain(line.gain))
                for y, line in zip(box.lines, box.node.all_lines, strict=True)
                if line.stage.gains and box.node.part is not Part.JACK
            ]
            for shown, gain in gains:
                ends = (gain, gain.removesuffix(" dB"))[not drawn.units]
                assert ends in shown or shown.endswith("MUTE"), (size, shown)
                assert (gain in shown) <= drawn.units
                assert drawn.units or heads[box.x].endswith(" dB")


def test_a_map_of_100_columns_has_units() -> None:
    graph = graph_of(DEMO.snapshot, DEMO.system)
    assert draw_map(graph, plan(graph, 100, 23), None, None, {}, {}, UNICODE).units
    assert not draw_map(graph, plan(graph, 80, 17), None, None, {}, {}, UNICODE).units


@pytest.mark.parametrize("charset", [ASCII, CP437], ids=lambda charset: charset.name)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_plain_characters(charset: CharSet, size: tuple[int, int]) -> None:
    graph = graph_of(DEMO.snapshot, DEMO.system)
    drawn = draw_map(graph, plan(graph, *size), begin(graph), graph.sounds[0], {}, {}, charset)
    text = "\n".join("".join(row) for row in drawn.grid.text)
    text.encode(charset.encoding or "utf-8")


def test_a_wall_only_where_something_silences() -> None:
    graph = graph_of(DEMO.snapshot, DEMO.system)
    laid = plan(graph, 120, 32)
    drawn = draw_map(graph, laid, None, None, {}, {}, UNICODE)
    walls = [(x, y) for y, row in enumerate(drawn.grid.text) for x, glyph in enumerate(row) if glyph == "█"]
    (chat,) = [box for box in laid.boxes.values() if box.node.head.stage.name == "Chat"]
    assert walls == [(chat.x + chat.width + 2, chat.lines[0])]


@pytest.mark.parametrize("graph", GRAPHS)
def test_every_box_is_reached_by_the_arrows(graph: Graph) -> None:
    laid = plan(graph, 120, 32)
    first = begin(graph)
    assert first is not None
    found, ahead = {first}, [first]
    while ahead:
        here = ahead.pop()
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            there = walk(graph, laid, here, graph.sounds[0], dx, dy)
            if there not in found:
                found.add(there)
                ahead.append(there)
    assert found >= {Place(node.id, line) for node in graph.nodes for line in stops(node)}


@pytest.mark.parametrize("graph", GRAPHS)
def test_the_plain_map_tells_of_everything_and_the_arrows_lead_through_all_of_it(graph: Graph) -> None:
    routes = routes_of(graph, {})
    told = {place for route in routes for place in route.places}
    assert told == {Place(node.id, i) for node in graph.nodes for i in range(len(node.all_lines))}

    def press(place: Place, sound: Sound | None, dx: int, dy: int) -> tuple[Place, Sound | None]:
        place, sound = walk_routes(routes, place, sound, dx, dy)
        node = graph.node(place.node)
        assert node is not None
        control = node.all_lines[place.line].stage.control
        return place, graph.sound_at(node.id, control, sound.start if sound is not None else None)

    # Down from the first route on leads to the first place of each, and right from there to all others.
    place, sound = press(Place("nowhere"), None, 0, 1)
    for route in routes:
        assert place == route.places[0]
        further, along = place, sound
        for expected in route.places:
            assert further == expected
            further, along = press(further, along, 1, 0)
        place, sound = press(place, sound, 0, 1)
    assert place == routes[-1].places[0]


@pytest.mark.parametrize("size", [1, 2, 3, 10, 40, 80])
def test_the_plain_map_fits_its_width(size: int) -> None:
    for graph in (graph_of(DEMO.snapshot, DEMO.system, capture) for capture in (False, True)):
        routes = routes_of(graph, {})
        for route in routes:
            for place in route.places:
                drawn = draw_routes(routes, place, route.sound, size, UNICODE)
                assert drawn.cursor is not None
                lines = ["".join(line) for line in drawn.grid.text]
                assert size < 40 or not any(line.strip()[:1] in ",;" for line in lines if line.strip())
                words = " ".join(" ".join(lines).replace("▸", " ").split())
                told = "".join(f"{word.link}{word.text}" for word in route.words)
                assert size < 40 or told in words


def test_the_arrows_lead_where_they_point() -> None:
    graph = graph_of(DEMO.snapshot, DEMO.system)
    laid = plan(graph, 120, 32)
    for place in (Place(node.id, stops(node)[0]) for node in graph.nodes):
        for sound in graph.sounds:
            right, left = (laid.boxes[walk(graph, laid, place, sound, dx, 0).node].x for dx in (1, -1))
            assert left <= laid.boxes[place.node].x <= right
            down, up = (walk(graph, laid, place, sound, 0, dy) for dy in (1, -1))
            row = laid.boxes[place.node].lines[place.line]
            assert laid.boxes[up.node].lines[up.line] <= row <= laid.boxes[down.node].lines[down.line]


def test_the_staircase_ends_at_the_total() -> None:
    for box in HOSTS:
        for control in box.snapshot.controls:
            for path in trace(box.snapshot, box.system, control):
                rows = steps_of(path)
                total = path.loudest(path.total)
                if not any(s.muted for s in path.stages):
                    assert rows[-1].known == (total is not None)
                    assert total is None or rows[-1].after == pytest.approx(total, abs=1)
                for row, following in pairwise(rows):
                    assert following.part or following.before == row.after


@pytest.mark.parametrize("size", [(20, 3), (40, 7), (80, 17), (200, 51)], ids=str)
def test_the_chosen_step_is_seen(size: tuple[int, int]) -> None:
    for sound in graph_of(DEMO.snapshot, DEMO.system).sounds:
        for path in sound.paths:
            for chosen in range(len(steps_of(path))):
                shown = draw_stairs(Grid(*size), 0, size[1] - 1, path, chosen, UNICODE)
                assert chosen in [index for index, _ in shown]
                assert all(area.y + area.height <= size[1] for _, area in shown)


def painted(path: Path) -> tuple[Grid, tuple[tuple[int, Area], ...]]:
    """The staircase of a path in 100 columns, one line a step, and where its steps are."""
    grid = Grid(100, 12)
    return grid, draw_stairs(grid, 0, len(steps_of(path)), path, None, UNICODE, solid=True)


def test_media_have_the_colors_of_the_layers_and_only_gains_in_software_are_red() -> None:
    stages = [
        Stage("player", StageGroup.APPLICATION, StageKind.APPLICATION),
        Stage("cut", StageGroup.ALSA, StageKind.CONTROL, Medium.HARDWARE, {"mono": -600}),
        Stage("soft", StageGroup.PULSE, StageKind.STREAM, Medium.SOFTWARE, {"mono": -600}),
        Stage("boost", StageGroup.PULSE, StageKind.STREAM, Medium.SOFTWARE, {"mono": 600}),
        Stage("amplifier", StageGroup.ALSA, StageKind.CONTROL, Medium.HARDWARE, {"mono": 600}),
    ]
    grid, areas = painted(Path(tuple(stages), ("mono",)))
    rows = {index: area.y for index, area in areas}
    hardware, software = Role.HARDWARE, Role.APPLICATIONS
    bars = (hardware, software, Role.BAR_OVER, Role.METER_WARM)
    for step, (bar, word) in enumerate(zip(bars, (hardware, software, software, hardware), strict=True), 1):
        line = grid.line(rows[step])
        assert (bar, "█" * 8) in [(role, text[:8]) for role, text in line], line
        assert word in [role for role, text in line if text.strip().endswith("ware")], line


@pytest.mark.parametrize("room", range(7, 60))
def test_stages_use_the_height(room: int) -> None:
    (sound,) = [sound for sound in graph_of(DEMO.snapshot, DEMO.system).sounds if sound.name == "mpv"]
    grid = Grid(100, room + 1)
    areas = [area for _, area in draw_stairs(grid, 0, room, sound.paths[0], None, UNICODE)]
    assert len(areas) == 7
    used = areas[-1].y + areas[-1].height - 1
    # Six stages, of one to eight lines; one of them has a part in a second line.
    assert used == (7 if room < 12 else min(room, 48))


def test_a_step_begins_under_the_tick_of_its_level() -> None:
    for cut in (-600, -1200, -1800):
        stages = (
            Stage("player", StageGroup.APPLICATION, StageKind.APPLICATION),
            Stage("cut", StageGroup.PULSE, StageKind.STREAM, Medium.SOFTWARE, {"mono": cut}),
        )
        grid, areas = painted(Path(stages, ("mono",)))
        ruler, row = "".join(grid.text[0]), grid.roles[areas[1][1].y]
        # The level's label is right of the tick, which is on the edge of the cell where the bar ends.
        assert ruler.index(f"▏−{-cut // 100}") == row.index(Role.APPLICATIONS)
        assert ruler.index("▏0 dB") == row.index(Role.FRAME, row.index(Role.APPLICATIONS))


def test_one_unknown_stage_leaves_the_others_in_the_staircase() -> None:
    stages = (
        Stage("jack", StageGroup.CARD, StageKind.END),
        Stage("Capture", StageGroup.ALSA, StageKind.CONTROL, Medium.HARDWARE, {"mono": None}),
        Stage("stream", StageGroup.PULSE, StageKind.STREAM, Medium.SOFTWARE, {"mono": -600}),
        Stage("mute", StageGroup.PULSE, StageKind.STREAM, Medium.SOFTWARE, {"mono": -600}, muted=True),
    )
    grid, areas = painted(Path(stages, ("mono",), capture=True))
    jack, capture, stream, mute = (grid.line(area.y) for _, area in areas)
    texts = ["".join(text for _, text in line).split() for line in (jack, capture, stream, mute)]
    assert texts[0][-2:] == ["0.0", "dB"]
    assert texts[1][:3] == ["Capture", "?", "dB"]
    assert "░░░░░░░░" in "".join(texts[1])
    assert texts[1][-3:] == ["?", "dB", "hardware"]
    # The stream's own gain is known, but not the level after it.
    assert texts[2][:3] == ["stream", "−6.0", "dB"]
    assert (Role.APPLICATIONS, "████████") in [(role, text[:8]) for role, text in stream]
    assert (Role.DIM, UNICODE.dots * 8) in [(role, text[:8]) for role, text in stream]
    assert texts[2][-3:] == ["?", "dB", "software"]
    # Whatever came before, nothing is left after a mute.
    assert texts[3][-3:] == ["−∞", "dB", "MUTE"]


@pytest.mark.parametrize("name", ["mpv", "HDMI 1"])
def test_a_suspended_device_has_no_wire_to_the_jacks_unless_it_is_selected(name: str) -> None:
    graph = graph_of(DEMO.snapshot, DEMO.system)
    sound = next(sound for sound in graph.sounds if sound.name == name)
    laid = plan(graph, 120, 32)
    drawn = draw_map(graph, laid, None, sound, {}, {}, UNICODE)
    (hdmi,) = (node.id for node in graph.nodes if node.head.stage.name == "HDMI 1")
    (wire,) = (wire for wire in laid.wires if wire.edge.start == hdmi)
    x, y = wire.points[0]
    assert drawn.grid.text[y][x] == ("━" if name == "HDMI 1" else " ")


@pytest.mark.parametrize("mute", [False, True])
def test_a_suspended_device_keeps_its_wire_or_wall_to_jacks_that_no_other_uses(mute: bool) -> None:
    controls = {
        key: replace(control, device=replace(control.device, state="suspended"), mute=(mute,))
        for key, control in DEMO.snapshot.controls.items()
        if control.kind is Kind.SINK and control.device is not None
    }
    graph = graph_of(replace(DEMO.snapshot, controls=controls, alsa_cards=()), DEMO.system)
    laid = plan(graph, 120, 32)
    drawn = draw_map(graph, laid, None, None, {}, {}, UNICODE)
    assert laid.wires
    for wire in laid.wires:
        x, y = wire.points[0]
        assert drawn.grid.text[y][x] == "─"
    assert any("█" in "".join(line) for line in drawn.grid.text) == mute


def test_a_suspended_device_keeps_its_wall_beside_another_on_the_same_jacks() -> None:
    hdmi = DEMO.snapshot.controls[simulated.HDMI]
    controls = {**DEMO.snapshot.controls, hdmi.id: replace(hdmi, mute=(True,))}
    graph = graph_of(replace(DEMO.snapshot, controls=controls), DEMO.system)
    laid = plan(graph, 120, 32)
    drawn = draw_map(graph, laid, None, None, {}, {}, UNICODE)
    (wire,) = (wire for wire in laid.wires if wire.edge.start == hdmi.id)
    assert ["".join(drawn.grid.text[y][x]) for x, y in (wire.points[0], wire.points[-1])] == ["─", "█"]


def test_a_suspended_device_keeps_its_wire_to_the_controls_of_a_card() -> None:
    headset = DEMO.snapshot.controls[simulated.HEADSET]
    assert headset.device is not None
    other = replace(headset, id="pulse:sink/other", device=replace(headset.device, state="suspended"))
    controls = {**DEMO.snapshot.controls, other.id: other}
    graph = graph_of(replace(DEMO.snapshot, controls=controls), DEMO.system)
    laid = plan(graph, 120, 32)
    drawn = draw_map(graph, laid, None, None, {}, {}, UNICODE)
    (wire,) = (wire for wire in laid.wires if wire.edge.start == other.id)
    assert wire.edge.end == "card:Headset"
    x, y = wire.points[0]
    assert drawn.grid.text[y][x] == "─"


def test_of_what_is_muted_the_plain_map_marks_only_what_is_in_use() -> None:
    routes = routes_of(graph_of(DEMO.snapshot, DEMO.system), {})
    marked = {word.text: word.silent for route in routes for word in route.words if "muted" in word.text}
    assert marked == {"Chat +2.5 dB, muted": True, "Headphone 0.0 dB, muted, unplugged": False}
