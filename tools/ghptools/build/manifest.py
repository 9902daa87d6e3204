"""Evaluate a board's `manifest.py` as MicroPython's build does, far enough to know what it would freeze."""

from pathlib import Path

from ghptools.build.images import ROOT, BuildError

# The simulated machine and the tests must never be frozen; nothing outside the firmware and its board may be.
ALLOWED = ("firmware", "boards")
PORT_MANIFEST = "$(PORT_DIR)/boards/manifest.py"


class Manifest:
    """What one manifest freezes.

    files     name in the image -> source path
    includes  manifests of the port it includes, unread: they belong to MicroPython
    """

    def __init__(self, path):
        self.path = Path(path)
        self.files = {}
        self.includes = []
        words = {
            "include": self._include,
            "package": self._package,
            "module": self._module,
            "freeze": self._freeze,
            "require": self._require,
            "metadata": lambda **_words: None,
        }
        try:
            exec(compile(self.path.read_text(), str(self.path), "exec"), words)
        except (NameError, TypeError, OSError, SyntaxError) as error:
            raise BuildError(f"{self._name(self.path)}: {error}") from None

    def _include(self, path):
        if path != PORT_MANIFEST:
            raise BuildError(f"{self._name(self.path)} includes {path}; only {PORT_MANIFEST} is known here.")
        self.includes.append(path)

    def _require(self, name, **_words):
        raise BuildError(f"{self._name(self.path)} requires {name} from outside; the firmware needs nothing.")

    def _package(self, package_path, files=None, base_path=".", opt=None):
        folder = self._folder(base_path) / package_path
        found = [folder / name for name in files] if files else sorted(folder.rglob("*.py"))
        if not found:
            raise BuildError(f"{self._name(self.path)}: there is no package {package_path} in {base_path}.")
        for path in found:
            self._add(path, path.relative_to(self._folder(base_path)).as_posix())

    def _module(self, module_path, base_path=".", opt=None):
        self._add(self._folder(base_path) / module_path, module_path)

    def _freeze(self, path, script=None, opt=None):
        folder = self._folder(path)
        names = [script] if isinstance(script, str) else script
        found = [folder / name for name in names] if names else sorted(folder.rglob("*.py"))
        for path_found in found:
            self._add(path_found, path_found.relative_to(folder).as_posix())

    def _folder(self, base_path):
        return (self.path.parent / base_path).resolve()

    def _add(self, path, name):
        path = path.resolve()
        if not path.is_file():
            raise BuildError(f"{self._name(self.path)} freezes {self._name(path)}, which does not exist.")
        repository = self.path.resolve().parents[2]  # boards/NAME/manifest.py
        if not any(path.is_relative_to(repository / room) for room in ALLOWED):
            raise BuildError(f"{self._name(self.path)} freezes {self._name(path)}, which is not firmware.")
        if name in self.files:
            raise BuildError(f"{self._name(self.path)} freezes {name} twice.")
        self.files[name] = path

    @staticmethod
    def _name(path):
        path = Path(path)
        return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.as_posix()
