"""Check what holds for every harness that is emitted for a corpus, by the command line.

    python -m benchmarks.emitted [--corpus DIR] [--keep DIR]

All workloads are compiled three times: as they are, and twice with their runs shuffled and under other hash
seeds. All files of all folders must be the same bytes each time; each harness must pass Black, ruff and
``mypy --strict``, and ``tracec verify`` on the runs that it came from. Exit code 1 if anything does not hold.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from benchmarks.workbench import DEFAULT_CORPUS

ROOT: Final = Path(__file__).resolve().parents[1]
SEEDS: Final = (0, 1, 2)
RULES: Final = "E,F,W,I,N,UP,B,SIM,RET,ARG"
OURS: Final = 'lint.isort.known-third-party=["compiler"]'
"""A harness lives outside this project, where the runtime is a third party."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What ``compile`` and ``verify`` are told of the runs beside the runs."""

    tools: Path
    outcomes: Path | None = None

    @property
    def options(self) -> tuple[str, ...]:
        """The same as options of the command line."""
        outcomes = () if self.outcomes is None else ("--outcomes", str(self.outcomes))
        return ("--tools", str(self.tools), *outcomes)


def shuffled(paths: Sequence[Path], target: Path, seed: int) -> list[Path]:
    """Copy JSONL files and folders of them under their names, with the lines in another order."""
    order = random.Random(seed)
    copies = []
    for path in paths:
        copies.append(target / path.name)
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        for file in files:
            copy = target / path.name / file.name if path.is_dir() else target / file.name
            copy.parent.mkdir(parents=True, exist_ok=True)
            lines = file.read_bytes().splitlines(keepends=True)
            order.shuffle(lines)
            copy.write_bytes(b"".join(lines))
    return copies


def compile_all(paths: Sequence[Path], given: Given, out: Path, seed: int) -> str:
    """Compile workloads under a hash seed, and give back what was printed.

    Raises:
        SystemExit: The compiler failed; that some workloads were declined is no failure.
    """
    done = _python("compiler", "compile", *map(str, paths), *given.options, "-o", str(out), seed=seed)
    if done.returncode not in (0, 3):
        sys.exit(f"compile ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def contents(folder: Path) -> dict[str, bytes]:
    """All files below a folder, by their place in it."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def complaints(out: Path) -> Iterator[str]:
    """What the tools that a reviewer would run say against the harnesses in a folder."""
    sources = sorted(str(path) for path in out.glob("*/*.py"))
    ruff = ("check", "--isolated", "--no-cache", "--target-version", "py311", "--select", RULES)
    mypy = ("--config-file=", "--strict", "--explicit-package-bases", f"--cache-dir={os.devnull}")
    for module, *options in (
        ("black", "--check", "--quiet", "--config", os.devnull),
        ("ruff", *ruff, "--config", OURS),
        ("mypy", *mypy),
    ):
        done = _python(module, *options, *sources, cwd=out)
        if done.returncode:
            yield f"{module}: {done.stdout}{done.stderr}"


def failures(traces: Path, given: Given, harness: Path) -> Iterator[str]:
    """What replaying a harness on the runs that it came from finds wrong."""
    done = _python("compiler", "verify", str(harness), str(traces), *given.options)
    if done.returncode:
        yield f"verify {harness.name}: exit code {done.returncode}: {done.stdout}{done.stderr}"


def _python(
    module: str, *arguments: str, cwd: Path = ROOT, seed: int = 0
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": str(ROOT), "MYPYPATH": str(ROOT)}
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def _check(corpus: Path, out: Path) -> Iterator[str]:
    paths = sorted((corpus / "runs").glob("wb-*.jsonl"))
    given = Given(tools=corpus / "tools.json", outcomes=corpus / "runs" / "outcomes.jsonl")
    folders = [out / f"seed_{seed}" for seed in SEEDS]
    for seed, folder in zip(SEEDS, folders, strict=True):
        started = time.perf_counter()
        mixed = shuffled(paths, out / f"runs_{seed}", seed) if seed else paths
        compile_all(mixed, given, folder, seed)
        count = len(list(folder.glob("*/harness.py")))
        print(f"seed {seed}: {count} of {len(paths)} compiled in {time.perf_counter() - started:.1f} s")
    first, *others = map(contents, folders)
    for seed, other in zip(SEEDS[1:], others, strict=True):
        for name in sorted(first.keys() | other.keys()):
            if first.get(name) != other.get(name):
                yield f"{name}: other bytes with runs shuffled and PYTHONHASHSEED={seed}"
    yield from complaints(folders[0])
    for path in paths:
        harness = folders[0] / path.stem.replace("-", "_")
        if harness.is_dir():
            yield from failures(path, given, harness)


def main() -> int:
    """Check all, print what does not hold."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.emitted",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--corpus", type=Path, default=DEFAULT_CORPUS, metavar="DIR")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="an empty folder for what is compiled")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        found = list(_check(options.corpus.resolve(), (options.keep or Path(scratch)).resolve()))
    print("\n".join(found) if found else "all holds")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
