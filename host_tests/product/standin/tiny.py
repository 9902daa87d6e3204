# Stand-in for the unit: a scan every 50 ms that counts, and a console that serves the raw REPL.
import time

import machine
from ghp import service
from ghp.console.rawrepl import RawRepl
from ghp.drivers import bootflag
from ghp.drivers.line import Line

VERSION = "stand-in 1"
state = {"scans": 0, "rpm": 0}


def may_enter():
    return service.may_leave(state["rpm"], True)


def command(text):
    machine_mode = text.startswith("@")
    words = text.strip("@").split()
    if words == ["version"]:
        answer = VERSION
    elif words == ["reboot", "repl"]:
        answer = may_enter()
        if answer is None:
            bootflag.request_prompt()
            machine.reset()
        answer = "error: " + answer
    elif words and words[0] == "rpm":
        state["rpm"] = int(words[1])
        answer = "rpm " + words[1]
    else:
        answer = "error: unknown" if words else ""
    return (answer + "\r\n" if answer else "") + ("@ok\r\n" if machine_mode else "> ")


def run(board):
    line = Line()
    buf = bytearray(64)
    text = ""
    repl = RawRepl(line, may_enter, machine.reset, {"state": state, "__name__": "__main__"})
    watchdog = machine.WDT(timeout=2000)
    line.write(b"\r\n" + VERSION.encode() + b"\r\n> ")
    while True:
        time.sleep_ms(50)
        watchdog.feed()
        state["scans"] += 1
        for _ in range(16):
            line.flush()
        count = line.read(buf)
        for place in range(count):
            byte = buf[place]
            if repl.active:
                repl.feed(byte)
            elif byte == 1:
                while line.flush():
                    pass
                repl.start()
            elif byte == 13:
                line.write(b"\r\n" + command(text).encode())
                text = ""
            elif 32 <= byte < 127:
                text += chr(byte)
