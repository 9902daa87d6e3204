"""`ghp rate`: a steady rating of the plant alone, under ideal regulators, without the controller."""

import json
import sys

from ghptools import quantities
from ghptools.quantities import QuantityError

# option: (kind, low, high, what it is); the range in which the machine and its model mean anything
LIMITS = {
    "ambient": ("c", "-30C", "50C", "outdoor temperature"),
    "leaving": ("c", "3C", "80C", "leaving water"),
    "rpm": ("rpm", "1000rpm", "3000rpm", "loaded engine speed"),
    "flow": ("lps", "20gpm", "120gpm", "water flow"),
    "humidity": ("frac", "0%", "100%", "relative humidity"),
    "superheat": ("k", "1K", "20K", "superheat"),
}
_BY_MODE = {"heat": ("20C", "80C"), "cool": ("3C", "20C")}  # leaving water
_FLOW_COOL = ("60gpm", "140gpm")


def add_parser(sub):
    """Register the subcommand."""
    parser = sub.add_parser(
        "rate",
        help="steady rating of the machine at one point",
        description="Steady rating of the plant alone. COP is delivered heat or cold over gas; fans and pumps (6.6 kW) are outside it.",
    )
    parser.add_argument("--mode", required=True, metavar="heat|cool", help="heat or cool")
    parser.add_argument("--ambient", required=True, help="outdoor temperature, e.g. 47F or -13F")
    parser.add_argument("--leaving", required=True, help="leaving water, e.g. 120F")
    parser.add_argument("--rpm", required=True, help="engine speed, 1000 to 3000")
    parser.add_argument("--flow", help="water flow, e.g. 100gpm (default 100 gpm heating, 120 gpm cooling)")
    parser.add_argument("--humidity", default="72%", help="relative humidity (default 72%%)")
    parser.add_argument("--superheat", default="6K", help="superheat held (default 6K)")
    parser.add_argument("--unloaded", action="store_true", help="compressor on half its capacity")
    parser.add_argument("--json", action="store_true", help="every number, machine-readable (SI units)")
    parser.set_defaults(run=run)


def quantity(option, text, mode):
    """Return option `option` in its base unit; QuantityError names the option and what is allowed."""
    kind, low, high, meaning = LIMITS[option]
    if option == "leaving":
        low, high = _BY_MODE[mode]
    elif option == "flow" and mode == "cool":
        low, high = _FLOW_COOL
    try:
        value = quantities.parse(text, kind, bare=kind in ("rpm", "frac"))
    except QuantityError as error:
        raise QuantityError(f"--{option}: {error}") from None
    least, most = quantities.parse(low, kind), quantities.parse(high, kind)
    if not least - 1e-9 <= value <= most + 1e-9:
        allowed = f"{quantities.show(least, kind)} to {quantities.show(most, kind)}"
        raise QuantityError(
            f"--{option}: {meaning} {quantities.show(value, kind)} is outside the machine's range, {allowed}"
        )
    return value


def run(args):
    """Rate one point; returns 0, 1 when the engine cannot carry it, or 2 with one sentence."""
    try:
        if args.mode not in ("heat", "cool"):
            raise QuantityError(f"--mode: '{args.mode}' is neither heat nor cool")
        values = {
            name: quantity(name, getattr(args, name), args.mode)
            for name in ("ambient", "leaving", "rpm", "humidity", "superheat")
        }
        flow = None if args.flow is None else quantity("flow", args.flow, args.mode)
    except QuantityError as error:
        print(f"ghp rate: {error}", file=sys.stderr)
        return 2
    from ghptools.plant import rate  # noqa: PLC0415  loads numba

    result = rate(
        args.mode, values["ambient"], values["leaving"], values["rpm"], flow, args.unloaded,
        humidity=values["humidity"], superheat_k=values["superheat"],
    )  # fmt: skip
    if args.json:
        print(json.dumps(result, indent=2, allow_nan=False))
    else:
        print(table(result, args.unloaded))
    return 0 if result["held_rpm"] else 1


def table(r, unloaded=False):
    """Return the rating as a page for people."""
    heat = r["mode"] == "heat"
    show = quantities.show
    leaving, entering = ("leaving_c", "entering_c") if heat else ("chilled_leaving_c", "chilled_entering_c")
    lines = [
        f"{'Heating' if heat else 'Cooling'} at {show(r['ambient_c'], 'c')} ambient, {show(r['asked_rpm'], 'rpm')}"
        + (", compressor unloaded" if unloaded else ""),
        "",
    ]
    if not r["held_rpm"]:
        return "\n".join([*lines, *_limits(r)])
    lines += [
        _line(
            "output",
            f"{r['kbtu_h']:.0f} kBtu/h   {r['output_w'] / 1e3:.1f} kW" + ("" if heat else f"   {r['tons']:.1f} tons"),
        ),
        _line("water", f"{show(r[entering], 'c')} entering, {show(r[leaving], 'c')} leaving"),
        _line("gas", f"{r['gas_kbtu_h']:.0f} kBtu/h (HHV)"),
        _line("COP", f"{r['cop_hhv']:.3f} on HHV, {r['cop_lhv']:.3f} on LHV"),
        "",
        _line(
            "suction",
            f"{r['suction_psig']:.1f} psig, saturated {show(r['evaporating_c'], 'c')}, superheat {show(r['superheat_k'], 'k')}",
        ),
        _line(
            "discharge",
            f"{r['discharge_psig']:.1f} psig, saturated {show(r['condensing_c'], 'c')}, gas {show(r['discharge_c'], 'c')}, subcooling {show(r['subcool_k'], 'k')}",
        ),
        _line("shaft", f"{r['shaft_kw']:.1f} kW, engine torque {r['torque_nm']:.0f} of {r['torque_limit_nm']:.0f} Nm"),
        _line(
            "heat from",
            f"condenser {r['q_condenser_w'] / 1e3:.1f} kW, engine {r['q_engine_water_w'] / 1e3:.1f} kW, air {r['q_evaporator_w'] / 1e3:.1f} kW",
        ),
        _line(
            "engine",
            f"jacket {r['jacket_w'] / 1e3:.1f}, exhaust {r['exhaust_recovered_w'] / 1e3:.1f}, stack {r['stack_w'] / 1e3:.1f}, radiation {r['radiation_w'] / 1e3:.1f} kW",
        ),
        _line(
            "valve",
            f"{r['valve_position']:.0f} of 500 steps" + (f", held back by {r['limited']}" if r["limited"] else ""),
        ),
    ]
    if r["limits"]:
        lines += ["", *_limits(r)]
    return "\n".join(lines)


def _limits(r):
    return [_line("limits" if n == 0 else "", text) for n, text in enumerate(r["limits"])]


def _line(name, text):
    return f"  {name:<10} {text}"
