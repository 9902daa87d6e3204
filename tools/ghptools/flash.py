"""`ghp flash PORT`: put the compiled firmware on a board that already runs MicroPython, with mpremote.

From MicroPython's prompt or from our running firmware (through `reboot repl`, which a turning engine
refuses): find out what the board is, write the firmware (into its ROM partition where it has one, else as
.mpy files under /lib), read hashes back on the device, restart, and ask the firmware for its version.
"""

import contextlib
import hashlib
import os
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

import serial

from ghptools.build import images

_MPREMOTE_S = 60
_ANSWER_S = 20
_START_S = 30
_IDENTIFY = """
import sys,vfs,gc
v=sys.modules.get('vm_board')
print(v.BOARD if v else sys.platform+' '+sys.implementation._machine)
print(sys.implementation._mpy&255,sys.implementation._mpy>>8&3)
n=vfs.rom_ioctl(1) if hasattr(vfs,'rom_ioctl') else 0
d=vfs.rom_ioctl(2,0) if n>0 else None
print(d.ioctl(4,0)*d.ioctl(5,0) if hasattr(d,'ioctl') else len(d) if d is not None else 0)
"""
_ROM_HASH = """
import vfs,hashlib
d=vfs.rom_ioctl(2,0)
n=%d
h=hashlib.sha256()
if hasattr(d,'ioctl'):
 b=bytearray(d.ioctl(5,0))
 for i in range((n+len(b)-1)//len(b)):
  d.readblocks(i,b)
  h.update(memoryview(b)[:min(len(b),n-i*len(b))])
else:
 h.update(memoryview(d)[:n])
print(h.digest().hex())
"""
_FILE_HASHES = """
import os,hashlib
def w(p):
 for e in os.ilistdir(p or '/'):
  q=p+'/'+e[0]
  if e[1]==0x4000:
   if p or e[0]=='lib':w(q)
  elif p or e[0] in ('boot.py','main.py'):
   h=hashlib.sha256()
   b=bytearray(512)
   with open(q,'rb') as f:
    while True:
     n=f.readinto(b)
     if not n:break
     h.update(memoryview(b)[:n])
   print(q,h.digest().hex())
w('')
"""
_REMOVE = """
import os
for p in %r:
 try:
  os.remove(p)
  while p.rfind('/')>4:
   p=p[:p.rfind('/')]
   os.rmdir(p)
 except OSError:
  pass
"""
_WHERE = "import ghp,board\nprint(ghp.__file__,board.__file__)"


class FlashError(Exception):
    """The board could not be flashed; the text is one sentence."""


def add_parser(sub):
    """Add the `flash` subcommand to argparse's `sub`."""
    parser = sub.add_parser("flash", help="put the firmware on a board that runs MicroPython")
    parser.add_argument("port", help="serial port or pseudo-terminal, for instance /dev/ttyACM0")
    parser.add_argument("--board", default="ghp50", help="folder under boards/ (default ghp50)")
    parser.add_argument(
        "--way", choices=("auto", "rom", "mpy"), default="auto", help="ROM partition, .mpy files, or what the board has"
    )
    parser.set_defaults(run=run)


def run(args):
    """Flash; returns the exit code: 0 done and answering, 2 with one sentence on stderr."""
    try:
        flash(args.port, args.board, args.way, say=print)
    except (FlashError, images.BuildError) as error:
        print(f"ghp flash: {error}", file=sys.stderr)
        return 2
    return 0


def flash(port, board="ghp50", way="auto", firmware=images.FIRMWARE, boards=images.BOARDS, say=lambda _text: None):
    """Flash `port`; raises FlashError or BuildError with one sentence.  Returns the version it answers."""
    if not os.path.exists(port):
        raise FlashError(f"there is no port {port}.")
    files = images.firmware_files(board, firmware, boards)
    programs = images.programs(firmware)
    say(f"compiled {len(files)} modules, {sum(map(len, files.values()))} bytes")
    _to_prompt(port, say)
    identity, rom_size = _identify(port, board, boards)
    image = images.romfs(files)
    if way == "auto":
        way = "rom" if rom_size >= len(image) else "mpy"
    if way == "rom" and rom_size < len(image):
        raise FlashError(f"{identity} has a ROM partition of {rom_size} bytes, the image needs {len(image)}.")
    say(f"{port}: {identity}, {'ROM partition' if way == 'rom' else '.mpy files'}")
    with tempfile.TemporaryDirectory(prefix="ghp-flash-") as folder:
        _write(port, Path(folder), way, image, files, programs, say)
    # what was counted of an earlier program's restarts says nothing about this one
    _mpremote(port, "exec", "--no-follow", "import machine;machine.RTC().memory(b'');machine.reset()")
    version = _ask_version(port)
    say(f"{port} answers: {version}")
    return version


def _write(port, folder, way, image, files, programs, say):
    wanted = {f"/{name}": data for name, data in programs.items()}
    before = _hashes(port)
    if way == "rom":
        path = folder / "firmware.romfs"
        path.write_bytes(image)
        _mpremote(port, "romfs", "deploy", str(path))
        told = _mpremote(port, "exec", _ROM_HASH % len(image)).strip()
        if told != hashlib.sha256(image).hexdigest():
            raise FlashError("the ROM partition does not hold what was sent (hash differs); try again.")
    else:
        wanted.update({f"/lib/{name}": data for name, data in files.items()})
    ours = [path for path in before if path.startswith("/lib/ghp/") or path == "/lib/board.mpy"]
    stale = [path for path in ours if path not in wanted]
    if stale:
        _mpremote(port, "exec", _REMOVE % (tuple(stale),))
    changed = {path: data for path, data in wanted.items() if before.get(path) != hashlib.sha256(data).hexdigest()}
    _copy(port, folder, changed)
    after = _hashes(port)
    for path, data in wanted.items():
        if after.get(path) != hashlib.sha256(data).hexdigest():
            raise FlashError(f"{path} on the board is not what was sent (hash differs); try again.")
    say(f"verified {len(wanted)} files{' and the ROM image' if way == 'rom' else ''}, {len(changed)} were new")
    _prove_place(port, "/rom/" if way == "rom" else "/lib/")


