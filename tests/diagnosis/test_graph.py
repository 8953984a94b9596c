"""The map's nodes and edges: everything that the paths know, for hosts built by hand and recorded ones."""

from dataclasses import replace

import pytest

from tests.diagnosis.boxes import (
    MASTER,
    SINK,
    STREAM,
    SYSTEM,
    ac97,
    changed,
    loopback,
    monitor_of,
    picture,
    soft_sink,
    stream,
)
from tests.diagnosis.recordings import SERVERS, Box, boxes
from tuimixer.backend.demo import simulated
from tuimixer.diagnosis.graph import Edge, Graph, Line, Part
from tuimixer.diagnosis.graph_builder import graph_of
from tuimixer.diagnosis.path import sounds, trace
from tuimixer.diagnosis.stage import StageKind
from tuimixer.model.control import Control, Kind
from tuimixer.model.snapshot import AlsaCard, Snapshot
from tuimixer.model.system import Holder, PcmDevice

pytestmark = pytest.mark.unit

RECORDED = [
    pytest.param(box, capture, id=f"{server}-{box.kind}-{box.name}-{'capture' if capture else 'playback'}")
    for server in SERVERS
    for box in boxes(server)
    if box.kind in ("fault", "healthy", "devices")
    for capture in (False, True)
]


def host(*more: Control) -> Snapshot:
    """The AC97 host and more."""
    plain = ac97()
    return replace(plain, controls=plain.controls | {control.id: control for control in more})


def edge(graph: Graph, start: str, end: str) -> Edge:
    return next(one for one in graph.edges if (one.start, one.end) == (start, end))


def line(graph: Graph, control: str) -> Line:
    place = graph.place_of(control)
    assert place is not None
    node = graph.node(place[0])
    assert node is not None
    return node.all_lines[place[1]]


def reached(graph: Graph, start: str) -> set[str]:
    found, ahead = {start}, [start]
    while ahead:
        here = ahead.pop()
        ahead += [one.end for one in graph.edges if one.start == here and one.end not in found]
        found |= set(ahead)
    return found


def test_from_the_application_to_the_jack() -> None:
    graph = graph_of(ac97(stream_db=-6.0), SYSTEM)
    (sound,) = [sound for sound in graph.sounds if sound.live]
    assert sound.chains == ((STREAM, SINK, "card:ICH", "jacks:ICH"),)
    columns = [node.column for step in sound.chains[0] if (node := graph.node(step)) is not None]
    assert columns == [3, 2, 1, 0]
    assert line(graph, STREAM).gain == pytest.approx(-600, abs=2)
    assert all(one.live and not one.silent for one in graph.edges)


@pytest.mark.parametrize(("control", "start", "end"), [(STREAM, STREAM, SINK), (SINK, SINK, "card:ICH")])
def test_a_muted_stage_is_a_wall_behind_it(control: str, start: str, end: str) -> None:
    graph = graph_of(changed(ac97(), control, mute=(True,)), SYSTEM)
    assert [(one.start, one.end) for one in graph.edges if one.silent] == [(start, end)]


def test_a_muted_control_of_the_card_is_a_wall_before_the_jack() -> None:
    graph = graph_of(changed(ac97(), MASTER, mute=(True, True)), SYSTEM)
    assert [(one.start, one.end) for one in graph.edges if one.silent] == [("card:ICH", "jacks:ICH")]


def test_one_of_two_streams_muted_leaves_the_rest_open() -> None:
    graph = graph_of(host(stream(0.0, number=2, mute=True)), SYSTEM)
    assert edge(graph, "pulse:sink_input/2", SINK).silent
    assert not edge(graph, SINK, "card:ICH").silent


def test_a_null_sink_is_a_dead_end() -> None:
    null = soft_sink(name="null")
    graph = graph_of(host(null, stream(to=null.id, number=2)), SYSTEM)
    assert edge(graph, null.id, f"end:{null.id}").silent


def test_what_is_behind_a_null_sink() -> None:
    null, tape = soft_sink(name="null"), "pulse:source_output/7"
    monitor = monitor_of(null.id)
    recorder = stream(to=monitor.id, number=7, kind=Kind.SOURCE_OUTPUT, name="Recorder")
    snapshot = host(null, monitor, stream(to=null.id, number=2), recorder)
    graph = graph_of(snapshot, SYSTEM)
    assert edge(graph, null.id, tape) == Edge(null.id, tape, "monitor", False, True)
    assert graph.node(f"end:{null.id}") is None
    recording = graph_of(snapshot, SYSTEM, capture=True)
    assert [chain for s in recording.sounds if s.start == tape for chain in s.chains] == [
        (null.id, monitor.id, tape)
    ]


