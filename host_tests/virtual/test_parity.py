"""What the drivers use, the simulated modules and the esp32 port's stubs: one list of names and signatures."""

import ast
import inspect
import sys
from importlib import metadata

import pytest
from ghptools.virtual import inprocess
from ghptools.virtual.cpython import streams

SOURCES = sorted((inprocess.FIRMWARE / "ghp" / "drivers").glob("*.py")) + sorted(
    inprocess.BOARDS.glob("*/board.py")
)
MODULES = ("machine", "esp32", "time", "select", "micropython")


def stub(module):
    """Return {name: ast node or list of overloads}, methods as "Class.method", of the port's stub."""
    path = metadata.distribution("micropython-esp32-stubs").locate_file(f"{module}.pyi")
    found = {}

    def collect(body, prefix):
        for node in body:
            if isinstance(node, ast.ClassDef):
                found[prefix + node.name] = node
                collect(node.body, prefix + node.name + ".")
            elif isinstance(node, ast.FunctionDef):
                found.setdefault(prefix + node.name, []).append(node.args)
            elif isinstance(node, ast.AnnAssign):
                found[prefix + node.target.id] = node

    collect(ast.parse(path.read_text()).body, "")
    return found


STUBS = {module: stub(module) for module in MODULES}


def fakes(sim):
    import micropython  # noqa: PLC0415  the stand-in of the cpython folder

    return {
        "machine": sim.machine,
        "esp32": sim.esp32,
        "time": sim.time,
        "select": streams.Select,
        "micropython": micropython,
    }


def uses():
    """Return {(module, name)} that drivers and board files take from the simulated modules, with
    "Class.constant" for what they take from a class."""
    found = set()
    for path in SOURCES:
        tree = ast.parse(path.read_text())
        imported = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module in MODULES:
                for alias in node.names:
                    found.add((node.module, alias.name))
                    imported[alias.name] = node.module
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                if node.value.id in MODULES:
                    found.add((node.value.id, node.attr))
                elif node.value.id in imported:
                    found.add((imported[node.value.id], f"{node.value.id}.{node.attr}"))
    return sorted(found)


def resolve(module, dotted):
    item = module
    for part in dotted.split("."):
        item = getattr(item, part)
    return item


def test_the_drivers_use_the_names_this_test_thinks_they_use():
    assert {("machine", "Pin"), ("machine", "Pin.PULL_UP"), ("esp32", "RMT"), ("time", "ticks_us")} <= set(
        uses()
    )


@pytest.mark.parametrize("module, name", uses())
def test_used_name_exists_on_the_port_and_in_the_simulation(sim, module, name):
    assert name in STUBS[module], f"the esp32 port has no {module}.{name}"
    resolve(fakes(sim)[module], name)


def public_callables(module):
    for name, item in vars(module).items():
        if name.startswith("_") or inspect.ismodule(item):
            continue
        if inspect.isclass(item):
            yield name + ".__init__", item.__init__, 1
            for method, function in vars(item).items():
                if not method.startswith("_") and inspect.isfunction(function):
                    yield f"{name}.{method}", function, 1
        elif callable(item):
            yield name, item, 0


def accepts(overload, names, keywords, required):
    """True when a caller that passes `names` by position and `keywords` by name suits the stub's overload."""
    positional = [arg.arg for arg in overload.posonlyargs + overload.args if arg.arg != "self"]
    keyword_only = {
        arg.arg: default for arg, default in zip(overload.kwonlyargs, overload.kw_defaults, strict=True)
    }
    if overload.vararg is None and len(names) > len(positional):
        return False
    known = set(positional) | set(keyword_only)
    if overload.kwarg is None and not set(keywords) <= known:
        return False
    missing = len(positional) - len(overload.defaults) - len(names)
    if missing > 0 and not set(positional[len(names) : len(names) + missing]) <= set(keywords):
        return False
    return {name for name, default in keyword_only.items() if default is None} <= required | set(keywords)


@pytest.mark.parametrize("module", ("machine", "esp32", "time"))
def test_simulated_names_and_signatures_are_the_ports(sim, module):
    """Every call that the simulation accepts is one the port's stub accepts in some overload."""
    fake, port = fakes(sim)[module], STUBS[module]
    constants = [name for name, item in vars(fake).items() if name.isupper() and not callable(item)]
    assert [name for name in constants if not name.startswith("_") and name not in port] == []
    checked = 0
    for name, function, skip in public_callables(fake):
        assert name in port, f"the esp32 port has no {module}.{name}"
        parameters = list(inspect.signature(function).parameters.values())[skip:]
        positional = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
        keywords = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
        assert any(accepts(overload, positional, keywords, set()) for overload in port[name]), (
            f"{module}.{name}{inspect.signature(function)} is no call of the port"
        )
        checked += 1
    assert checked >= {"machine": 20, "esp32": 3, "time": 5}[module]


def test_class_constants_have_the_ports_values(sim):
    for module in ("machine", "esp32"):
        for name, item in vars(fakes(sim)[module]).items():
            if not inspect.isclass(item) or name.startswith("_"):
                continue
            for constant, value in vars(item).items():
                if not constant.isupper() or constant.startswith("_"):
                    continue
                node = STUBS[module][f"{name}.{constant}"]
                assert ast.literal_eval(node.value) == value, f"{module}.{name}.{constant}"
    for name in ("PWRON_RESET", "HARD_RESET", "WDT_RESET", "DEEPSLEEP_RESET", "SOFT_RESET"):
        assert ast.literal_eval(STUBS["machine"][name].value) == getattr(sim.machine, name)


def test_methods_that_drivers_call_on_objects_are_simulated(sim):
    """Attributes of instances cannot be resolved from the source; the union of all classes must have them."""
    peripherals = {
        "_bus",
        "_spi",
        "_select",
        "_pwm",
        "_pin",
        "_encoder",
        "_rmt",
        "_direction",
        "_enable",
        "_wdt",
    }
    have = set()
    for module in (sim.machine, sim.esp32):
        for item in vars(module).values():
            if inspect.isclass(item):
                have |= {name for name in vars(item) if not name.startswith("_")}
    called = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            holder = node.func.value
            if isinstance(holder, ast.Attribute) and holder.attr in peripherals:
                called.add(node.func.attr)
    assert {"readfrom_mem_into", "writevto", "duty_u16", "write_pulses", "feed"} <= called
    assert called <= have


def test_only_drivers_and_board_files_import_the_hardware():
    allowed = set(SOURCES)
    for path in (*inprocess.FIRMWARE.rglob("*.py"), *inprocess.BOARDS.rglob("*.py")):
        if path in allowed:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not set(names) & {"machine", "esp32", "time", "select"}, path


def test_stand_ins_are_not_what_the_tests_themselves_use():
    assert "machine" not in sys.modules
