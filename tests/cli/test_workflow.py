"""`tracec init-ci`: the workflow that it writes, and what the steps of that do in a repository."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.runner import ROOT, TRACES, WORKLOAD, tracec

NAME = "schedule"
GIVEN = (
    f"harnesses/{NAME}=store/runs.jsonl",
    "--outcomes",
    "store/outcomes.jsonl",
    "--tools",
    "store/tools.json",
)
GITHUB = re.compile(r"\$\{\{ (\S+) \}\}")
TOOLS = """\
#!/bin/sh
# Stands in for the commands that take long; the others are the real ones.
echo "$@" >>"$FAKE/tracec.log"
case "$1" in
  drift) echo "a step vanished"; echo counted >"${@: -1}"; exit "$(cat "$FAKE/drift")" ;;
  update) echo "# newer" >>"$2/harness.py"; echo "schedule: written"; exit "$(cat "$FAKE/update")" ;;
  diff) echo "- a new write: refund_order, approve it"; exit 1 ;;
  *) exec "$PYTHON" -m compiler "$@" ;;
esac
"""
GH = """\
#!/bin/sh
echo "$@" >>"$FAKE/gh.log"
case "$1 $2" in
  "pr list") cat "$FAKE/open" ;;
  "pr create") cp "${@: -1}" "$FAKE/body.md"; exit "$(cat "$FAKE/create")" ;;
esac
"""


def git(*arguments: object, cwd: Path) -> str:
    identity = ("-c", "user.name=T", "-c", "user.email=t@example.com")
    command = ["git", *identity, *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compile a harness once."""
    out = tmp_path_factory.mktemp("compiled")
    shutil.copytree(TRACES / WORKLOAD, out / "store")
    shutil.copy(TRACES / "tools.json", out / "store")
    sources = (out / "store/runs.jsonl", "--outcomes", out / "store/outcomes.jsonl")
    assert tracec("compile", *sources, "--tools", TRACES / "tools.json", "-o", out).exit_code == 0
    (out / "harnesses").mkdir()
    (out / "runs").rename(out / "harnesses" / NAME)
    return out