def test_a_loopback_has_its_volumes_between_two_sinks() -> None:
    null = soft_sink(name="game")
    monitor = monitor_of(null.id)
    snapshot = host(null, monitor, *loopback(monitor.id, SINK), stream(to=null.id, number=2))
    graph = graph_of(snapshot, SYSTEM)
    (module,) = [node for node in graph.nodes if node.part is Part.MODULE]
    assert module.head.stage.name == "loopback"
    assert [one.stage.name for one in module.lines] == ["monitor", "input", "output"]
    assert {null.id, module.id, SINK, "card:ICH", "jacks:ICH"} <= reached(graph, "pulse:sink_input/2")
    columns = {node.id: node.column for node in graph.nodes}
    assert columns["pulse:sink_input/2"] > columns[null.id] > columns[module.id] > columns[SINK]


@pytest.mark.parametrize(("dmix", "word"), [(True, "dmix"), (False, "bypasses the server")])
def test_a_program_past_the_server(dmix: bool, word: str) -> None:
    holder = Holder("ICH", 0, 0, 0, False, 44, "aplay", "me", "RUNNING", dmix=dmix)
    graph = graph_of(ac97(), replace(SYSTEM, holders=(holder,)))
    (node,) = [node for node in graph.nodes if node.head.stage.name == "aplay"]
    assert edge(graph, node.id, "card:ICH").word == word


def test_cards_are_there_without_a_server() -> None:
    snapshot = replace(
        ac97(), server=None, controls={k: c for k, c in ac97().controls.items() if c.card and c.element}
    )
    system = replace(SYSTEM, pcm_devices=(PcmDevice("ICH", 0, 0, "AC97", False),))
    graph = graph_of(snapshot, system)
    assert {node.id for node in graph.nodes} == {"card:ICH", "jacks:ICH"}
    assert graph.place_of(MASTER) is not None


def test_a_sink_that_feeds_itself_has_a_map() -> None:
    null = soft_sink(name="round")
    monitor = monitor_of(null.id)
    snapshot = host(null, monitor, *loopback(monitor.id, null.id), stream(to=null.id, number=2))
    graph = graph_of(snapshot, SYSTEM)
    assert graph.node(null.id) is not None


def test_the_jacks_of_the_demo() -> None:
    graph = graph_of(simulated.box(), simulated.system())
    jacks = graph.node("jacks:PCH")
    assert jacks is not None
    assert [(one.stage.name, one.state) for one in jacks.all_lines] == [
        ("Speakers", "in use"),
        ("Headphones", "unplugged"),
        ("HDMI 1", "free"),
    ]


def test_nothing_at_all() -> None:
    assert graph_of(picture(), SYSTEM) == Graph(nodes=(), edges=(), sounds=())


@pytest.mark.parametrize(("box", "capture"), RECORDED)
def test_everything_that_a_path_knows_is_on_the_map(box: Box, capture: bool) -> None:
    graph = graph_of(box.snapshot, box.system, capture)
    for start in sounds(box.snapshot, box.system, capture):
        for path in trace(box.snapshot, box.system, start):
            for stage in path.stages:
                if stage.control is None or stage.kind in (StageKind.REMAINDER, StageKind.APPLICATION):
                    continue
                there = line(graph, stage.control)
                assert there.stage.muted == stage.muted or not stage.certain
                if stage.certain:
                    assert there.stage.gains == stage.gains
    for node in graph.nodes:
        assert node.all_lines
    known = {node.id: node.column for node in graph.nodes}
    for one in graph.edges:
        near, far = (one.end, one.start) if capture else (one.start, one.end)
        assert known[near] > known[far]


def test_loopback_cards_end_in_themselves() -> None:
    holder = Holder("Loopback", 1, 0, 0, False, 45, "mpg123", "me", "RUNNING")
    snapshot = ac97()
    snapshot = replace(
        snapshot, alsa_cards=(*snapshot.alsa_cards, AlsaCard("Loopback", 1, "Loopback", loopback=True))
    )
    graph = graph_of(snapshot, replace(SYSTEM, holders=(holder,)))
    (node,) = [node for node in graph.nodes if node.head.stage.name == "mpg123"]
    assert edge(graph, node.id, "jacks:Loopback")
