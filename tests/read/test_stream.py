from __future__ import annotations

import gzip
import json
import tracemalloc
from pathlib import Path

import pytest

from compiler.errors import InputError
from compiler.read import read_runs
from compiler.read import source as source_module
from compiler.read import stream as stream_module
from compiler.read.stream import Broken, Element, read_document, read_elements
from tests.read.build import chat, write


def seen(path: Path) -> list[tuple[object, int, int | None]]:
    return [
        (
            (element.value, element.line, element.array)
            if isinstance(element, Element)
            else (element.what, element.line, element.array)
        )
        for element in read_elements(path)
    ]


def put(tmp_path: Path, text: str | bytes, name: str = "a.json") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a":1}\n{"a":2}\n', [({"a": 1}, 1, None), ({"a": 2}, 2, None)]),
        ('\n\n{"a":1}\r\n\n{"a":2}', [({"a": 1}, 3, None), ({"a": 2}, 5, None)]),
        ('[{"a":1},\n {"a":2}]', [({"a": 1}, 1, 1), ({"a": 2}, 2, 1)]),
        ('[\n{"a":1}\n]\n', [({"a": 1}, 2, 1)]),
        ('[{"a":1}]\n[{"a":2}]\n', [({"a": 1}, 1, 1), ({"a": 2}, 2, 2)]),
        ('{\n"a": 1\n}\n{\n"a": 2\n}\n', [({"a": 1}, 1, None), ({"a": 2}, 4, None)]),
        ("[]", []),
        ("[\n]", []),
        ("", []),
        (" \n \n", []),
        ("\ufeff[1]", [(1, 1, 1)]),
        ("[1,\n 23]", [(1, 1, 1), (23, 2, 1)]),
    ],
)
def test_shapes_of_files(tmp_path: Path, text: str, expected: list[object]) -> None:
    assert seen(put(tmp_path, text)) == expected


@pytest.mark.parametrize(
    ("text", "what", "line"),
    [
        ('[{"a":1},\n{"a":', "the file ends inside a value", 2),
        ('[{"a":1},\n{"a":1}\n', "the file ends inside an array", 3),
        ('[{"a":1}\n{"a":2}]', "expected ',' or ']'", 2),
        ('[{"a":1},\n]', "not JSON: Expecting value", 2),
        ('[{"a":1},\n{"a" 1, "long enough to be no cut": 1}]', "not JSON: Expecting ':'", 2),
        ("[1,\n" + "[" * 200 + "]" * 200 + "]", "nested too deep", 2),
        ("[1,\n" + "[" * 200_000, "nested too deep", 2),
        ("[1,\n" + "9" * 5_000 + " ]", "not readable", 2),
    ],
)
def test_a_broken_array_keeps_what_came_before(tmp_path: Path, text: str, what: str, line: int) -> None:
    elements = list(read_elements(put(tmp_path, text)))
    assert isinstance(elements[0], Element)
    (broken,) = [element for element in elements if isinstance(element, Broken)]
    assert elements[-1] is broken
    assert what in broken.what
    assert (broken.line, broken.array) == (line, 1)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b'{"a": ', "not JSON: Expecting value at column 6"),
        (b'{"a": "\xff"}', "not UTF-8 (byte 8 of the line)"),
        (b"\x00\x00", "not JSON"),
        (b"[" * 200_000, "nested too deep"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "not readable"),
    ],
)
def test_a_bad_line_costs_only_itself(tmp_path: Path, line: bytes, what: str) -> None:
    good = json.dumps(chat()).encode()
    path = put(tmp_path, good + b"\n" + line + b"\n" + good + b"\n", "a.jsonl")
    read = read_runs(str(path))
    assert [run.line for run in read.runs] == [1, 3]
    assert read.notes[0].line == 2
    assert what in read.notes[0].what
    assert read.notes[1].what == "1 of 3 records were left out"


def test_a_bad_first_line_of_json_lines_costs_only_itself(tmp_path: Path) -> None:
    path = put(tmp_path, '{"broken\n' + json.dumps(chat()), "a.jsonl")
    assert [run.line for run in read_runs(str(path)).runs] == [2]


def test_a_line_that_is_too_long_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "MAX_VALUE", 3_000_000)
    path = write(tmp_path / "a.jsonl", chat(), "x" * 9_000_000, chat())
    read = read_runs(path)
    assert [run.line for run in read.runs] == [1, 3]
    assert "the line is longer than 2 MB" in read.notes[0].what


