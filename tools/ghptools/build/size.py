"""`ghp size`: bytes of code per module, of the ROMFS image, and of the heap the firmware takes in the real VM.

How the heap is counted: the VM's words have 64 bits, the board's 32.  MicroPython's blocks are four words on
both and nearly everything in the heap is words, so half the bytes measured here is what a 32-bit board takes;
texts and byte buffers are not halved on a board, which is why this count is near and not exact.  The simulated
machine's own objects are there before the firmware is imported and are subtracted.
"""

import json
import sys
from pathlib import Path

from ghptools.build import images

HEAP_MAIN = Path(__file__).with_name("heap_main.py")
IN_USE_KIB = 96  # budgets of the reference board, running from ROMFS, in the 32-bit count
HIGH_KIB = 128
SLOW_BYTES = 4096
COMMAND = b"mode heat\r"  # the firmware is weighed at work, not at rest
WALL = "2026-12-24 23:49"  # and over a midnight, when a slow scan finds out about another day


def add_parser(sub):
    """Add the `size` subcommand to argparse's `sub`."""
    parser = sub.add_parser("size", help="bytes of code and heap on the target")
    parser.add_argument("--board", default="ghp50", help="folder under boards/ (default ghp50)")
    parser.add_argument("--minutes", type=int, default=12, help="virtual minutes to run for the heap (default 12)")
    parser.add_argument("--modules", action="store_true", help="list the heap that each module's import keeps")
    parser.add_argument("--json", action="store_true", help="machine-readable")
    parser.set_defaults(run=run)


def run(args):
    """Print sizes; returns the exit code."""
    from ghptools.virtual.vm import VirtualMachineError  # noqa: PLC0415  the VM only where it is used
    from ghptools.virtual.vm_interpreter import InterpreterError  # noqa: PLC0415

    if not 2 <= args.minutes <= 1440:
        print("ghp size: --minutes must be 2..1440.", file=sys.stderr)
        return 2
    try:
        code = code_sizes(args.board)
        heap = heap_sizes(args.board, args.minutes)
    except (InterpreterError, images.BuildError) as error:
        print(f"ghp size: {error}", file=sys.stderr)
        return 2
    except VirtualMachineError as error:
        print(f"ghp size: {error}", file=sys.stderr)
        return 1
    if args.json:
        print(json.dumps({"code": code, "heap": heap}, indent=1))
    else:
        _print_code(code)
        _print_heap(heap, args.modules)
    return 0


def code_sizes(board="ghp50"):
    """Return {"modules": {name: bytes}, "total": bytes, "linked": {name: bytes}, "romfs": bytes} of the firmware.

    modules: each source compiled by itself, total: their sum; linked: the modules an image holds; romfs: the image.
    """
    modules = {name: len(data) for name, data in images.compiled(images.firmware_sources(board)).items()}
    files = images.firmware_files(board)
    linked = {name: len(data) for name, data in files.items() if name != images.SUMS}
    return {"modules": modules, "total": sum(modules.values()), "linked": linked, "romfs": len(images.romfs(files))}


def heap_sizes(board="ghp50", minutes=12):
    """Run the firmware in the VM for `minutes` of virtual time and return what its heap costs, in bytes there.

    Keys: base (simulated machine), imported, built, largest (free in one piece at the end), modules {name: bytes}, in_use and high (after the first
    minute, the most of all minutes), fast_runs, fast_failed, slow_runs, slow_most, slow_mean.
    """
    from ghptools.virtual.board_cmd import World  # noqa: PLC0415  the plant only where it is used
    from ghptools.virtual.vm import VirtualMachine, VirtualMachineError  # noqa: PLC0415

    files = images.firmware_files(board)
    main = HEAP_MAIN.read_text().replace("MINUTES = 1 ", f"MINUTES = {minutes} ")
    files["heap_main.mpy"] = images.compile_source(main.encode(), "heap_main.py")
    files["boot_weighed.py"] = images.programs()["boot.py"]  # run by heap_main, so that what it imports counts
    files["main.py"] = b"import heap_main\n"
    world = World(wall=WALL)
    typed = []

    def exchange(out, dt_ms):
        if not typed and vm.virtual_ms > 2000:
            typed.append(COMMAND)
            vm.console_write(COMMAND)
        return world.exchange(out, dt_ms)

    with VirtualMachine(exchange, rom=images.romfs(files), on_restart=world.restarted) as vm:
        vm.on_idle = vm.stop
        vm.start()
        vm.run()
        text = vm.console_read().decode("utf-8", "replace")
        if vm.restarts or "\nslow " not in text:
            raise VirtualMachineError("The firmware did not run to the end: " + text[-600:])
    return _parse(text)


def _parse(text):
    found = {"modules": {}, "states": []}
    for line in text.splitlines():
        words = line.split()
        if not words:
            continue
        if words[0] == "module":
            found["modules"][words[1]] = found["modules"].get(words[1], 0) + int(words[2])
        elif words[0] in ("base", "imported", "built", "largest"):
            found[words[0]] = int(words[1])
        elif words[0] == "minute":
            found["in_use"] = max(found.get("in_use", 0), int(words[2]))
            found["high"] = int(words[3])
            found["states"].append(" ".join(words[4:]))
        elif words[0] == "fast":
            found["fast_runs"], found["fast_failed"] = int(words[1]), int(words[2])
        elif words[0] == "slow":
            found["slow_runs"], found["slow_most"] = int(words[1]), int(words[2])
            found["slow_mean"] = int(words[3]) // max(1, int(words[1]))
    return found


def _print_code(code):
    print("code, bytes (.mpy, mpy-cross xtensawin)")
    for name, size in sorted(code["modules"].items()):
        print(f"  {size:7} {name}")
    print(f"  {code['total']:7} total of {len(code['modules'])} modules")
    print("linked, bytes (what an image holds; `ghp traceback` finds the source of a line)")
    for name, size in sorted(code["linked"].items(), key=lambda item: -item[1]):
        print(f"  {size:7} {name}")
    print(f"  {sum(code['linked'].values()):7} total of {len(code['linked'])} modules;  ROMFS image {code['romfs']}")


def _print_heap(heap, with_modules):
    print("heap, KiB               64-bit words  32-bit words (half)  budget")
    rows = (
        ("simulated machine", heap["base"], None),
        ("firmware imported", heap["imported"], None),
        ("unit built", heap["built"], None),
        ("in use, running", heap["in_use"], IN_USE_KIB),
        ("high water", heap["high"], HIGH_KIB),
    )
    for name, size, budget in rows:
        verdict = "" if budget is None else f"{budget:7}{'' if size / 2048 <= budget else '  EXCEEDED'}"
        print(f"  {name:20} {size / 1024:12.1f} {size / 2048:20.1f} {verdict}")
    largest = heap["largest"]
    print(f"  {'free in one piece':20} {largest / 1024:12.1f} {largest / 2048:20.1f}")
    print(f"  states run through: {', '.join(dict.fromkeys(heap['states']))}")
    print(f"fast scan: {'0 bytes' if not heap['fast_failed'] else 'ALLOCATES'} ({heap['fast_runs']} runs, heap locked)")
    print(
        f"slow scan: {heap['slow_mean'] / 2:.0f} bytes a run, most {heap['slow_most'] / 2:.0f} "
        f"(32-bit count, {heap['slow_runs']} runs)"
    )
    if with_modules:
        print("heap kept by each module's import, bytes in 32-bit count")
        for name, size in sorted(heap["modules"].items(), key=lambda item: -item[1]):
            print(f"  {size // 2:7} {name}")
