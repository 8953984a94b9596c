"""`default`, `port`, `latency`, `suspend` and `formats`: settings of a sound server's devices."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from tuimixer.backend.base import Refused
from tuimixer.cli.commands.card import pick, plug, ports_json
from tuimixer.cli.commands.stream import answer
from tuimixer.cli.failure import NoMatch, Usage, report
from tuimixer.cli.grammar import Verb
from tuimixer.cli.invocation import DEVICES, Invocation
from tuimixer.cli.options import JSON, WHERE
from tuimixer.cli.output import as_json, print_json, write
from tuimixer.model.command import (
    ClearDefault,
    SetDefault,
    SetFormats,
    SetLatencyOffset,
    SetPort,
    SetSuspended,
)
from tuimixer.model.control import ENCODINGS, Control, Device, Kind, Layer, Port
from tuimixer.model.select import INPUT, OUTPUT
from tuimixer.model.snapshot import ServerCard
from tuimixer.model.text import shown
from tuimixer.model.value import parse_latency

_OPTIONS = (JSON, *WHERE)
_STEPS = {"next": 1, "previous": -1}
_IEC = "-iec61937"
Thing = TypeVar("Thing", Control, Port)

VERBS = (
    Verb(
        "default",
        "[DEVICE | next | previous | none] [@output | @input]",
        "set the default device, or print the current defaults",
        "`next` and `previous` step through the outputs or, with @input, through the inputs, and skip "
        "unplugged devices. `none` lets the server choose the default; this requires PipeWire 1.6.",
        _OPTIONS,
        (
            ("tuimixer default headphones", "make the headphones the default output"),
            ("tuimixer default next", "make the next plugged-in output the default"),
            ("tuimixer default", "print the default output and input"),
        ),
        most=2,
        complete=("device",),
    ),
    Verb(
        "port",
        "[DEVICE [PORT] | [DEVICE] next | previous]",
        "set a device's port, or list its ports",
        "DEVICE defaults to the default output. PORT is a name or a description, or part of either. `next` "
        "and `previous` skip unplugged ports.",
        _OPTIONS,
        (("tuimixer port @output", "list the output's ports and mark the active one"),),
        most=2,
        complete=("device", "port"),
    ),
    Verb(
        "latency",
        "[DEVICE [MILLISECONDS]]",
        "set or print the latency offset of a device's port",
        "DEVICE defaults to the default output. The offset is added to the latency that the server "
        "reports to programs, so that video stays in sync even if a speaker plays with a delay.",
        _OPTIONS,
        (("tuimixer latency @output", "print the active port's offset"),),
        most=2,
        complete=("device",),
    ),
    Verb(
        "suspend",
        "DEVICE [on | off]",
        "suspend or resume a device",
        "Suspending a device closes it, so that another program can use the card. The server resumes the "
        "device on demand.",
        _OPTIONS,
        (("tuimixer suspend headphones", "close the headphones and release their card"),),
        least=1,
        most=2,
        complete=("device", "switch"),
    ),
    Verb(
        "formats",
        "[OUTPUT [FORMAT…]]",
        "set the formats that an output passes through undecoded, or list them",
        f"OUTPUT defaults to the default output. FORMAT is one of "
        f"{', '.join(name.removesuffix(_IEC) for name in ENCODINGS)}; PCM is always enabled.",
        _OPTIONS,
        (("tuimixer formats @output", "list the formats that the output passes through"),),
        complete=("device", "format"),
    ),
)


def run(call: Invocation) -> int:
    """Carry out one of the verbs."""
    act: Callable[[Invocation], None] = {
        "default": _default,
        "port": _port,
        "latency": _latency,
        "suspend": _suspend,
        "formats": _formats,
    }[call.verb]
    act(call)
    return 0


def _default(call: Invocation) -> None:
    if not call.words:
        _print_defaults(call)
        return
    wanted, *side = (word.casefold() for word in call.words)
    if wanted not in _STEPS and wanted != "none":
        if side:
            raise Usage(f"only next, previous and none can be followed by {shown(call.words[1])}")
        device = call.select(call.words[0], DEVICES).controls[0]
        call.apply(SetDefault(device.id))
        answer(call, (device,))
        return
    if side and side[0] not in (OUTPUT, INPUT):
        raise Usage(f"{shown(call.words[1])} is neither @output nor @input")
    kind = Kind.SOURCE if side == [INPUT] else Kind.SINK
    if wanted == "none":
        try:
            call.apply(ClearDefault(f"pulse:{kind}"))
        except Refused:
            raise Refused("This server cannot clear the default; PipeWire 1.6 can") from None
        return
    device = _step(
        call.read(Layer.PULSE).plugged_devices(kind), lambda device: device.default, _STEPS[wanted]
    )
    call.apply(SetDefault(device.id))
    answer(call, (device,))
    if not call.json:
        write(device.name)


def _print_defaults(call: Invocation) -> None:
    read = call.read(Layer.PULSE).controls
    defaults = [control for control in read.values() if control.default and control.kind in DEVICES]
    if call.json:
        print_json({"controls": [as_json(control, read) for control in defaults]})
        return
    if not defaults:
        report("the server has no default device")
    for control in defaults:
        write(f"{'output' if control.kind is Kind.SINK else 'input'}: {control.name}")


def _step(things: Sequence[Thing], is_current: Callable[[Thing], bool], step: int) -> Thing:
    """The next or previous device or port; after the last one comes the first.

    Raises:
        NoMatch: there is no other.
    """
    others = [thing for thing in things if not is_current(thing)]
    if not others:
        raise NoMatch("no other device or port is plugged in")
    at = next((number for number, thing in enumerate(things) if is_current(thing)), -1 if step > 0 else 0)
    return things[(at + step) % len(things)]


def _device(call: Invocation, kinds: frozenset[Kind] = DEVICES) -> tuple[Control, Device]:
    """The device that the first argument names, or the default output if there is no argument."""
    control = call.select(call.words[0] if call.words else OUTPUT, kinds).controls[0]
    assert control.device is not None
    return control, control.device


def _port(call: Invocation) -> None:
    if len(call.words) == 1 and call.words[0].casefold() in _STEPS:
        call.words.insert(0, OUTPUT)
    control, device = _device(call)
    if len(call.words) == 2:
        step = _STEPS.get(call.words[1].casefold())
        if step is None:
            port = pick(call.words[1], device.ports, f"{control.name} has no port")
        else:
            plugged = [
                port for port in device.ports if port.available is not False or port.name == device.port
            ]
            port = _step(plugged, lambda port: port.name == device.port, step)
        call.apply(SetPort(control.id, port.name))
        answer(call, (control,))
    elif call.json:
        print_json({"id": control.id, "ports": ports_json(device)})
    else:
        if not device.ports:
            report(f"{control.name} has no ports")
        for port in device.ports:
            mark = "*" if port.name == device.port else " "
            write(f"{mark} {port.name}  {port.description}{plug(port.available)}")


def _latency(call: Invocation) -> None:
    control, device = _device(call)
    card = call.read(Layer.PULSE).card_of(control)
    port = next((port for port in card.ports if port.name == device.port), None) if card else None
    if card is None or port is None:
        raise Usage(f"{control.name} has no port with a latency offset")
    if len(call.words) == 2:
        try:
            offset = parse_latency(call.words[1])
        except ValueError as error:
            raise Usage(str(error)) from error
        call.apply(SetLatencyOffset(card.id, port.name, offset))
        card = call.read(Layer.PULSE).card_of(control)
        if not call.json:
            return
    _print_latency(call, control, card, port.name)


def _print_latency(call: Invocation, control: Control, card: ServerCard | None, name: str) -> None:
    ports = card.ports if card is not None else ()
    offset = next((port.latency_offset for port in ports if port.name == name), None)
    if call.json:
        print_json({"id": control.id, "port": name, "latency_offset_us": offset})
    else:
        write("unknown" if offset is None else f"{offset / 1000:g} ms")


def _suspend(call: Invocation) -> None:
    control, _ = _device(call)
    switch = {"on": True, "off": False}.get(call.words[1].casefold() if len(call.words) == 2 else "on")
    if switch is None:
        raise Usage(f"{shown(call.words[1])} is neither on nor off")
    call.apply(SetSuspended(control.id, switch))
    answer(call, (control,))


def _formats(call: Invocation) -> None:
    control, device = _device(call, frozenset({Kind.SINK}))
    if call.words[1:]:
        call.apply(SetFormats(control.id, tuple(map(_format, call.words[1:]))))
        if not call.json:
            return
        control = call.read(Layer.PULSE).controls.get(control.id, control)
        device = control.device or device
    if call.json:
        print_json(_formats_json(control, device))
    else:
        if not device.formats:
            report(f"the server lists no formats for {control.name}")
        for name in device.formats:
            write(f"{name.removesuffix(_IEC)}  {ENCODINGS.get(name, name)}")


def _formats_json(control: Control, device: Device) -> dict[str, Any]:
    return {"id": control.id, "formats": list(device.formats)}


def _format(word: str) -> str:
    name = word.casefold()
    found = next((known for known in ENCODINGS if name in (known, known.removesuffix(_IEC))), None)
    if found is None:
        known = ", ".join(name.removesuffix(_IEC) for name in ENCODINGS)
        raise Usage(f"{shown(word)} is not a format; use one of {known}")
    return found