@pytest.fixture
def repository(tmp_path: Path, compiled: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a repository with a harness and a trace store, and another that is its origin."""
    here = tmp_path / "here"
    shutil.copytree(compiled, here)
    git("init", "--quiet", "--bare", "--initial-branch=main", tmp_path / "origin", cwd=tmp_path)
    git("init", "--quiet", "--initial-branch=main", cwd=here)
    git("remote", "add", "origin", tmp_path / "origin", cwd=here)
    git("add", "--all", cwd=here)
    git("commit", "--quiet", "--message", "first", cwd=here)
    git("push", "--quiet", "origin", "main", cwd=here)
    monkeypatch.chdir(here)
    return here


def workflow_of(repository: Path) -> dict[Any, Any]:
    text = (repository / ".github/workflows/tracec.yml").read_text(encoding="utf-8")
    value: dict[Any, Any] = yaml.safe_load(text)
    return value


class Runner:
    """Runs the steps of a job as GitHub does, but for actions and for what pip would install."""

    def __init__(self, repository: Path, fake: Path) -> None:
        self.repository, self.fake = repository, fake
        (fake / "bin").mkdir(parents=True)
        for name, text in (("tracec", TOOLS), ("gh", GH)):
            program = fake / "bin" / name
            program.write_text(text.replace("#!/bin/sh", "#!/bin/bash"))
            program.chmod(0o755)
        self.answer(drift=1, update=0, open=0, create=0)

    def answer(self, **answers: int) -> None:
        for name, value in answers.items():
            (self.fake / name).write_text(f"{value}\n")

    def log(self, name: str) -> list[str]:
        log = self.fake / f"{name}.log"
        return log.read_text().splitlines() if log.exists() else []

    def run(self, job: dict[str, Any]) -> dict[str, int]:
        """Give the exit code of each step that ran."""
        (matrix,) = job.get("strategy", {"matrix": {"include": [{}]}})["matrix"]["include"]
        known = {f"matrix.{key}": value for key, value in matrix.items()}
        known |= {"github.token": "t0ken", "github.ref_name": "main"}
        temp = self.fake / "temp"
        shutil.rmtree(temp, ignore_errors=True)
        temp.mkdir()
        files = {"GITHUB_OUTPUT": temp / "output", "GITHUB_STEP_SUMMARY": self.fake / "summary.md"}
        codes: dict[str, int] = {}
        for step in job["steps"]:
            if "run" not in step or step["name"] == "Install" or not self._due(step, codes, temp / "output"):
                continue
            given = {**job.get("env", {}), **step.get("env", {})}
            environment = {
                **os.environ,
                **{name: GITHUB.sub(lambda one: known[one[1]], value) for name, value in given.items()},
                **{name: str(path) for name, path in files.items()},
                "RUNNER_TEMP": str(temp),
                "FAKE": str(self.fake),
                "PYTHON": sys.executable,
                "PYTHONPATH": str(ROOT),
                "PATH": os.pathsep.join(
                    (str(self.fake / "bin"), str(Path(sys.executable).parent), os.environ["PATH"])
                ),
            }
            command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
            done = subprocess.run(
                command, cwd=self.repository, env=environment, capture_output=True, text=True, check=False
            )
            codes[step["name"]] = done.returncode
        return codes

    @staticmethod
    def _due(step: dict[str, Any], codes: dict[str, int], output: Path) -> bool:
        match step.get("if"):
            case None:
                return not any(codes.values())
            case "!cancelled()":
                return True
            case "steps.drift.outputs.found == '1'":
                return not any(codes.values()) and "found=1\n" in output.read_text()
            case other:
                raise AssertionError(other)


@pytest.fixture
def runner(repository: Path, tmp_path: Path) -> Runner:
    assert tracec("init-ci", *GIVEN).exit_code == 0
    return Runner(repository, tmp_path / "fake")


@pytest.fixture
def regenerate(runner: Runner, repository: Path) -> Callable[..., dict[str, int]]:
    """Run the nightly job on a fresh checkout; give the exit codes of its steps."""

    def run(**answers: int) -> dict[str, int]:
        git("checkout", "--quiet", "--force", "--detach", "origin/main", cwd=repository)
        for branch in git(
            "branch", "--format=%(refname:short)", "--list", "tracec/*", cwd=repository
        ).split():
            git("branch", "--quiet", "-D", branch, cwd=repository)
        runner.answer(**answers)
        return runner.run(workflow_of(repository)["jobs"]["regenerate"])

    return run


def proposed(repository: Path) -> str:
    return git("ls-remote", "origin", f"refs/heads/tracec/{NAME}", cwd=repository)


# ------------------------------------------------------------------------------------------- the file


def test_it_is_written_once_and_never_over_another(repository: Path) -> None:
    file = repository / ".github/workflows/tracec.yml"
    assert tracec("init-ci", *GIVEN).stdout == f"written {file}\n"
    text = file.read_text()
    assert tracec("init-ci", *GIVEN).stdout == f"unchanged {file}\n"
    file.write_text(f"# mine\n{text}")
    refused = tracec("init-ci", *GIVEN)
    assert refused.exit_code == 2
    assert "--force" in refused.stderr
    assert file.read_text().startswith("# mine\n")
    assert json.loads(tracec("init-ci", *GIVEN, "--force", "--json").stdout)["status"] == "written"
    assert file.read_text() == text


def test_paths_count_from_the_root_of_the_repository(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository / "harnesses")
    assert tracec("init-ci", f"{NAME}=../store").exit_code == 0
    (matrix,) = workflow_of(repository)["jobs"]["regenerate"]["strategy"]["matrix"]["include"]
    assert matrix == {"name": NAME, "harness": f"harnesses/{NAME}", "traces": "store"}


def test_permissions_are_few_and_actions_are_pinned(runner: Runner) -> None:
    workflow = workflow_of(runner.repository)
    assert workflow["permissions"] == {}
    assert workflow["jobs"]["verify"]["permissions"] == {"contents": "read"}
    assert workflow[True].keys() == {
        "pull_request",
        "schedule",
        "workflow_dispatch",
    }  # YAML 1.1 reads "on" so
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    used = [step["uses"] for step in steps if "uses" in step]
    assert used
    assert all(re.fullmatch(r"actions/[\w-]+@v\d+", action) for action in used)
    tokens = [step["name"] for step in steps if "GH_TOKEN" in step.get("env", {})]
    assert tokens == ["Propose"]
    checkouts = [step for step in steps if step.get("uses", "").startswith("actions/checkout@")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)
    assert "secrets" not in json.dumps(workflow["jobs"])


def test_nothing_is_put_into_a_script(runner: Runner) -> None:
    for job in workflow_of(runner.repository)["jobs"].values():
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")


@pytest.mark.parametrize(
    ("harness", "said"),
    [
        ("a=${{ github.token }}", "a path in a workflow is of"),
        ("a=$(reboot)", "a path in a workflow is of"),
        ("a=../../elsewhere", "is not in the repository"),
        ("a", "say HARNESS=TRACES"),
        ("store=store", "has no harness.py"),
        ("-x=store", "No such option"),
        ("a b=store", "name of a branch"),
        ("a=store b/a=store", "share a branch"),
    ],
)
def test_what_a_workflow_cannot_hold_is_refused(repository: Path, harness: str, said: str) -> None:
    for place in ("a", "a b", "b/a"):
        shutil.copytree(repository / "harnesses" / NAME, repository / place)
    given = harness.split(" ") if " b/" in harness else [harness]
    result = tracec("init-ci", *given)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not (repository / ".github").exists()


# -------------------------------------------------------------------------------------- what steps do


def test_a_pull_request_is_verified(runner: Runner, repository: Path) -> None:
    job = workflow_of(repository)["jobs"]["verify"]
    assert runner.run(job) == {f"Verify {NAME}": 0}
    lock = repository / "harnesses" / NAME / "harness.lock"
    lock.write_text(json.dumps(json.loads(lock.read_text()) | {"approved": []}))
    assert runner.run(job) == {f"Verify {NAME}": 1}


def test_where_nothing_shifted_nothing_is_updated(
    regenerate: Callable[..., dict[str, int]], runner: Runner, repository: Path
) -> None:
    assert regenerate(drift=0) == {"Drift": 0}
    assert [line.split()[0] for line in runner.log("tracec")] == ["drift"]
    assert (repository / ".tracec-state/drift.json").exists()


def test_a_drift_that_cannot_be_looked_for_fails(regenerate: Callable[..., dict[str, int]]) -> None:
    assert regenerate(drift=2) == {"Drift": 2}


def test_an_update_is_proposed(
    regenerate: Callable[..., dict[str, int]], runner: Runner, repository: Path
) -> None:
    assert regenerate() == {"Drift": 0, "Update": 0, "Describe": 0, "Propose": 0}
    branch = f"tracec/{NAME}"
    changed = git("diff", "--name-only", "origin/main", proposed(repository).split()[0], cwd=repository)
    assert changed.split() == [f"harnesses/{NAME}/harness.py"]
    created, started = runner.log("gh")[-2:]
    assert created.startswith(
        f"pr create --base main --head {branch} --title Regenerate harnesses/{NAME} from"
    )
    assert started == f"workflow run tracec.yml --ref {branch}"
    body = (runner.fake / "body.md").read_text()
    assert body.startswith("- a new write: refund_order, approve it\n")
    assert "    a step vanished\n" in body
    assert "    schedule: written\n" in body
    assert "compiled without it (held out)" in body
    assert "mermaid" in body


def test_an_open_proposal_is_left_alone(
    regenerate: Callable[..., dict[str, int]], runner: Runner, repository: Path
) -> None:
    assert regenerate(open=1)["Propose"] == 0
    assert proposed(repository) == ""
    assert [line.split()[:2] for line in runner.log("gh")] == [["pr", "list"]]


def test_what_was_proposed_and_closed_is_not_proposed_again(
    regenerate: Callable[..., dict[str, int]], runner: Runner, repository: Path
) -> None:
    assert regenerate()["Propose"] == 0
    first = proposed(repository)
    assert regenerate()["Propose"] == 0
    assert proposed(repository) == first
    assert sum("pr create" in line for line in runner.log("gh")) == 1


def test_a_proposal_that_fails_leaves_nothing_behind(
    regenerate: Callable[..., dict[str, int]], repository: Path
) -> None:
    assert regenerate(create=1)["Propose"] == 1
    assert proposed(repository) == ""


def test_an_update_that_is_worse_or_in_conflict_is_not_proposed(
    regenerate: Callable[..., dict[str, int]], runner: Runner, repository: Path
) -> None:
    assert regenerate(update=1) == {"Drift": 0, "Update": 1}
    assert proposed(repository) == ""
    assert "    schedule: written\n" in (runner.fake / "summary.md").read_text()
