"""Loading: what is a harness, what is not, and that loads never meet."""

from __future__ import annotations

import gc
import linecache
import shutil
import sys
import traceback
from pathlib import Path

import pytest

from compiler.runtime import Harness, LoadError, ScriptedModel, load_harness, load_source
from tests.runtime.fakes import NOW, SAMPLE, Office

TINY_TOOLS = "from typing import Protocol\nclass Tools(Protocol): ...\n"
TINY = """\
from compiler.runtime import Limits, Question, Run, harness
from .tools import Tools
{extra}
@harness(limits=Limits(tool_calls=1, questions=1))
def tiny(run: Run[Tools], text: str) -> object:
    return {value}
"""


def tiny(value: str, extra: str = "") -> dict[str, str]:
    return {"harness.py": TINY.format(value=value, extra=extra), "tools.py": TINY_TOOLS}


def write(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def no_tools(name: str, arguments: object) -> None:
    """Give null for any call."""
    del name, arguments


def value(harness: Harness) -> object:
    result = harness.run("go", call=no_tools)
    assert result.outcome == "done", result.deviation
    return result.value


def test_two_harnesses_with_equal_file_names_do_not_meet(tmp_path: Path) -> None:
    one = load_harness(write(tmp_path / "one", tiny("1")))
    two = load_harness(str(write(tmp_path / "two", tiny("2"))))
    assert (value(one), value(two), value(load_source("three", tiny("3")))) == (1, 2, 3)
    assert "harness" not in sys.modules
    assert "tools" not in sys.modules


def test_a_folder_is_loaded_as_it_is_each_time_and_stays_clean(tmp_path: Path) -> None:
    folder = write(tmp_path / "h", tiny("1"))
    before = load_harness(folder)
    # The same size within the same second: what a cache of bytecode would not notice.
    write(folder, tiny("2"))
    assert (value(before), value(load_harness(folder))) == (1, 2)
    assert sorted(path.name for path in folder.iterdir()) == ["harness.py", "tools.py"]


def test_other_modules_of_the_folder_are_imported_relatively(tmp_path: Path) -> None:
    extra = "from . import words\nfrom .lib.more import MORE\nfrom .words import WHO"
    files = tiny("(words.HELLO, MORE, run.choose(WHO, ['x']))", extra) | {
        "words.py": "from compiler.runtime import Question\nHELLO = 'hello'\nWHO = Question('Who?')\n",
        "lib/__init__.py": "",
        "lib/more.py": "from ..words import HELLO\nMORE = HELLO.upper()\n",
    }
    model = ScriptedModel({"WHO": 0})
    for harness in (load_harness(write(tmp_path / "h", files)), load_source("h", files)):
        result = harness.run("go", call=no_tools, model=model)
        assert result.value == ("hello", "HELLO", "x")


def test_an_import_inside_a_function_works_later(tmp_path: Path) -> None:
    files = tiny("__import__('importlib').import_module('.late', __package__).LATE") | {
        "late.py": "LATE = 1\n"
    }
    assert value(load_harness(write(tmp_path / "h", files))) == 1


def test_a_harness_that_is_dropped_leaves_nothing_behind() -> None:
    harness = load_source("gone", tiny("1"))
    package = str(harness.function.__globals__["__package__"])
    file = str(harness.function.__globals__["__file__"])
    assert f"{package}.tools" in sys.modules
    assert linecache.getline(file, 1).startswith("from compiler.runtime")
    del harness
    gc.collect()
    # Modules are never dropped behind the back of someone who walks them, but by the next load.
    assert f"{package}.tools" in sys.modules
    load_source("next", tiny("2"))
    assert [name for name in sys.modules if name.startswith(package)] == []
    assert file not in linecache.cache


def test_tracebacks_show_the_source_of_a_text_in_memory() -> None:
    result = load_source("small", tiny("run.nothing_such")).run("go", call=no_tools)
    assert result.deviation is not None
    cause = result.deviation.__cause__
    assert cause is not None
    assert "return run.nothing_such" in "".join(traceback.format_exception(cause))


BAD = [
    ({"tools.py": TINY_TOOLS}, r"it has no harness\.py"),
    ({"harness.py": "x = 1\n"}, "harness.py has 0 functions with @harness"),
    ({"harness.py": TINY.format(value=1, extra="")}, "cannot be imported: ModuleNotFoundError"),
    ({"harness.py": "def f(:\n", "tools.py": ""}, "harness.py:1: invalid syntax"),
    ({"harness.py": "x = 1 / 0\n"}, "ZeroDivisionError"),
    ({"harness.py": "x = '\0'\n"}, "cannot be imported"),
    (
        {"harness.py": "a = 1\n<<<<<<< yours\nb = 1\n=======\nb = 2\n>>>>>>> new\n"},
        "harness.py:2: a merge conflict",
    ),
    (tiny("1") | {"tools.py": TINY_TOOLS + ">>>>>>> new\n"}, "tools.py:3: a merge conflict"),
    (
        tiny("1") | {"harness.py": tiny("1")["harness.py"].replace("Run[Tools]", "object")},
        "tiny takes \\(run: Run",
    ),
    (
        tiny("1") | {"harness.py": tiny("1")["harness.py"].replace("text: str", "text")},
        "tiny is not annotated",
    ),
]


@pytest.mark.parametrize(("files", "said"), BAD)
def test_what_is_no_harness_is_refused_in_one_line(files: dict[str, str], said: str, tmp_path: Path) -> None:
    before = set(sys.modules)
    write(tmp_path / "bad", files)
    with pytest.raises(LoadError, match=said) as in_memory:
        load_source("bad", files)
    with pytest.raises(LoadError, match=said) as in_folder:
        load_harness(tmp_path / "bad")
    assert "\n" not in f"{in_memory.value}{in_folder.value}"
    assert [name for name in set(sys.modules) - before if name.startswith("_tracec")] == []


def test_two_harnesses_in_one_file_are_refused() -> None:
    text = tiny("1")["harness.py"]
    both = text + text.partition("\n\n")[2].replace("tiny", "other")
    with pytest.raises(LoadError, match="has 2 functions"):
        load_source("bad", {"harness.py": both, "tools.py": TINY_TOOLS})


def test_a_place_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="does not exist"):
        load_harness(tmp_path / "nowhere")
    with pytest.raises(LoadError, match="is a file"):
        load_harness(SAMPLE / "harness.py")
    with pytest.raises(LoadError, match=r"it has no harness\.py"):
        load_harness(tmp_path)


def test_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "h", tiny("1"))
    (tmp_path / "h" / "tools.py").write_bytes(b"x = '\xff'\n")
    with pytest.raises(LoadError, match=r"tools\.py: cannot be read"):
        load_harness(tmp_path / "h")


def test_rulers_in_a_docstring_are_no_conflict() -> None:
    harness = load_source("ruled", tiny("1", '"""\nTitle\n=======\n>>> 1\n"""'))
    assert value(harness) == 1


def test_the_sample_loads_from_memory_as_from_its_folder(tmp_path: Path, office: Office) -> None:
    shutil.copytree(SAMPLE, tmp_path / "copy", ignore=shutil.ignore_patterns("__pycache__"))
    texts = {path.name: path.read_text(encoding="utf-8") for path in SAMPLE.glob("*.py")}
    for harness in (load_harness(tmp_path / "copy"), load_source("cancel_meeting", texts)):
        result = harness.run(
            "Cancel my first meeting on December 13",
            call=office.call,
            model=ScriptedModel({"ALSO_TOLD": []}),
            now=NOW,
        )
        assert result.outcome == "done"
