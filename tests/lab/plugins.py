"""ALSA simple-mixer elements without a kernel: libasound's control plugins `equal` and `pulse`."""

from pathlib import Path

from tests.lab.sound import SoundServer

_CONFIG = """\
ctl.equal {{
    type equal
    controls "{folder}/equal.bin"
}}
ctl.pulse {{
    type pulse
    server "{address}"
}}
"""


class Plugins:
    """An ALSA configuration with the devices "equal" (ten faders, 0…100) and "pulse" (Master, Capture).

    Neither has dB data. The device "pulse" is the default sink and source of `server`.
    """

    def __init__(self, folder: Path, server: SoundServer) -> None:
        self.server = server
        self.config = folder / "asound.conf"
        self.config.write_text(_CONFIG.format(folder=folder, address=server.address))
        self.config_path = f"/usr/share/alsa/alsa.conf:{self.config}"
        """Value for ALSA_CONFIG_PATH."""
        self.env = server.env | {"ALSA_CONFIG_PATH": self.config_path}
        """Environment for amixer, alsamixer or tuimixer."""