def test_an_element_that_is_too_long_ends_the_array(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_module, "MAX_VALUE", 3_000_000)
    path = put(tmp_path, '["a",\n"' + "x" * 9_000_000 + '"]')
    first, broken = list(read_elements(path))
    assert isinstance(first, Element)
    assert isinstance(broken, Broken)
    assert "a value is longer than 2 MB" in broken.what


def test_a_first_line_longer_than_the_probe(tmp_path: Path) -> None:
    long = chat(filler="x" * 3_000_000)
    assert [run.line for run in read_runs(write(tmp_path / "a.jsonl", long, chat())).runs] == [1, 2]
    assert [run.line for run in read_runs(write(tmp_path / "a.json", long, chat())).runs] == [1, 2]


def test_an_array_is_read_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with path.open("w") as file:
        file.write("[" + ",".join(json.dumps({"n": n, "text": "x" * 10_000}) for n in range(3_000)) + "]")
    tracemalloc.start()
    count = sum(1 for _ in read_elements(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 3_000
    assert peak < path.stat().st_size / 3


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_chunks_may_end_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(source_module, "_CHUNK", size)
    monkeypatch.setattr(stream_module, "_PROBE", 1)
    values = [{"key": "né\u2028 \U0001f600"}, 12345, -1.5e-7, True, None, '\\"', [[]], {}]
    path = put(tmp_path, json.dumps(values, indent=1, ensure_ascii=False))
    assert [element[0] for element in seen(path)] == values


def test_gz_is_unpacked_whatever_its_name(tmp_path: Path) -> None:
    text = json.dumps(chat()).encode()
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(text))
    (tmp_path / "b.json").write_bytes(gzip.compress(text))
    assert read_runs(str(tmp_path / "a.jsonl.gz")).runs[0].run_id.startswith("a:")
    assert read_runs(str(tmp_path / "b.json")).runs[0].run_id.startswith("b:")


def test_a_damaged_gz_keeps_what_came_before(tmp_path: Path) -> None:
    lines = b"\n".join(json.dumps(chat(n=n, salt=str(n) * 50)).encode() for n in range(500))
    packed = gzip.compress(lines)
    path = put(tmp_path, packed[: len(packed) // 2], "a.jsonl.gz")
    read = read_runs(str(path))
    assert 0 < len(read.runs) < 500
    assert any("cannot be read from here on" in note.what for note in read.notes)


def test_a_gz_bomb_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_module, "MAX_UNPACKED", 1024)
    path = put(tmp_path, gzip.compress(b" " * 10_000_000), "a.jsonl.gz")
    with pytest.raises(InputError, match="unpacks to more than"):
        read_runs(str(path))


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"PK\x03\x04rest", "is a zip archive"),
        (b"SQLite format 3\x00", "is an SQLite database"),
        (b"\x28\xb5\x2f\xfd....", "is zstd-compressed"),
        ("[]".encode("utf-16"), "is UTF-16 text; convert it to UTF-8"),
        (b"", "the file is empty: no runs"),
        (b"\n \n", "the file is empty: no runs"),
        (b"[]", "the file is empty: no runs"),
        (b"hello", "not JSON"),
        (b"\xff\xff", "not UTF-8"),
        (b"7", "neither a JSON object nor a list"),
        (b'"a","b"\n1,2\n', "neither a JSON object nor a list"),
        (b"<html></html>", "not JSON"),
    ],
)
def test_what_is_no_trace_file_is_one_clear_error(tmp_path: Path, content: bytes, what: str) -> None:
    path = put(tmp_path, content, "a.json")
    with pytest.raises(InputError) as caught:
        read_runs(str(path))
    assert what in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "what"), [("gone.json", "no such file"), (".", "is a folder"), ("a\x00b", "file")]
)
def test_what_cannot_be_opened(tmp_path: Path, name: str, what: str) -> None:
    with pytest.raises(InputError, match=what):
        read_runs(f"{tmp_path}/{name}")


def test_devices_are_not_read() -> None:
    with pytest.raises(InputError, match="no regular file"):
        read_runs("/dev/zero")


def test_one_document(tmp_path: Path) -> None:
    assert read_document(put(tmp_path, '{"tools":\n []}')) == {"tools": []}
    assert read_document(put(tmp_path, '[{"a": 1}, 2]')) == [{"a": 1}, 2]
    for text, what in (
        ("", "empty"),
        ("1\n2", "one JSON value"),
        ("[1]\n[2]", "one JSON value"),
        ("{", "not JSON"),
    ):
        with pytest.raises(InputError, match=what):
            read_document(put(tmp_path, text))