def _copy(port, folder, changed):
    """Copy files (device path -> bytes): whole folders at once, because each call opens the port anew."""
    if not changed:
        return
    root = folder / "files"
    for path, data in changed.items():
        place = root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    _mpremote(port, "fs", "cp", "-r", "-f", *[str(path) for path in sorted(root.iterdir())], ":/")


def _prove_place(port, expected):
    """Refuse when an import would find another copy of the firmware than the one just written."""
    _mpremote(port, "soft-reset")
    places = _mpremote(port, "exec", _WHERE).split()
    if not all(place.startswith(expected) for place in places):
        raise FlashError(
            f"the board would run {places[0]}, not the firmware just written to {expected}; "
            "flash an image without a frozen firmware first."
        )


def _identify(port, board, boards):
    lines = _mpremote(port, "exec", _IDENTIFY).splitlines()
    if len(lines) < 3:
        raise FlashError(f"{port} gave no usable answer about itself.")
    identity, bytecode, rom_size = lines[0].strip(), lines[1].split(), int(lines[2])
    known = tomllib.loads((boards / board / "flash.toml").read_text())
    if not any(word in identity for word in known["identities"]):
        raise FlashError(f"{port} is '{identity}', not a {board} ({' or '.join(known['identities'])}).")
    if bytecode != ["6", "3"]:
        raise FlashError(f"{port} runs bytecode {'.'.join(bytecode)}, the firmware is 6.3: MicroPython 1.27 or newer.")
    return identity, rom_size


def _hashes(port):
    lines = _mpremote(port, "exec", _FILE_HASHES).splitlines()
    return dict(line.split() for line in lines if line.strip())


def _mpremote(port, *words):
    command = [sys.executable, "-m", "mpremote", "connect", port, "resume", *words]
    if words[0] == "soft-reset":
        command.remove("resume")
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_MPREMOTE_S, check=False)
    except subprocess.TimeoutExpired:
        raise FlashError(f"{port} stopped answering.") from None
    if done.returncode:
        lines = (done.stdout + done.stderr).strip().splitlines() or ["no reason given"]
        raise FlashError(f"mpremote {words[0]} failed on {port}: {lines[-1]}.")
    return done.stdout


@contextlib.contextmanager
def _open(port):
    try:
        line = serial.Serial(port, 115200, timeout=0.1, exclusive=True)
    except (serial.SerialException, OSError) as error:
        text = str(error)
        if "lock" in text or "busy" in text.lower():
            raise FlashError(f"{port} is in use by another program.") from None
        if "denied" in text:
            raise FlashError(f"{port} may not be opened: you lack the permission.") from None
        raise FlashError(f"{port} cannot be opened as a serial port.") from None
    try:
        yield line
    finally:
        line.close()


def _read_until(line, endings, seconds):
    """Read until the text ends with one of `endings`, or until time is up; returns (text, ending or None)."""
    data = b""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        data += line.read(max(1, line.in_waiting))
        for ending in endings:
            if data.endswith(ending):
                return data, ending
    return data, None


def _to_prompt(port, say):
    """Bring the board to MicroPython's prompt, from wherever it is."""
    with _open(port) as line:
        line.write(b"\x03\x02\r")
        time.sleep(0.2)
        _data, ending = _read_until(line, (b">>> ", b"\n> "), _ANSWER_S)
        if ending is None:
            raise FlashError(f"{port} answers neither like MicroPython's prompt nor like this firmware.")
        if ending == b">>> ":
            return
        say(f"{port} runs this firmware: asking it for the prompt")
        line.write(b"reboot repl\r")
        data, ending = _read_until(line, (b">>> ", b"\n> "), _START_S)
        if ending != b">>> ":
            answer = [text.strip() for text in data.decode("utf-8", "replace").splitlines()]
            told = [text for text in answer if text.startswith(("error:", "refused"))]
            raise FlashError(told[-1] if told else f"{port} did not come to the prompt after 'reboot repl'.")


def _ask_version(port):
    until = time.monotonic() + _START_S
    while time.monotonic() < until:
        data, ending = b"", None
        with contextlib.suppress(FlashError), _open(port) as line:  # the port may vanish and come back
            line.write(b"\r@version\r")
            data, ending = _read_until(line, (b"@ok\r\n", b">>> ", b"... "), 2)
        text = data.decode("utf-8", "replace")
        if ending == b"@ok\r\n":
            lines = [line.strip("> \r\n") for line in text.replace("@ok", "").split("@version")[-1].splitlines()]
            named = [line.partition("=")[2] for line in lines if line.startswith("version=")]
            return next((line for line in named + lines if line), "")
        if ending is not None:
            raise FlashError(f"{port} was flashed, but its firmware ended and MicroPython's prompt is there.")
        time.sleep(0.3)
    raise FlashError(f"{port} was flashed, but its firmware does not answer 'version'.")
