"""Loading harnesses: from a folder, or from texts in memory.

A harness is a package of its own, under a name that no other has, so that two harnesses, or two loads of one,
never share a module. It is forgotten some time after the Harness that was returned is.
"""

from __future__ import annotations

import linecache
import os
import re
import sys
import weakref
from collections import deque
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.abc import InspectLoader
from importlib.machinery import ModuleSpec
from importlib.util import decode_source, spec_from_loader
from itertools import count
from pathlib import Path
from types import CodeType, ModuleType
from typing import Protocol, final

from compiler.runtime.approvals import read_approvals
from compiler.runtime.errors import LoadError, in_short
from compiler.runtime.harness import Harness

CONFLICT = re.compile(r"^(?:<{7} |>{7} |\|{7} )", re.MULTILINE)
"""What a merge leaves where two sides changed one place."""

_numbers = count(1)
_dropped: deque[str] = deque()
"""Packages whose harness is gone. The garbage collector may find that out while someone walks
``sys.modules``, so that they are only forgotten at the next load."""
_packages: dict[str, _Files] = {}


def load_harness(path: str | os.PathLike[str]) -> Harness:
    """Load the harness in a folder, as it is now; a later load sees later edits.

    Where its lock says which writes are approved, a run deviates before any other.

    Raises:
        LoadError: The folder holds no harness, or one that cannot be imported; or its lock cannot be read.
    """
    folder = Path(path)
    if not folder.is_dir():
        what = "is a file, not the folder of a harness" if folder.exists() else "does not exist"
        message = f"{folder} {what}"
        raise LoadError(message)
    if not (folder / "harness.py").is_file():
        message = f"{folder} is no harness: it has no harness.py"
        raise LoadError(message)
    approvals = read_approvals(folder)
    loaded = _load(str(folder), _Folder(folder.resolve()))
    if approvals is not None:
        loaded.withheld = approvals.withheld(loaded.writes)
    return loaded


def load_source(name: str, files: Mapping[str, str]) -> Harness:
    """Load a harness from the texts of its files, by file name ("harness.py", "tools.py").

    Raises:
        LoadError: The texts are no harness, or one that cannot be imported.
    """
    if "harness.py" not in files:
        message = f"{name} is no harness: it has no harness.py"
        raise LoadError(message)
    return _load(name, _Texts(name, dict(files)))


class _Files(Protocol):
    """Where the modules of a harness come from."""

    def read(self, path: str) -> tuple[str, str] | None:
        """Give the text and the full name of a file, by its path in the package; None without one."""
        ...


@final
class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, path: str) -> tuple[str, str] | None:
        file = self._folder / path
        try:
            return decode_source(file.read_bytes()), str(file)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, UnicodeDecodeError, SyntaxError) as error:
            message = f"{file}: cannot be read: {in_short(error)}"
            raise LoadError(message) from error


@final
class _Texts:
    def __init__(self, name: str, files: dict[str, str]) -> None:
        self._files = files
        # Not ending in ">", so that tracebacks look for the source; numbered, as lines are kept by name.
        self._root = f"<harness {name} {next(_numbers)}>"

    def read(self, path: str) -> tuple[str, str] | None:
        text = self._files.get(path)
        return None if text is None else (text, f"{self._root}/{path}")


def _load(label: str, files: _Files) -> Harness:
    while _dropped:
        _forget(_dropped.popleft())
    package = f"_tracec_harness_{next(_numbers)}"
    _packages[package] = files
    if _finder not in sys.meta_path:
        sys.meta_path.append(_finder)
    try:
        module = _import(label, f"{package}.harness")
        found = _harness_of(label, module)
        _check(label, found)
    except BaseException:
        _forget(package)
        raise
    # A twin of the one in the module: the module keeps that one alive, and this one the module.
    twin = Harness(
        found.function,
        limits=found.limits,
        retry=found.retry,
        on_deviation=found.on_deviation,
    )
    weakref.finalize(twin, _dropped.append, package)
    return twin


def _import(label: str, name: str) -> ModuleType:
    try:
        return import_module(name)
    except LoadError:
        raise
    except SyntaxError as error:
        place = f"{error.filename}:{error.lineno}" if error.lineno else f"{label} cannot be imported"
        message = f"{place}: {error.msg}"
        raise LoadError(message) from error
    except Exception as error:
        message = f"{label} cannot be imported: {in_short(error)}"
        raise LoadError(message) from error


def _harness_of(label: str, module: ModuleType) -> Harness:
    found = [
        value
        for value in vars(module).values()
        if isinstance(value, Harness) and value.function.__module__ == module.__name__
    ]
    if len(found) != 1:
        message = f"{label}: harness.py has {len(found)} functions with @harness, not one"
        raise LoadError(message)
    return found[0]


def _check(label: str, found: Harness) -> None:
    try:
        found.check()
    except LoadError as error:
        message = f"{label}: {error}"
        raise LoadError(message) from error


def _forget(package: str) -> None:
    """Drop the modules of a harness, and the source lines kept for them."""
    _packages.pop(package, None)
    for name in [n for n in list(sys.modules) if n == package or n.startswith(f"{package}.")]:
        module = sys.modules.pop(name)
        linecache.cache.pop(getattr(module, "__file__", None) or "", None)


@final
class _Finder:
    """Finds the modules of loaded harnesses, for ``sys.meta_path``."""

    def find_spec(
        self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        package, _, inner = name.partition(".")
        files = _packages.get(package)
        if files is None:
            return None
        place = inner.replace(".", "/")
        for file in (f"{place}/__init__.py" if place else "__init__.py", f"{place}.py"):
            if (found := files.read(file)) is not None:
                return _spec(name, *found, is_package=file.endswith("__init__.py"))
        return None if place else _spec(name, "", f"<{package}>", is_package=True)


def _spec(name: str, text: str, file: str, *, is_package: bool) -> ModuleSpec | None:
    if conflict := CONFLICT.search(text):
        line = text.count("\n", 0, conflict.start()) + 1
        message = f"{file}:{line}: a merge conflict stands here; settle it first"
        raise LoadError(message)
    loader = _Loader(text, file)
    spec = spec_from_loader(name, loader, origin=file, is_package=is_package)
    if spec is not None:
        spec.has_location = True
    return spec


@final
class _Loader(InspectLoader):
    """Loads the text of a module. Compiles it anew each time: cached bytecode could be that of older text."""

    def __init__(self, text: str, file: str) -> None:
        self._text, self._file = text, file

    def get_code(self, fullname: str) -> CodeType:
        del fullname
        lines = self._text.splitlines(keepends=True)
        # Without a time of change, so that the lines stay those that run, whatever the file becomes.
        linecache.cache[self._file] = (len(self._text), None, lines, self._file)
        return self.source_to_code(self._text, self._file)

    def get_source(self, fullname: str) -> str:
        del fullname
        return self._text


_finder = _Finder()
