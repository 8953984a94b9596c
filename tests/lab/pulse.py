"""A private PulseAudio, ready in a fraction of a second."""

from collections.abc import Sequence

from tests.lab.sound import SINKS, Sink, SoundServer


class PrivatePulse(SoundServer):
    """A PulseAudio with null sinks and further modules, such as "module-null-source source_name=mic"."""

    def __init__(self, sinks: Sequence[Sink] = SINKS, modules: Sequence[str] = ()) -> None:
        super().__init__(sinks)
        lines = [f"load-module module-null-sink {sink.arguments}" for sink in sinks]
        lines += [f"load-module {module}" for module in modules]
        if sinks:
            lines.append(f"set-default-sink {sinks[0].name}")
        # The socket last, so that clients find everything ready.
        lines.append("load-module module-native-protocol-unix auth-anonymous=1")
        (self.folder / "default.pa").write_text("\n".join(lines) + "\n")

    def _command(self) -> list[str]:
        options = ["--exit-idle-time=-1", "--daemonize=no", "--disallow-exit", "--use-pid-file=no"]
        # The kernel kills real-time threads that run for 200 ms without pause, as on a slow machine.
        options += ["--realtime=no", "--high-priority=no"]
        return ["pulseaudio", "-n", "-F", str(self.folder / "default.pa"), *options]

    def _settle(self) -> None:
        """Do nothing: the startup script has created everything."""
