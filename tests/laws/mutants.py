"""The mutation score of the engine's step and the ledger's posting: ``make mutants``.

A mutant is a function with one small change. Its code is exchanged in a process that has everything
loaded already; a fork of it runs the tests, the quickest first, until one of them fails. Tests that
compare with the compiled engine are left out: it isn't mutated and would give each mutant away.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import mutating
from mutating import Mutant
from planting import behaving, code_of

ROOT = Path(__file__).resolve().parents[2]
EQUIVALENT = Path(__file__).with_name("equivalent.toml")
KERNEL = "adjusting budgets counting days earning lots receipts returning saying spending tiers versions walk"
STEP = [f"vafa.reward.engine.kernel.{name}" for name in KERNEL.split()]
LEDGER = ["vafa.ledger.posting", "vafa.ledger.actions"]
# the quickest killers first
CASES = "edges returns rewards tiers by_hand changing over_time engine policies versions reference_programmes"
LAWS = "budgets walks_agree walks engine_laws room simulate"
PURE = [*(f"tests/pure/test_{name}.py" for name in f"{CASES} {LAWS}".split()), "tests/laws/test_mutants.py"]
ROOMS = ["tests/rooms/test_ledger.py", "tests/rooms/test_over_time.py", "tests/rooms/test_walking.py"]
WITHOUT = ["-k", "not compiled", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--assert=plain", "--tb=no"]
LONGEST = 60  # seconds of the processor, four times what all tests take; what takes longer never ends
PROCESSES = 2
MEMORY = 8 << 30


def every() -> list[Mutant]:
    return [mutant for name in [*STEP, *LEDGER] for mutant in mutating.mutants(importlib.import_module(name))]


def sample(asked: argparse.Namespace) -> list[Mutant]:
    """So many of all, chosen by their names: a changed function leaves those of the others in. Or an earlier run's."""
    found = every()
    if asked.again is None:
        found = sorted(found, key=lambda mutant: sha256(f"{asked.seed} {mutant.name}".encode()).digest())[: asked.count]
    else:
        names = set(re.findall(r"^survived: \S+ (.+)$", asked.again.read_text("utf-8"), re.MULTILINE))
        found = [mutant for mutant in found if mutant.name in names]
    return sorted(mutant for mutant in found if asked.only in mutant.name)


def tests_of(mutant: Mutant) -> list[str]:
    return [*PURE, *ROOMS] if mutant.module.startswith("vafa.ledger") else PURE


def run_tests(paths: list[str]) -> int:
    import pytest

    return int(pytest.main([*WITHOUT, "--reuse-db", *(str(ROOT / path) for path in paths)]))


def outcome(mutant: Mutant) -> str:
    """killed, hung or survived."""
    function: Callable[..., Any] = vars(importlib.import_module(mutant.module))[mutant.function]
    code = code_of(function, mutating.source(function, mutant.number))
    child = os.fork()
    if child == 0:
        answer = 1
        try:
            signal.setitimer(signal.ITIMER_PROF, LONGEST)
            signal.alarm(5 * LONGEST)  # asleep for ever
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            with open(os.devnull, "w") as nowhere:
                os.dup2(nowhere.fileno(), 1)
                os.dup2(nowhere.fileno(), 2)
            with behaving(function, code):
                answer = run_tests(tests_of(mutant))
        finally:
            os._exit(min(answer, 100))
    _pid, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return "hung" if os.WTERMSIG(status) in (signal.SIGALRM, signal.SIGPROF) else "killed"
    return "survived" if os.WEXITSTATUS(status) == 0 else "killed"


def work(asked: argparse.Namespace) -> int:
    """Every ``PROCESSES``th mutant of the sample, a line of JSON each."""
    from hypothesis import Phase, settings

    settings.register_profile("mutants", database=None, derandomize=True, phases=(Phase.explicit, Phase.generate))
    settings.load_profile("mutants")
    begins, out = time.monotonic(), os.dup(1)
    os.dup2(2, 1)
    if run_tests([*PURE, *ROOMS]):
        print("the tests fail without any mutant: mend that first", file=sys.stderr)
        return 1
    print(f"the tests take {time.monotonic() - begins:.0f} s, once loaded less", file=sys.stderr, flush=True)
    from django.db import connections

    connections.close_all()
    with os.fdopen(out, "w") as answers:
        answers.write(json.dumps(len(every())) + "\n")
        found = sample(asked)
        for place in range(asked.part, len(found), PROCESSES):
            mutant = found[place]
            answers.write(json.dumps([*mutant, said := outcome(mutant)]) + "\n")
            answers.flush()
            print(f"{place + 1} of {len(found)}: {said} {mutant.name}", file=sys.stderr, flush=True)
    return 0


def started(arguments: list[str], part: int, home: Path) -> subprocess.Popen[str]:
    home.mkdir()
    environment = os.environ | {"VAFA_TEST_HOME": str(home), "PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests'}"}
    environment["VAFA_TEST_MUTANTS"] = "1"
    environment["PYTHONWARNINGS"] = "ignore:This process:DeprecationWarning"
    environment.pop("VAFA_TEST_DATABASE", None)
    command = [sys.executable, __file__, *arguments, "--part", str(part)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment)


def report(answers: list[tuple[Mutant, str]], of: int, seconds: float) -> float:
    """Print the score and the survivors; those that change nothing are told apart, with the reason."""
    reasons = tomllib.loads(EQUIVALENT.read_text("utf-8"))["equivalent"]
    alike = {mutant.name for mutant, said in answers if said == "survived" and mutant.name in reasons}
    counts = Counter("equivalent" if mutant.name in alike else said for mutant, said in answers)
    for mutant, said in answers:
        if said == "survived" and mutant.name not in alike:
            print(f"survived: {mutant.module}:{mutant.line} {mutant.name}")
    wrong = [mutant.name for mutant, said in answers if said != "survived" and mutant.name in reasons]
    for name in wrong:
        print(f"said to be equivalent, but caught: {name}")
    caught = counts["killed"] + counts["hung"]
    told, raw = caught / max(len(answers) - len(alike), 1), caught / max(len(answers), 1)
    print(f"{len(answers)} of {of} mutants in {seconds:.0f} s: {dict(counts)}")
    print(f"mutation score {told:.1%} ({raw:.1%} where equivalent mutants count as survivors)")
    return 0.0 if wrong else told


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=500)
    options.add_argument("--seed", type=int, default=18)
    options.add_argument("--part", type=int, help="of the processes; given by the first one")
    options.add_argument("--only", default="", help="a piece of the mutant's name")
    options.add_argument("--again", type=Path, help="the output of an earlier run: those that survived it")
    options.add_argument("--least", type=float, default=0.9, help="the score that is asked for")
    asked = options.parse_args()
    if asked.part is not None:
        return work(asked)
    begins, answers, total = time.monotonic(), [], 0
    with tempfile.TemporaryDirectory(prefix="vafa-mutants-") as folder:
        parts = [started(sys.argv[1:], part, Path(folder) / str(part)) for part in range(PROCESSES)]
        for part in parts:
            assert part.stdout is not None
            total = json.loads(part.stdout.readline() or "0")
            answers += [json.loads(line) for line in part.stdout]
        if any(part.wait() for part in parts):
            return 1
    scored = report([(Mutant(*row[:-1]), row[-1]) for row in sorted(answers)], total, time.monotonic() - begins)
    return 0 if scored >= asked.least else 1


if __name__ == "__main__":
    sys.exit(main())
