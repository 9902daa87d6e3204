"""The ``kernel`` decorator: numba with a compile cache that can not go stale.

numba keys its cache by the file of the compiled function alone, so a changed constant or callee in another
file would go unnoticed. Here the cache lives in a per-user directory named by a digest of all sources of the
package. ``NUMBA_DISABLE_JIT=1`` leaves plain Python, for debugging.
"""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

import numba
from numba.core import config


def cache_dir() -> Path:
    """A writable per-user directory for tables and compiled code (``XDG_CACHE_HOME`` is honoured)."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    for root in (Path(base) / "ghp-plant", Path(tempfile.gettempdir()) / f"ghp-plant-{os.getuid()}"):
        try:
            root.mkdir(parents=True, exist_ok=True)
            if os.access(root, os.W_OK):
                return root
        except OSError:
            continue
    raise OSError("no writable cache directory: set XDG_CACHE_HOME")


def _digest() -> str:
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


_CACHE = cache_dir() / f"code-{_digest()}"
_KEEP_S = 30 * 86400.0


def _forget_old_code() -> None:
    """Drop compiled code of sources nobody compiled for a month, so that the cache does not grow for ever."""
    try:
        newest = max((path.stat().st_mtime for path in cache_dir().glob("code-*")), default=0.0)
        for path in cache_dir().glob("code-*"):
            if path != _CACHE and path.stat().st_mtime < newest - _KEEP_S:
                shutil.rmtree(path, ignore_errors=True)
    except OSError:
        pass  # another process was faster


_forget_old_code()


def kernel(function):
    """Compile ``function`` in nopython mode, IEEE floating point, cached on disk."""
    saved = config.CACHE_DIR
    config.CACHE_DIR = str(_CACHE)
    try:
        return numba.njit(cache=True, fastmath=False, error_model="numpy")(function)
    finally:
        config.CACHE_DIR = saved
