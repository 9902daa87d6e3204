"""The machine as a drawing of 64 x 20 characters: what turns, flows and burns is lit, temperatures have colours."""

from rich.text import Text

from ghptools import quantities

WIDTH = 64
DIM = "grey42"
PIPE = "grey58"
LIT = "bold bright_green"
_SCALE = (  # °F, colour of that temperature
    (40, "#2b5fd9"), (70, "#3a8fd0"), (95, "#46b3a6"), (115, "#8fbf4d"), (130, "#d8b83a"), (145, "#e8892f"), (158, "#e0542d"), (175, "#d02a2a"),
)  # fmt: skip


def colour_of(celsius):
    """Return the colour of a temperature, blue to red."""
    fahrenheit = celsius * 1.8 + 32.0
    for limit, colour in _SCALE:
        if fahrenheit <= limit:
            return colour
    return _SCALE[-1][1]


class Canvas:
    """A grid of characters, each with its style."""

    def __init__(self, width, height):
        self._cells = [[(" ", "")] * width for _ in range(height)]

    def put(self, x, y, text, style=""):
        """Write `text` at column x of line y; what sticks out is cut."""
        row = self._cells[y]
        for offset, character in enumerate(text):
            if 0 <= x + offset < len(row):
                row[x + offset] = (character, style)

    def box(self, x, y, width, height, style, title=""):
        """Draw a frame, its title in the upper edge."""
        self.put(x, y, "╭" + "─" * (width - 2) + "╮", style)
        for line in range(y + 1, y + height - 1):
            self.put(x, line, "│", style)
            self.put(x + width - 1, line, "│", style)
        self.put(x, y + height - 1, "╰" + "─" * (width - 2) + "╯", style)
        if title:
            self.put(x + 2, y, f" {title} ", style)

    def text(self):
        """Return the drawing."""
        out = Text()
        for number, row in enumerate(self._cells):
            if number:
                out.append("\n")
            run, style = "", row[0][1]
            for character, its in row:
                if its != style:
                    out.append(run, style)
                    run, style = "", its
                run += character
            out.append(run, style)
        return out


