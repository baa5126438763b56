"""Put faults into a copy of dataflow, one at a time, and see which test catches each.

    python -m tools.mutations            all of them
    python -m tools.mutations frames     those in files whose path contains a word
    python -m tools.mutations --list     what there is

The working tree is only read. A mutation is a text that stands exactly once in its file, and what it becomes: where the
text is not found any more, the script says so, and fails.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist")
LAWS = ("tests/laws/test_conformance.py", "tests/laws/test_meaning.py")
DEADLINE = 900


class Mutation(NamedTuple):
    """A fault.

    Attributes:
        what: in words.
        file: under `dataflow`.
        old: what stands there now.
        new: what is put there instead.
        tests: what is to catch it.
    """

    what: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...] = LAWS


class Ended(NamedTuple):
    """How a mutation ended: caught by a test, not caught, or its text not found."""

    verdict: str
    by: str
    seconds: float


ATTEMPTS = ("tests/laws/test_attempts.py",)
ERRORS = ("tests/laws/test_errors.py",)
EARLY = ("tests/ray/test_early.py",)
RECOVER = ("tests/laws/test_recover.py",)
PASSES = ("tests/laws/test_passes.py",)
STREAM = ("tests/laws/test_stream.py",)
RELEASE = ("tests/laws/test_release.py",)
DEPLOY = ("tests/laws/test_deploy.py",)
THREADS = ("tests/test_executors_threads.py",)
POOLS = ("tests/test_executors_futures.py",)
LEAKS = ("tests/faults/test_leaks.py",)
FORMS = ("tests/test_ir_textread.py", "tests/laws/test_forms.py")

MUTATIONS: tuple[Mutation, ...] = (
    Mutation(
        "a switch takes the first case",
        "executors/base.py",
        "            return case\n",
        "            return op.cases[0][1]\n",
    ),
    Mutation(
        "a fan-out drops its third element",
        "executors/base.py",
        "    return list(found)\n",
        "    return [x for at, x in enumerate(found) if at != 2]\n",
    ),
    Mutation(
        "values are never dropped",
        "executors/frames.py",
        "            if not next(drops[read]):\n",
        "            if False:\n",
    ),
    Mutation(
        "values are never dropped on threads",
        "executors/crew.py",
        "                    if not next(drops[read]):\n",
        "                    if False:\n",
    ),
    Mutation(
        "a step is made ready twice",
        "executors/frames.py",
        "                news.ready.append((self, reader))\n",
        "                news.ready += [(self, reader)] * 2\n",
    ),
    Mutation(
        "a step does not wait for its second argument",
        "executors/countdown.py",
        "range(number - 1, -1, -1) if number > 1 else",
        "range(number - 1, -1, -1) if number > 2 else",
    ),
    Mutation(
        "a step does not wait for its last argument of many",
        "executors/countdown.py",
        "range(number - 1, -1, -1)",
        "range(number - 1, -1, -1) if number < 3 else range(number - 2, -1, -1)",
    ),
    Mutation(
        "a step on threads does not wait for what it reads",
        "executors/crew.py",
        "                    if not next(starts[reader]):\n",
        "                    if next(starts[reader]) < 2:\n",
    ),
    Mutation(
        "threads go on in a run that was cancelled",
        "executors/crew.py",
        "                if following == NONE or run.trouble or jobs[following].kind >= HANDED:\n",
        "                if following == NONE or jobs[following].kind >= HANDED:\n",
        ("tests/faults/test_concurrency.py", *THREADS, *LAWS),
    ),
    Mutation(
        "a run that was cancelled goes on",
        "executors/frames.py",
        "            if self.run.stopped:\n                return False\n",
        "",
    ),
    Mutation(
        "a later error lets start what comes after an earlier one",
        "executors/demand.py",
        "            self.main.limit = min(self.main.limit, at)\n",
        "            self.main.limit = at\n",
        ERRORS,
    ),
    Mutation(
        "what two cases share is begun twice",
        "executors/demand.py",
        "            if at not in self.begun:\n",
        "            if True:\n",
    ),
    Mutation(
        "an error that a recover handles is the run's",
        "executors/demand.py",
        "        if guard is not None and guard(error, news):\n",
        "        if guard is not None and guard(error, news) and False:\n",
        (*RECOVER, *LAWS),
    ),
    Mutation(
        "elements come in the order in which they end",
        "executors/entries.py",
        "            self.results[_element(frame)] = value\n",
        "            self.results[self.done] = value\n",
        ("tests/laws/test_fan_out.py", "tests/test_executors_entries.py"),
    ),
    Mutation(
        "a loop at its limit is no error",
        "executors/entries.py",
        "        if finished or (self.round == self.op.limit and self.op.lenient):\n",
        "        if finished or self.round == self.op.limit:\n",
    ),
    Mutation(
        "a recover catches every error",
        "executors/entries.py",
        "        if not isinstance(error, op.on):\n",
        "        if not isinstance(error, Exception):\n",
        (*RECOVER, *LAWS),
    ),
    Mutation(
        "all elements of a fan-out are begun at once",
        "executors/entries.py",
        "range(min(self.width, len(self.items)))",
        "range(len(self.items))",
    ),
    Mutation(
        "an element's error is forgotten if a later one fails",
        "executors/entries.py",
        "            self.limit = min(self.limit, _element(frame))\n",
        "            self.limit = _element(frame)\n",
        ("tests/test_executors_entries.py", *ERRORS),
    ),
    Mutation(
        "the error of a run is lost",
        "executors/news.py",
        "                    self.future.set_exception(value)\n",
        "                    self.future.set_result(None)\n",
    ),
    Mutation(
        "threads swap two arguments",
        "executors/crew.py",
        "                    value = target(values[a], values[b])\n",
        "                    value = target(values[b], values[a])\n",
    ),
    Mutation(
        "threads forget keywords",
        "executors/crew.py",
        "                    value = target(*take(values), **{name: values[place] for name, place in named})\n",
        "                    value = target(*take(values))\n",
    ),
    Mutation(
        "a closed deployment takes runs",
        "executors/in_flight.py",
        "        if self.closing:  # looked at last: a close that comes now waits for this run\n",
        "        if False:\n",
    ),
    Mutation(
        "a pool gets the arguments backwards",
        "executors/coordinator.py",
        "args = tuple([frame.values[place] for place in job.places])",
        "args = tuple([frame.values[place] for place in job.places][::-1])",
    ),
    Mutation(
        "a step in a pool is called twice",
        "executors/remote.py",
        "        value = callable_of(shipment.key, callee)(*args, **kwargs)\n",
        "        for _ in range(2):\n            value = callable_of(shipment.key, callee)(*args, **kwargs)\n",
    ),
    Mutation(
        "an instance in a pool is called by all at once",
        "executors/remote.py",
        "        with room:\n            return fn(*args, **kwargs)\n",
        "        return fn(*args, **kwargs)\n",
    ),
    Mutation(
        "errors lose their attributes on the way",
        "executors/envelope.py",
        " in _attributes(error).items()}\n",
        " in ()}\n",
        LAWS,
    ),
    Mutation(
        "one attempt too many",
        "attempts.py",
        "    for _ in range(retry.times):\n        try:\n            return fn(*args, **kwargs)\n",
        "    for _ in range(retry.times and retry.times + 1):\n        try:\n            return fn(*args, **kwargs)\n",
        ATTEMPTS,
    ),
    Mutation(
        "every error is tried again",
        "attempts.py",
        "            return fn(*args, **kwargs)\n        except retry.on:\n",
        "            return fn(*args, **kwargs)\n        except Exception:\n",
        ATTEMPTS,
    ),
    Mutation("a timeout is waited out", "attempts.py", "    thread.join(seconds)\n", "    thread.join()\n", ATTEMPTS),
    Mutation(
        "calls of steps that are not pure are merged",
        "passes/merge.py",
        "isinstance(op, Call) and op.callee.options.pure]",
        "isinstance(op, Call)]",
    ),
    Mutation(
        "a call in a case takes the place of one that always runs",
        "passes/merge.py",
        "        elif at in always:\n",
        "        else:\n",
        (*PASSES, "tests/test_passes_merge.py"),
    ),
    Mutation(
        "a graph that grows mixes up what it reads",
        "executors/growth.py",
        "tuple(known[node] for node in reads))",
        "tuple(known[node] for node in reads[::-1]))",
        (*LAWS, "tests/test_executors_growth.py", "tests/test_combinators_expand.py"),
    ),
    Mutation(
        "a note does not say in which element",
        "report.py",
        '    note(error, f"in {path(graph, at, link)}, composed',
        '    note(error, f"in {path(graph, at, None)}, composed',
    ),
    Mutation(
        "a stream yields the newest first",
        "pipeline.py",
        "                yield window.popleft().result()\n",
        "                yield window.pop().result()\n",
        STREAM,
    ),
    Mutation(
        "a stream pulls one item too many",
        "pipeline.py",
        "        while len(window) < self._max_in_flight and",
        "        while len(window) <= self._max_in_flight and",
        STREAM,
    ),
    Mutation(
        "what is needed on demand runs in any case",
        "executors/network.py",
        "        for at in self.homes:\n            waits[at] += 1\n",
        "",
    ),
    Mutation(
        "a value is dropped after its first reader",
        "plan.py",
        "    for at in reversed(main):\n",
        "    for at in main:\n",
    ),
    Mutation(
        "cond takes the other branch",
        "combinators/route.py",
        "{True: then, False: orelse}",
        "{False: then, True: orelse}",
        ("tests/laws/test_routing.py",),
    ),
    Mutation(
        "generated code swaps arguments",
        "executors/straight_text.py",
        "        texts = [self.operand(arg) for arg in args]\n",
        "        texts = [self.operand(arg) for arg in args[::-1]]\n",
        ("tests/laws/test_straight.py",),
    ),
    Mutation(
        "the machine swaps two arguments",
        "executors/machine.py",
        "                    value = fn(frame[a], frame[b])\n",
        "                    value = fn(frame[b], frame[a])\n",
        (*LAWS, "tests/test_executors_machine.py"),
    ),
    Mutation(
        "what was put off is never taken up again",
        "executors/demand.py",
        "        news.ready.extend(held)  # among",
        "        # among",
        ("tests/test_executors_frames.py", *LAWS),
    ),
    Mutation(
        "only the first who waits for a region is told that it failed",
        "executors/demand.py",
        "False, error) for waiting, waiter in waiters)",
        "False, error) for waiting, waiter in waiters[:1])",
        ("tests/test_executors_demand.py", *RECOVER),
    ),
    Mutation(
        "who asks for a region that has failed is never told",
        "executors/demand.py",
        "            region.limit = min((at for at in self.failures if self._needs(target, at)), default=NOWHERE)\n",
        "",
        ("tests/test_executors_demand.py", *RECOVER),
    ),
    Mutation(
        "values that only a case not taken would read are kept",
        "executors/demand.py",
        "                if target not in self.regions:\n                    found",
        "                if False:\n                    found",
        ("tests/test_executors_demand.py", *RELEASE),
    ),
    Mutation(
        "what waits for a failed step keeps its values",
        "executors/demand.py",
        "        self.failures[at] = error\n        self._bury([at])\n",
        "        self.failures[at] = error\n",
        ("tests/test_executors_demand.py", *RELEASE),
    ),
    Mutation(
        "what a failed region will never start keeps its values",
        "executors/demand.py",
        "        if not homes or not self.failed_regions.issuperset(homes):\n",
        "        if True:\n",
        ("tests/test_executors_demand.py", *RELEASE),
    ),
    Mutation(
        "errors that nobody can come upon any more are kept",
        "executors/demand.py",
        "                self._forget_failures(target)\n",
        "",
        ("tests/test_executors_demand.py", *RELEASE, *LEAKS),
    ),
    Mutation(
        "what comes after a failure starts all the same",
        "executors/frames.py",
        "            if wanted(self, at):\n",
        "            if True:\n",
        ERRORS,
    ),
    Mutation(
        "an element goes on after an earlier one has failed",
        "executors/entries.py",
        "        return ((self.frame, self.at),) if _element(frame) < self.limit else ()\n",
        "        return ((self.frame, self.at),)\n",
        ("tests/test_executors_entries.py", *ERRORS),
    ),
    Mutation(
        "a call that waits for a replica is never told of one",
        "executors/crew.py",
        "            call.replicas.give_back(copy)\n            self._pass_on(call, news)\n",
        "            call.replicas.give_back(copy)\n",
        THREADS,
    ),
    Mutation(
        "a call that waits for a replica behind a dead one is forgotten",
        "executors/crew.py",
        "                    self._pass_on(job.target, news)\n",
        "                    pass\n",
        ("tests/faults/test_concurrency.py",),
    ),
    Mutation(
        "closing does not wait for the runs on threads",
        "executors/crew.py",
        "        self._crew.runs.wait()\n",
        "",
        ("tests/faults/test_concurrency.py", *LAWS),
    ),
    Mutation(
        "the threads of a closed deployment live on",
        "executors/crew.py",
        "            for _ in threads:\n                self.wake.put(False)\n",
        "",
        LEAKS,
    ),
    Mutation(
        "runs are never forgotten",
        "executors/in_flight.py",
        "        self._kept.pop(future, None)\n",
        "        pass\n",
        LEAKS,
    ),
    Mutation(
        "an instance of a graph that grows is made each time",
        "executors/servers.py",
        "            if callee not in self._grown:\n",
        "            if True:\n",
        DEPLOY,
    ),
    Mutation(
        "a call goes to the busiest copy",
        "executors/replicas.py",
        "            for load in range(self._limit):\n",
        "            for load in reversed(range(self._limit)):\n",
        ("tests/test_executors_replicas.py", *THREADS),
    ),
    Mutation(
        "calls do not take turns among equal copies",
        "executors/replicas.py",
        "self._by_load[load].popleft()",
        "self._by_load[load].pop()",
        ("tests/test_executors_replicas.py", *THREADS),
    ),
    Mutation(
        "a pool is sent all calls at once",
        "executors/coordinator.py",
        "                if len(self.sent) >= self.width:\n",
        "                if False:\n",
        POOLS,
    ),
    Mutation(
        "queued calls of a run that is over are made",
        "executors/coordinator.py",
        "            if run.stopped:\n                sent.cancel()",
        "            if False:\n                sent.cancel()",
        POOLS,
    ),
    Mutation(
        "a pool keeps the instances of a closed pipeline",
        "executors/coordinator.py",
        "            forget(self.process, self.deployment)\n",
        "",
        (*POOLS, *LAWS),
    ),
    Mutation(
        "an error on its way to a handler is pickled as it is",
        "executors/envelope.py",
        "if isinstance(thing, BaseException) else NotImplemented",
        "if False else NotImplemented",
        RECOVER,
    ),
    Mutation(
        "every error of a coroutine is tried again",
        "attempts.py",
        "        except retry.on:\n            await",
        "        except Exception:\n            await",
        ("tests/test_attempts.py",),
    ),
    Mutation(
        "a timeout of a coroutine is waited out",
        "attempts.py",
        "await aio.within(fn(*args, **kwargs), seconds)",
        "await aio.within(fn(*args, **kwargs), None)",
        ("tests/test_attempts.py",),
    ),
    Mutation(
        "a stream that is closed lets its runs go on",
        "pipeline.py",
        "            for future in window:\n                future.cancel()\n",
        "            pass\n",
        (*STREAM, "tests/test_pipeline.py"),
    ),
    Mutation(
        "a stream has one run under way",
        "pipeline.py",
        "not (started and window[0].done()):",
        "not (window and True):",
        STREAM,
    ),
    Mutation(
        "a pipeline is used in a process that was forked from its own",
        "pipeline.py",
        "        if self._process != os.getpid():\n",
        "        if False:\n",
        ("tests/test_pipeline.py", "tests/faults/test_bad_input.py"),
    ),
    Mutation(
        "generated code runs what two cases share twice",
        "executors/straight_text.py",
        'f"if frame[{at}] is PENDING:"',
        '"if True:"',
        ("tests/laws/test_straight.py", "tests/laws/test_demand.py"),
    ),
    Mutation(
        "generated code keeps each value to its end",
        "executors/straight_text.py",
        '        if dead:\n            self.line(depth, f"del',
        '        if False:\n            self.line(depth, f"del',
        RELEASE,
    ),
    Mutation(
        "generated code forgets the default of a switch",
        "executors/straight_text.py",
        "            if type(operand) is Ref:\n                cases",
        "            if type(operand) is Ref and operand is not op.default:\n                cases",
        ("tests/laws/test_straight.py",),
    ),
    Mutation(
        "the machine keeps each value to its end",
        "executors/machine.py",
        "                if drops:\n                    for dropped in drops:\n",
        "                if False:\n                    for dropped in drops:\n",
        RELEASE,
    ),
    Mutation(
        "inline hands every known error to the handler",
        "executors/program.py",
        "        if type(value) is Failed and not isinstance(value.error, op.on):\n            raise Again",
        "        if False:\n            raise Again",
        (*LAWS, *RECOVER),
    ),
    Mutation(
        "a literal changes with what it was composed of",
        "scan.py",
        "        return value if unchanged and shape not in MUTABLE else shape.build(*parts)\n",
        "        return value if unchanged else shape.build(*parts)\n",
        ("tests/laws/test_meaning.py", "tests/laws/test_immutability.py"),
    ),
    Mutation(
        "a step may return what can be read once",
        "executors/base.py",
        'hasattr(kind, "__next__") or hasattr(kind, "__anext__")',
        'hasattr(kind, "__anext__")',
    ),
    Mutation(
        "two things that look alike have one name in the text",
        "ir/labels.py",
        'f"{text}#{len(alike) + 1}"',
        "text",
        FORMS,
    ),
    Mutation(
        "a literal breaks out of its angle brackets",
        "ir/labels.py",
        "    return whole if ANGLE.fullmatch(whole) else",
        "    return whole if True else",
        FORMS,
    ),
    Mutation(
        "the text of a fold is read as that of an iterate without until",
        "ir/textread.py",
        "else (sys.maxsize, False)",
        "else (sys.maxsize, True)",
        FORMS,
    ),
    Mutation(
        "an early call counts before what it reads has counted",
        "executors/ray/early.py",
        "        self._asked = False\n",
        "        self._asked = True\n",
        EARLY,
    ),
    Mutation(
        "an early call that was skipped is taken as done",
        "executors/ray/early.py",
        "        if outcome.skipped:",
        "        if False:",
        EARLY,
    ),
    Mutation(
        "a reader that is sent again reads what nobody has looked at",
        "executors/ray/early.py",
        "        if not known:\n",
        "        if True:\n",
        EARLY,
    ),
    Mutation(
        "what must not be repeated waits where it could be lost",
        "executors/ray/queues.py",
        "        if self._line or self._lost == 0:",
        "        if self._line:",
        EARLY,
    ),
    Mutation(
        "what reads a failure on another worker is called",
        "executors/ray/chains.py",
        "                if not complete(before):\n                    return SKIPPED\n",
        "                if before.skipped:\n                    return SKIPPED\n",
        EARLY,
    ),
    Mutation(
        "of a chain that has failed the wrong part is named",
        "executors/ray/chains.py",
        "behind=before.behind + 1",
        "behind=before.behind",
        ("tests/ray/test_chains.py",),
    ),
    Mutation(
        "a chain that is given back begins with the call that was made last",
        "executors/ray/work.py",
        "self.first + outcome.done, value",
        "self.first + outcome.done - 1, value",
        EARLY,
    ),
    Mutation(
        "the ranges of a fan-out are put together in the order in which they end",
        "executors/ray/chunks.py",
        "        while reached in self._done:\n            reached, part = self._done[reached]\n",
        "        for reached, part in self._done.values():\n",
        ("tests/ray/test_counts.py", "tests/ray/test_meaning.py"),
    ),
    Mutation(
        "a large value is taken for another one",
        "executors/ray/packed.py",
        "    return len(large) - 1, packed.count",
        "    return 0, packed.count",
        ("tests/ray/test_counts.py", "tests/ray/test_meaning.py"),
    ),
    Mutation(
        "a call is made again more often than it may be",
        "executors/ray/queues.py",
        '"max_task_retries": self._lost',
        '"max_task_retries": -1',
        ("tests/ray/test_losses.py",),
    ),
    Mutation(
        "what waits in Ray is done for a run that is over",
        "executors/ray/recall.py",
        "        return bool(internal_kv._internal_kv_exists(key, namespace=SPACE))",
        "        return False",
        ("tests/ray/test_recall.py",),
    ),
)


def main() -> int:
    """Try the mutations; the number of those that no test catches, or that are not there."""
    parser = argparse.ArgumentParser(description="Put faults into a copy of dataflow, and see which test catches each.")
    parser.add_argument("words", nargs="*", help="only files whose path contains one of these, or numbers of the list")
    parser.add_argument("--list", action="store_true", help="say what there is")
    given = parser.parse_args()
    chosen = [
        (number, mutation)
        for number, mutation in enumerate(MUTATIONS, 1)
        if not given.words or any(word in mutation.file or word == str(number) for word in given.words)
    ]
    if not chosen:
        parser.error(f"no file's path contains one of {given.words}; --list says what there is")
    if given.list:
        for number, mutation in chosen:
            print(f"{number:3}  {mutation.file}: {mutation.what}")
        return 0
    with tempfile.TemporaryDirectory(prefix="dataflow-mutations-") as folder:
        copy = Path(folder, "copy")
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
        return report(chosen, copy)


def report(chosen: list[tuple[int, Mutation]], copy: Path) -> int:
    """Try mutations in a copy, and print how each ended; first that the tests pass as long as there is no fault."""
    verdict, by = caught_by(tuple(sorted({test for _, mutation in chosen for test in mutation.tests})), copy)
    if verdict == "caught":
        print(f"without any fault this fails already: {by}")
        return len(chosen)
    missed = 0
    for number, mutation in chosen:
        ended = tried(mutation, copy)
        missed += ended.verdict != "caught"
        print(f"{number:3}  {ended.verdict:9} {mutation.file}: {mutation.what}", flush=True)
        print(f"     {ended.by}  ({ended.seconds:.0f} s)", flush=True)
    print(f"{len(chosen) - missed} of {len(chosen)} caught")
    return missed


def tried(mutation: Mutation, copy: Path) -> Ended:
    """Put a fault into the copy, run the tests, and take it out again."""
    file = copy / "dataflow" / mutation.file
    text = file.read_text()
    if text.count(mutation.old) != 1:
        return Ended("NOT FOUND", f"its text stands there {text.count(mutation.old)} times", 0)
    begun = time.monotonic()
    file.write_text(text.replace(mutation.old, mutation.new))
    try:
        verdict, by = caught_by(mutation.tests, copy)
    finally:
        file.write_text(text)
    return Ended(verdict, by, time.monotonic() - begun)


def caught_by(tests: tuple[str, ...], copy: Path) -> tuple[str, str]:
    """The first test that fails."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--timeout=60", "--tb=no", *tests]
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(
        command,
        cwd=copy,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            printed, _ = process.communicate(timeout=DEADLINE)
        except subprocess.TimeoutExpired:
            return "caught", f"the tests hang: {' '.join(tests)}"
        finally:
            with contextlib.suppress(ProcessLookupError):  # nothing is left, not even of its pools
                os.killpg(process.pid, signal.SIGKILL)
    if process.returncode == 0:
        return "MISSED", f"passed: {' '.join(tests)}"
    failed = re.findall(r"^(?:FAILED|ERROR) (\S+)", printed, re.MULTILINE)
    return ("caught", failed[0]) if failed else ("caught", printed[-400:].strip())


if __name__ == "__main__":
    sys.exit(main())