def draw(value, beat):
    """Return the machine as rich Text.

    value  callable(name) -> present value of a trace column;  beat  counts the pictures, for what turns
    """
    show = quantities.show
    canvas = Canvas(WIDTH, 20)
    running, clutch = value("engine_rpm") > 50, value("clutch_engaged") > 0.5
    compressing, pump = value("compressor_rpm") > 50, value("hot_flow_lps") > 0.2
    refrigerant = "bright_cyan" if compressing else PIPE
    gas_side = "bright_red" if compressing else PIPE
    water_hot, water_cold = colour_of(value("leaving_c")), colour_of(value("entering_c"))

    # air coil and fans
    fans = [value("cmd.lead_fan_speed") > 0.05] + [value(f"cmd.fan_bank_{bank}") > 0.5 for bank in (1, 2, 2, 3, 3)]
    canvas.put(1, 0, "air " + show(value("ambient_c"), "c"), colour_of(value("ambient_c")))
    blade = "✢✣" if beat % 2 else "✣✢"
    for place, on in enumerate(fans):
        canvas.put(17 + 4 * place, 0, blade[place % 2] if on else "·", LIT if on else DIM)
    frost = value("frost_kg")
    canvas.box(0, 1, 44, 3, "bright_cyan" if compressing else "white", "coil")
    canvas.put(3, 2, f"evaporating {show(value('evaporating_c'), 'c')}", refrigerant)
    if frost > 0.5:
        canvas.put(27, 2, f"frost {frost:.0f} kg", "bright_white")

    # compressor, discharge, condenser, valve
    canvas.put(4, 4, "│", refrigerant)
    canvas.put(4, 5, "│", refrigerant)
    canvas.put(6, 4, f"{value('suction_psig'):.0f} psig", refrigerant)
    canvas.put(6, 5, f"superheat {show(value('superheat_k'), 'k')}" if compressing else "", refrigerant)
    canvas.box(0, 6, 18, 4, LIT if compressing else "white", "compressor")
    unloaded = value("cmd.unloader") > 0.5
    canvas.put(
        2,
        7,
        f"{'◐◓◑◒'[beat % 4] if compressing else '○'} {value('compressor_rpm'):4.0f} rpm",
        LIT if compressing else DIM,
    )
    canvas.put(4, 8, "unloaded" if unloaded else "loaded", DIM if not compressing else "yellow" if unloaded else LIT)
    canvas.put(18, 7, "──────────", gas_side)
    canvas.put(19, 6, f"{value('discharge_psig'):.0f} psig", gas_side)
    canvas.put(19, 8, show(value("discharge_c"), "c") if compressing else "", gas_side)
    canvas.box(28, 6, 16, 4, gas_side if compressing else "white", "condenser")
    canvas.put(30, 7, f"{show(value('condensing_c'), 'c')}", gas_side)
    canvas.put(30, 8, f"{value('q_condenser_w') / 1e3:4.0f} kW", gas_side if compressing else DIM)
    canvas.put(40, 4, "│", refrigerant)
    canvas.put(40, 5, "│", refrigerant)
    canvas.put(23, 4, "valve", refrigerant)
    canvas.put(23, 5, f"{value('valve_position'):3.0f} of 500 ▷◁─", refrigerant)
    canvas.put(38, 5, "──┤", refrigerant)

    # engine and its exchanger
    canvas.put(4, 10, "┃" if clutch else "╎", LIT if clutch else DIM)
    canvas.put(6, 10, "clutch in" if clutch else "clutch out", LIT if clutch else DIM)
    burning = value("fuel") > 0.5
    canvas.box(0, 11, 26, 6, LIT if running else "white", "engine")
    canvas.put(
        2,
        12,
        f"{'▲△'[beat % 2] if value('firing') > 0.5 else '·'} {value('engine_rpm'):4.0f} rpm",
        LIT if running else DIM,
    )
    canvas.put(2, 13, f"torque {value('torque_pct'):3.0f} %", "yellow" if burning else DIM)
    canvas.put(
        2,
        14,
        f"gas {value('fuel_w_hhv') / 293.0711:4.0f} kBtu/h" if burning else "gas shut",
        "yellow" if burning else DIM,
    )
    canvas.put(2, 15, f"coolant {show(value('coolant_c'), 'c')}", colour_of(value("coolant_c")))
    if value("cmd.starter") > 0.5:
        canvas.put(15, 12, "cranking", "bold bright_yellow")
    heat = value("q_engine_water_w")
    canvas.put(26, 14, "──", "yellow" if heat > 1e3 else PIPE)
    canvas.box(28, 11, 16, 5, "yellow" if heat > 1e3 else "white", "engine heat")
    canvas.put(30, 13, f"{heat / 1e3:4.0f} kW", "yellow" if heat > 1e3 else DIM)

    # water loop and tank
    canvas.put(36, 10, "║", water_hot)
    canvas.put(44, 12, "════", water_hot)
    canvas.put(44, 8, "════", water_cold)
    canvas.box(48, 3, 16, 14, "white", "tank")
    for node in range(4):
        celsius = value(f"tank_{node}_c")
        for line in range(3):
            text = show(celsius, "c").center(14) if line == 1 else " " * 14
            canvas.put(49, 4 + 3 * node + line, text, f"bold #101418 on {colour_of(celsius)}")
    canvas.put(46, 1, f"load {value('hot_load_served_w') / 293.0711:4.0f} kBtu/h", "white")
    canvas.put(55, 2, "▲" if value("hot_load_served_w") > 0 else " ", "white")

    # the line of the water
    canvas.put(
        0,
        18,
        f"{'►' if pump else '·'} water {value('hot_flow_lps') / 0.0630902:3.0f} gpm",
        "bright_blue" if pump else DIM,
    )
    canvas.put(18, 18, f"entering {show(value('entering_c'), 'c')}", water_cold)
    canvas.put(38, 18, f"leaving {show(value('leaving_c'), 'c')}", f"bold {water_hot}")
    return canvas.text()
