"""Behaviours that the tests of comparable libraries assert, against this one. Each test is named by its row.

R is the pipeline API that this library descends from, G task graphs on actors, D delayed calls, P graphs of
agents, F pipelines of functions. Rows that say so hold on every executor.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import copy
import functools
import gc
import operator
import pickle
import subprocess
import sys
import threading
import weakref
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import attrs
import pytest

import dataflow
from dataflow import (
    INPUT,
    In,
    Inline,
    Input,
    Node,
    Options,
    Retry,
    Step,
    Threads,
    bind,
    cond,
    const,
    deploy,
    expand,
    fan_out,
    flow,
    fold,
    gather,
    match,
    recover,
    run,
    step,
    submit,
    switch,
    unpack,
)
from dataflow.errors import (
    ClosedError,
    CompositionError,
    DuplicateNameError,
    FanOutError,
    InputError,
    NoMatchError,
    OptionTypeError,
    OptionValueError,
)
from dataflow.node import Node as NodeClass
from dataflow.ops import Build, Call, Ref, eager
from dataflow.override import with_callees
from dataflow.plan import plan
from dataflow.step import ClassStep

ROOT = Path(__file__).parent.parent
NAMES = [name for name in ("Inline", "Threads", "Futures") if hasattr(dataflow, name)]


@pytest.fixture(params=NAMES)
def executor(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Every executor of this process."""
    make = getattr(dataflow, request.param)
    if request.param != "Futures":
        yield make()
        return
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        yield make(pool)


class Ran:
    """Counts what ran."""

    def __init__(self) -> None:
        self.lock, self.counts = threading.Lock(), Counter[str]()

    def __call__(self, name: str, fn: Any) -> Any:
        """The function as a step of that name that is counted."""

        def counted(*args: Any, **kwargs: Any) -> Any:
            with self.lock:
                self.counts[name] += 1
            return fn(*args, **kwargs)

        return step(name=name)(counted)


@pytest.fixture
def ran() -> Ran:
    return Ran()


@step
def step1(text: str) -> str:
    return text + "|step1"


@step
def step2(text: str) -> str:
    return text + "|step2"


@step
def add(a: int, b: int) -> int:
    return a + b


@step
def double(x: int) -> int:
    return 2 * x


@step
def one(x: int) -> int:
    return x + 1


class Adder:
    def __init__(self, amount: int) -> None:
        self.amount = amount

    def __call__(self, x: int) -> int:
        return x + self.amount


# R: the pipeline API that this library descends from


def test_r1_step_takes_functions_and_classes_bare_and_with_options() -> None:
    for make in (step, step()):
        decorate: Any = make
        assert isinstance(decorate(len), Step)
        assert isinstance(decorate(Adder), ClassStep)
        assert decorate(len).callee.options.replicas == 1
        assert decorate(Adder)(1).callee.options.replicas == 1


def test_r2_replicas_are_readable() -> None:
    loose: Any = step(replicas=5)(Adder)
    assert step(replicas=2)(len).callee.options.replicas == 2
    assert loose(1).callee.options.replicas == 5
    assert loose.options(replicas=3)(1).callee.options.replicas == 3


def test_r3_an_uncalled_step_is_refused_at_build() -> None:
    wrong: Any = step1
    with pytest.raises(TypeError, match="argument 'text' of step 'step2' got step 'step1' itself"):
        step2(wrong)


def test_r4_an_input_and_a_node_in_one_step(executor: Any) -> None:
    join: Any = step(lambda a, b: (a, b))
    with deploy(join(INPUT, step2(INPUT)), executor) as pipeline:
        assert pipeline.call("x") == ("x", "x|step2")


def test_r5_keywords_and_constants(executor: Any) -> None:
    join: Any = step(lambda a, *, sep, end="!": f"{a}{sep}{end}")
    with deploy(join(step1(INPUT), sep=step2(INPUT), end="?"), executor) as pipeline:
        assert pipeline.call("x") == "x|step1x|step2?"


def test_r6_a_chain(executor: Any) -> None:
    with step2(step1(INPUT)).deploy(executor) as pipeline:
        assert pipeline.call("HELLO") == "HELLO|step1|step2"


def test_r7_a_diamond_keeps_the_order_of_arguments(executor: Any) -> None:
    @step
    def left(text: str) -> str:
        return f"step2_1_{text}"

    @step
    def right(text: str) -> str:
        return f"step2_2_{text}"

    @step
    def join(a: str, b: str) -> str:
        return f"{a}|{b}"

    same: Any = step(lambda x: x)
    source = same(INPUT)
    with join(left(source), right(source)).deploy(executor) as pipeline:
        assert pipeline.call("HELLO") == "step2_1_HELLO|step2_2_HELLO"
    with join(right(source), left(source)).deploy(executor) as pipeline:
        assert pipeline.call("HELLO") == "step2_2_HELLO|step2_1_HELLO"


def test_r8_one_input_read_by_two_steps(executor: Any) -> None:
    join: Any = step(lambda a, b: f"{a}+{b}")
    with deploy(join(step1(INPUT), step2(INPUT)), executor) as pipeline:
        assert pipeline.call("x") == "x|step1+x|step2"


def test_r9_a_class_step_is_constructed_once_and_called_for_each_request(executor: Any) -> None:
    made: list[int] = []

    @step
    class Greeter:
        def __init__(self, greeting: str) -> None:
            made.append(1)
            self.greeting = greeting

        def __call__(self, name: str) -> str:
            return f"{self.greeting} {name}"

    greet: Any = Greeter("hello")
    with greet(INPUT).deploy(executor) as pipeline:
        assert [pipeline.call(name) for name in ("ada", "bob")] == ["hello ada", "hello bob"]
    assert made == [1]


def test_r10_the_constructor_runs_at_deploy_only(tmp_path: Path, executor: Any) -> None:
    class FileWriter:
        def __init__(self, path: Path, message: str) -> None:
            path.write_text(message)

        def __call__(self, x: object) -> object:
            return x

    path = tmp_path / "made"
    file_writer = bind(FileWriter, path, "hello")
    assert not path.exists()
    node: Any = file_writer(INPUT)
    graph = flow(lambda: node).graph
    assert graph.labels()
    assert not path.exists()
    with node.deploy(executor):
        assert path.read_text() == "hello"


def test_r11_classes_and_functions_mix(executor: Any) -> None:
    with double(bind(Adder, 2)(one(INPUT))).deploy(executor) as pipeline:
        assert pipeline.call(1) == 8


@pytest.mark.parametrize("given", ["actor", "ACTOR", "Task", "driver"])
def test_r14_placement_is_a_str_in_any_case(given: str) -> None:
    loose: Any = step
    assert loose(placement=given)(len).callee.options.placement == given.lower()


@pytest.mark.parametrize(
    ("given", "kind"), [(3, OptionTypeError), (None, OptionTypeError), ("actors!", OptionValueError)]
)
def test_r14_any_other_placement_is_refused(given: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind, match="placement must be one of auto, driver, task, actor"):
        step(placement=given)


def test_r15_a_node_has_no_call_before_deploy_and_a_pipeline_none_after_close() -> None:
    node: Any = step1(INPUT)
    with pytest.raises(AttributeError, match="a Node has no attribute 'call'"):
        node.call("x")
    pipeline = node.deploy()
    pipeline.close()
    with pytest.raises(ClosedError, match="deploy the flow again"):
        pipeline.call("x")


def test_r16_the_documented_examples(executor: Any) -> None:
    @step
    def echo(x: object) -> object:
        return x

    @step(placement="actor", replicas=2)
    class Echo:
        def __call__(self, x: object) -> object:
            return x

    with echo(INPUT).deploy(executor) as pipeline:
        assert pipeline.call(42) == 42
    with double(one(INPUT)).deploy(executor) as pipeline:
        assert pipeline.call(1) == 4
    with bind(Adder, 2)(INPUT).deploy(executor) as pipeline:
        assert pipeline.call(2) == 4
    replicated: Any = Echo()
    with replicated(INPUT).deploy(executor) as pipeline:
        assert [pipeline.call(k) for k in range(4)] == [0, 1, 2, 3]


def test_r17_an_ensemble_preprocesses_once_and_joins_in_order(executor: Any, ran: Ran) -> None:
    class Classifier:
        def __init__(self, name: str) -> None:
            self.name = name

        def __call__(self, image: str) -> str:
            return f"{self.name}({image})"

    preprocess = ran("preprocess", lambda image: image.lower())
    combine: Any = step(lambda *votes: list(votes))
    prepared = preprocess(INPUT)
    ensemble = combine(*(bind(Classifier, name)(prepared) for name in ("a", "b", "c")))
    with deploy(ensemble, executor) as pipeline:
        assert pipeline.call("IMG") == ["a(img)", "b(img)", "c(img)"]
    assert ran.counts == {"preprocess": 1}


def test_r19_independent_branches_overlap_on_threads() -> None:
    barrier = threading.Barrier(2)
    meet: Any = step(lambda x: barrier.wait(timeout=30))
    assert sorted(run(gather(meet(1), meet(2)), executor=Threads(2))) == [0, 1]


def test_r19_independent_branches_overlap_on_a_pool() -> None:
    barrier = threading.Barrier(2)
    meet: Any = step(lambda x: barrier.wait(timeout=30))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        assert sorted(run(gather(meet(1), meet(2)), executor=dataflow.Futures(pool))) == [0, 1]


# G: task graphs on actors


def test_g1_shared_nodes_run_once(executor: Any, ran: Ran) -> None:
    a = ran("a", lambda x: x)
    b = ran("b", lambda x: x + x)
    c = ran("c", lambda x: x + 1)
    d = ran("d", lambda x, y: x + y)
    first = a(INPUT)
    d1 = d(b(first), c(first))
    d2 = d(d1, d1)
    d3 = d(d1, d2)
    with deploy(d(d3, d1), executor) as pipeline:
        assert pipeline.call(2) == 28
        assert sum(ran.counts.values()) == 7
        assert pipeline.call(3) == 40
    assert sum(ran.counts.values()) == 14


def test_g2_options_per_use_are_kept_merged_and_do_not_leak() -> None:
    base: Step[Any] = step(retries=2, timeout=9)(len)
    changed = base.options(name="size", retries=Retry(5, on=OSError))
    node, other = changed("a"), base("a")

    def options_of(made: Any) -> Options:
        return made._op.callee.options  # type: ignore[no-any-return]  # a call's

    assert options_of(node) == Options(name="size", retries=Retry(5, on=OSError), timeout=9)
    assert options_of(other) == Options(retries=Retry(2), timeout=9)


def test_g3_an_invalid_option_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="num_cpus must be a finite number of at least 0, not -1"):
        dataflow.Resources(num_cpus=-1)


def test_g4_what_a_call_reads_can_be_asked_in_order() -> None:
    a, b, c = const(1), const(2), const(3)
    loose: Any = step(lambda *args, **kwargs: None)
    node = loose(a, [b, {"k": c}], 5, key=b)
    op = node._op
    assert isinstance(op, Call)
    assert op.args[0] is a
    assert op.args[2] == 5
    assert [name for name, _ in op.kwargs] == ["key"]
    assert eager(op)[-1] is b
    built = op.args[1]
    assert isinstance(built, NodeClass)
    assert isinstance(built._op, Build)
    assert built._op.parts[0] is b


def test_g4_a_graph_with_other_steps_is_another_graph() -> None:
    graph = flow(lambda: one(double(const(1)))).graph
    before = graph.labels()
    changed = with_callees(graph, lambda callee: attrs.evolve(callee, options=Options(name="renamed")))
    assert changed.labels() == ("const", "renamed", "renamed#2")
    assert graph.labels() == before


def test_g5_nodes_in_nested_containers(executor: Any) -> None:
    total: Any = step(lambda table: sum(table["x"]) + table["y"]["z"])
    assert run(total({"x": [one(1), double(2)], "y": {"z": one(3)}}), executor=executor) == 10


def test_g6_and_d8_nodes_pickle_and_still_compute() -> None:
    shared = one(1)
    again = pickle.loads(pickle.dumps(gather(add(shared, double(2)), shared)))
    assert run(again) == (6, 2)
    assert len(flow(lambda: again).graph.ops) == 4
    assert pickle.loads(pickle.dumps(INPUT)) is INPUT
    chain = functools.reduce(lambda node, _: one(node), range(5_000), const(0))
    assert run(pickle.loads(pickle.dumps(chain))) == 5_000


def test_g6_importing_dataflow_is_all_that_pickling_takes() -> None:
    script = """
import pickle
from dataflow import const, gather, run
print(run(pickle.loads(pickle.dumps(gather(const(1), const(2))))))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=50, cwd=ROOT, check=False
    )
    assert (done.stdout, done.stderr) == ("(1, 2)\n", "")


def test_g9_an_input_in_a_constructor_is_refused_at_build() -> None:
    wrong: Any = INPUT
    hidden: Any = [wrong]
    class_step: Any = step(Adder)
    for make in (lambda: bind(Adder, wrong), lambda: class_step(wrong), lambda: bind(Adder, hidden)):
        with pytest.raises(CompositionError, match="it runs at deploy, before there are values: pass it to the call"):
            make()


def test_g10_inputs_have_names_and_two_of_one_name_are_refused() -> None:
    with deploy(add(Input(int, "a"), Input(int, "b"))) as pipeline:
        assert pipeline.call(1, b=2) == 3
    a = Input(int, "a")
    with deploy(add(a, a)) as pipeline:
        assert pipeline.call(2) == 4
    with pytest.raises(DuplicateNameError, match="2 inputs are named 'a'"):
        deploy(add(Input(int, "a"), Input(int, "a")))


class Request(NamedTuple):
    image: int
    size: int


def test_g11_parts_of_one_input(executor: Any) -> None:
    whole: Any = INPUT
    for node, value in (
        (add(whole[0], whole[1]), (1, 2)),
        (add(whole["a"], whole["b"]), {"a": 1, "b": 2}),
        (add(whole.output.image, whole.output.size), Request(1, 2)),
        (add(whole["r"].output.image, b=whole.output["r"].size), {"r": Request(1, 2)}),
    ):
        with deploy(node, executor) as pipeline:
            assert pipeline.call(value) == 3


def test_g11_a_tuple_is_a_key_like_any_other(executor: Any) -> None:
    whole: Any = INPUT
    with deploy(one(whole[(0, 1)]), executor) as pipeline:
        assert pipeline.call({(0, 1): 5}) == 6


def test_g12_calls_are_independent_and_the_state_of_instances_persists(executor: Any) -> None:
    class Accumulator:
        def __init__(self) -> None:
            self.total = 0

        def __call__(self, x: int) -> int:
            self.total += x
            return self.total

    accumulator: Any = bind(Accumulator)
    pair: Any = step(lambda x, total: (x, total))
    with deploy(pair(INPUT, accumulator(INPUT)), executor) as pipeline:
        assert [pipeline.call(x) for x in (1, 2, 3)] == [(1, 1), (2, 3), (3, 6)]


def test_g13_several_outputs(executor: Any) -> None:
    a, b = one(1), double(5)
    assert run(gather([b, a, b]), executor=executor) == [10, 2, 10]
    assert run(b, a, b, executor=executor) == (10, 2, 10)


def test_g13_a_value_among_the_outputs_is_refused() -> None:
    loose: Any = gather
    with pytest.raises(CompositionError, match=r"argument 0 of gather\(\) is 3, not a node"):
        loose(3)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "Futures"])
def test_g14_each_of_four_copies_is_called_once_per_run_in_order(name: str) -> None:
    class Worker:
        def __init__(self, name: int) -> None:
            self.name, self.calls = name, 0

        def __call__(self, x: int) -> tuple[int, int, int]:
            self.calls += 1
            return self.name, self.calls, x

    workers: list[Any] = [bind(Worker, k) for k in range(4)]
    where = getattr(dataflow, name)()
    with deploy(gather([worker(INPUT) for worker in workers]), where) as pipeline:
        for round_ in range(1, 5):
            assert pipeline.call(round_) == [(k, round_, round_) for k in range(4)]


def test_g17_names_in_drawings_are_unique_and_edges_are_there() -> None:
    graph = flow(lambda: one(one(double.options(name="tmp1")(const(1))))).graph
    assert graph.labels() == ("const", "tmp1", "one", "one#2")
    for drawing in (graph.to_mermaid().replace("#35;", "#"), graph.to_dot()):
        for label in graph.labels():
            assert f'"{label}"' in drawing
        assert drawing.count("->") == 3


def test_g18_neighbours_of_nodes_are_left_untouched() -> None:
    lock = threading.Lock()
    same: Any = step(lambda x: x)
    found = run(same([const(1), {"lock": lock}]))
    assert found[1]["lock"] is lock


def test_g18_a_composed_argument_keeps_nothing_alive_after_it_is_gone() -> None:
    class Big:
        pass

    big = Big()
    alive = weakref.ref(big)
    same: Any = step(lambda x: x)
    node = same([const(1), big])
    run(node)
    del node, big
    gc.collect()
    assert alive() is None


def test_g19_a_model_is_chosen_at_run_time_and_only_it_runs(executor: Any, ran: Ran) -> None:
    even = ran("even", lambda x: f"Even: {x}")
    odd = ran("odd", lambda x: f"Odd: {x}")
    parity = ran("parity", lambda x: x % 2 == 0)
    with deploy(cond(parity(INPUT), even(INPUT), odd(INPUT)), executor) as pipeline:
        assert pipeline.call(2) == "Even: 2"
        assert ran.counts == {"parity": 1, "even": 1}
        assert pipeline.call(3) == "Odd: 3"
    assert ran.counts == {"parity": 2, "even": 1, "odd": 1}


def test_g20_calls_on_the_wrong_object_name_the_right_one() -> None:
    node: Any = one(1)
    with pytest.raises(AttributeError, match=r"a Node has no attribute 'run'"):
        node.run()
    strict: Any = one
    for name in ("remote", "deploy", "run", "call"):
        with pytest.raises(AttributeError, match=name):
            getattr(strict, name)
    with pytest.raises(
        CompositionError, match=r"run\(\) takes nodes, not step 'one'; call the step or flow to get one"
    ):
        run(strict)
    with pytest.raises(TypeError, match="not callable"):
        node(1)


# D: delayed calls


class Pair(NamedTuple):
    left: Any
    right: Any


def test_d1_nodes_are_found_in_containers(executor: Any) -> None:
    a, b = const(1), const(2)
    same: Any = step(lambda x: x)
    assert run(add(add(1, 2), 3), executor=executor) == 6
    for given, expected in (
        ([a, b], [1, 2]),
        ((a, b), (1, 2)),
        ({a, b}, {1, 2}),
        ({"x": a, "y": b}, {"x": 1, "y": 2}),
        ({a: "x", b: "y"}, {1: "x", 2: "y"}),
        (Pair(a, [b]), Pair(1, [2])),
        ([[], {}, (), a], [[], {}, (), 1]),
    ):
        assert run(same(given), executor=executor) == expected


def test_d1_iterators_and_slices_that_hold_nodes_are_refused() -> None:
    same: Any = step(lambda x: x)
    for hiding in (slice(0, const(1)), iter([const(1)]), (const(k) for k in range(2)), zip([const(1)], [2])):
        with pytest.raises(CompositionError, match="hides a node inside|can be read only once"):
            same(hiding)


def test_d2_truth_iteration_length_and_assignment_are_refused() -> None:
    node: Any = one(1)
    for use in (bool, list, len, lambda n: 1 in n, lambda n: operator.setitem(n, 0, 1)):
        with pytest.raises(TypeError):
            use(node)
    with pytest.raises(AttributeError):
        node.foo = 1


def test_d3_there_are_no_dynamic_private_attributes() -> None:
    node: Any = one(1)
    with pytest.raises(AttributeError):
        node._hidden  # noqa: B018  # the read is the case
    assert copy.copy(node) is copy.deepcopy(node) is node
    numpy = pytest.importorskip("numpy")
    with pytest.raises(TypeError):
        numpy.dtype(node)
    with pytest.raises(CompositionError):
        numpy.ones(2) + node


def test_d4_operators_and_methods_go_through_a_step_map_or_lens() -> None:
    node: Any = const([3, 1, 2])
    with pytest.raises(CompositionError, match=r"compute with it in a step, or node\.map"):
        1 + node
    with pytest.raises(AttributeError, match=r"node\.output\.sort"):
        node.sort  # noqa: B018  # the read is the case
    assert run(node.map(sorted)[1:]) == [2, 3]
    assert run(node[node.map(len).map(lambda n: n - 1)]) == 2
    imaginary: Any = const(3 + 4j).output.imag
    assert run(one(imaginary)) == 5.0


def test_d5_one_item_read_twice_is_two_nodes_that_share_their_source() -> None:
    node: Any = double(const(1)).map(lambda x: [x])
    assert len(flow(lambda: add(node[0], node[0])).graph.ops) == 6
    item = node[0]
    assert len(flow(lambda: add(item, item)).graph.ops) == 5


def test_d6_unpacking_a_node_of_a_known_length() -> None:
    @step
    def pair() -> tuple[int, int]:
        return 1, 2

    a, b = unpack(pair())
    assert run(a, b) == (1, 2)
    loose: Any = unpack
    assert loose(const(()), 0) == ()
    assert [run(node) for node in loose(const((5,)), 1)] == [5]
    for wrong in (-1, True):
        with pytest.raises(CompositionError, match="an int of at least 0"):
            loose(pair(), wrong)
    iterable: Any = pair()
    with pytest.raises(TypeError, match=r"unpack\(node\)"):
        iter(iterable)


def test_d7_keywords_with_nested_nodes(executor: Any) -> None:
    total: Any = step(lambda a, *, b, c=0: a + sum(b) + c)
    assert run(total(1, b=[one(1), [one(2)].pop()], c=one(3)), executor=executor) == 10


def test_d7_pure_calls_with_equal_arguments_run_once_and_others_each(executor: Any, ran: Ran) -> None:
    counted = ran("f", lambda x: x).options(pure=True)
    assert run(gather([counted(1), counted(1), counted(2), counted(True), counted(1.0)]), executor=executor) == [
        1,
        1,
        2,
        1,
        1,
    ]
    assert ran.counts["f"] == 4
    ran.counts.clear()
    impure = ran("g", lambda x: x)
    run(gather(impure(1), impure(1)), executor=executor)
    assert ran.counts["g"] == 2


def test_d7_names_are_the_same_each_time() -> None:
    def build() -> Any:
        return flow(lambda: add(one(1), double(const(2)))).graph

    assert build() == build()
    assert build().digest == build().digest
    assert build().digest != flow(lambda: add(one(1), double(const(3)))).graph.digest


def test_d8_a_graph_of_importable_steps_travels_and_still_computes() -> None:
    graph = flow(lambda: add(one(1), double(const(2)))).graph
    again = pickle.loads(pickle.dumps(graph))
    assert again == graph
    assert type(graph).from_json(graph.to_json()) == graph
    assert Inline().deploy(plan(again)).submit({}).result() == 6


def test_d9_a_step_keeps_the_face_of_its_function_and_works_as_a_method() -> None:
    class Scorer:
        def __init__(self, weight: int) -> None:
            self.weight = weight

        @step
        def score(self, x: int) -> int:
            """Score it."""
            return self.weight * x

    loose: Any = Scorer(3)
    assert (loose.score.__name__, loose.score.__doc__) == ("score", "Score it.")
    assert getattr(one, "__wrapped__") is one.fn
    assert run(loose.score(one(1))) == 6


def test_d10_callable_objects_and_method_descriptors(executor: Any) -> None:
    decode: Any = step(bytes.decode)
    assert run(step(Adder(3))(const(1)), executor=executor) == 4
    assert run(decode(const(b"abc")), executor=executor) == "abc"
    assert run(step(functools.partial(operator.mul, 3))(const(2)), executor=executor) == 6


def test_d12_a_scheduler_keeps_shapes_and_takes_long_chains(executor: Any) -> None:
    same: Any = step(lambda *args: args)
    a, b = one(1), one(2)
    assert run(gather(gather(a, b), gather(b, a)), executor=executor) == ((2, 3), (3, 2))
    assert run(same([1, {2: [3]}], {"k": {4}}), executor=executor) == ([1, {2: [3]}], {"k": {4}})
    chain = functools.reduce(lambda node, _: one(node), range(10_000), const(0))
    assert run(chain, executor=executor) == 10_000
    with pytest.raises(KeyError, match="missing"):
        run(const({"k": 1})["missing"], executor=executor)


def test_d12_an_error_ends_the_run_and_the_next_one_is_not_affected(executor: Any) -> None:
    inverse: Any = step(lambda x: 6 // x)
    with deploy(one(inverse(INPUT)), executor) as pipeline:
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                pipeline.call(0)
            assert pipeline.call(2) == 4


# P: graphs of agents


def test_p1_a_map_over_nothing_one_thing_and_no_iterable(executor: Any) -> None:
    total = fold(add, fan_out(double, INPUT), 0)
    with deploy(total, executor) as pipeline:
        assert pipeline.call([]) == 0
        assert pipeline.call([4]) == 8
        with pytest.raises(FanOutError, match="cannot fan out over 3: it is not iterable"):
            pipeline.call(3)


def test_p2_maps_nest_and_follow_each_other(executor: Any) -> None:
    nested = fan_out(lambda row: fan_out(double, row), const([[1, 2], [], [3]]))
    assert run(nested, executor=executor) == [[2, 4], [], [6]]
    flat: Any = nested.map(lambda rows: [x for row in rows for x in row])
    assert run(flat, executor=executor) == [2, 4, 6]
    both = fan_out(lambda x: gather(one(x), double(x)), [1, 2])
    assert run(both, executor=executor) == [(2, 2), (3, 4)]
    assert run(fan_out(one, fan_out(double, [1, 2, 3])), executor=executor) == [3, 5, 7]


def test_p3_broadcasts_nest(executor: Any) -> None:
    def twice(x: Any) -> list[Any]:
        return [add(x, 1), add(x, 2)]

    leaves = [leaf for branch in (add(INPUT, 10), add(INPUT, 20)) for leaf in twice(branch)]
    with deploy(gather(leaves), executor) as pipeline:
        assert sorted(pipeline.call(1)) == [12, 13, 22, 23]


def test_p4_routing_by_literal_type_and_predicate(executor: Any) -> None:
    loose: Any = switch
    by_literal: Node[int] = loose(INPUT, {"a": const(1), "b": const(2)})
    by_type: Any = switch(INPUT.map(type), {int: const("int"), str: const("str")}, default=const("other"))
    by_predicate = match(INPUT.map(lambda x: x > 0)).case(True, const("above")).default(const("below"))
    nested = cond(INPUT.map(bool), cond(INPUT.map(lambda x: x > 5), const("much"), const("little")), const("none"))
    empty: Node[list[int]] = const([])
    mapped = cond(INPUT.map(bool), fan_out(double, INPUT), empty)
    for node, cases in (
        (by_literal, {"a": 1, "b": 2}),
        (by_type, {3: "int", "x": "str", None: "other"}),
        (by_predicate, {1: "above", -1: "below"}),
        (nested, {9: "much", 3: "little", 0: "none"}),
        (mapped, {(1, 2): [2, 4], (): []}),
    ):
        with deploy(node, executor) as pipeline:
            for given, expected in cases.items():
                assert pipeline.call(given) == expected


def test_p4_no_match_is_an_error_and_equal_cases_are_refused() -> None:
    with pytest.raises(NoMatchError, match="no case of a switch for 'z'"):
        run(switch(const("z"), {"a": const(1)}))
    with pytest.raises(ValueError, match="two cases have equal keys"):
        match(const("a")).case("a", const(1)).case("a", const(2))


def test_p5_errors_at_build() -> None:
    with pytest.raises(CompositionError, match="at least one case"):
        switch(const(1), dict[int, Node[int]]())
    with pytest.raises(CompositionError, match="not a node"):
        flow(lambda: 3).graph  # type: ignore[type-var]  # noqa: B018  # that is the case
    with pytest.raises(DuplicateNameError):
        deploy(add(Input(int, "x"), Input(int, "x")))
    unreachable = one(1)
    assert "one" not in flow(lambda: const(1)).graph.labels()
    assert isinstance(unreachable, Node)


@pytest.mark.parametrize("value", [None, 0, "", False, [], (), {}, 0.0, b""])
def test_p6_falsy_values_are_values(value: Any, executor: Any) -> None:
    same: Any = step(lambda x: x)
    default: Any = flow(lambda x=value: same(x))
    with deploy(same(same(INPUT)), executor) as pipeline:
        assert pipeline.call(value) == value
        assert type(pipeline.call(value)) is type(value)
    with default.deploy(executor) as pipeline:
        assert pipeline.call() == value
    assert run(fan_out(same, [value, value]), executor=executor) == [value, value]
    assert run(cond(const(True), same(value), const(1)), executor=executor) == value
    assert run(recover(same(value), lambda error: const(1)), executor=executor) == value
    assert run(fold(lambda done, x: same(x), [1, value], 1), executor=executor) == value
    assert run(expand(const(value), same), executor=executor) == value


def test_p8_an_exception_reaches_the_caller_unchanged_and_again(executor: Any) -> None:
    class Own(Exception):
        def __init__(self, a: int, *, b: str) -> None:
            super().__init__(a)
            self.a, self.b = a, b

    def fail(x: int) -> int:
        raise Own(x, b="kept")

    failing: Any = step(fail)
    for _ in range(2):
        with pytest.raises(Own) as caught:
            run(double(failing(7)), executor=executor)
        assert (caught.value.args, caught.value.a, caught.value.b) == ((7,), 7, "kept")
    future = submit(failing(7), executor=executor)
    first = future.exception(timeout=30)
    assert first is future.exception(timeout=30)
    spare: Any = step(lambda error: error.a)
    assert run(recover(failing(7), spare, on=Own), executor=executor) == 7


def test_p9_run_inside_a_running_loop_works(executor: Any) -> None:
    @step
    async def later(x: int) -> int:
        await asyncio.sleep(0)
        return x + 1

    async def main() -> tuple[int, int]:
        return run(double(later(1)), executor=executor), await submit(double(later(2)), executor=executor)

    assert asyncio.run(main()) == (4, 6)
    assert asyncio.run(main()) == (4, 6)


def test_p10_a_mermaid_drawing_has_labels_and_decisions() -> None:
    drawing = flow(lambda: cond(const(True), one(1), double(2))).graph.to_mermaid()
    assert drawing.startswith(("flowchart", "graph"))
    for word in ("one", "double", "switch", "True", "False"):
        assert word in drawing


# F: pipelines of functions


def test_f1_every_step_runs_at_most_once_per_call(executor: Any, ran: Ran) -> None:
    a = ran("a", lambda x: x + 1)
    b = ran("b", lambda x: x * 2)
    c = ran("c", lambda x, y: x + y)
    first = a(INPUT)
    with deploy(c(b(first), c(first, b(first))), executor) as pipeline:
        pipeline.call(1)
        assert ran.counts == {"a": 1, "b": 2, "c": 2}


def test_f2_map_and_sum_zip_outer_product_and_reduction(executor: Any) -> None:
    assert run(fan_out(double, range(4)).map(sum), executor=executor) == 12
    xs, ys = const([1, 2]), const([10, 20, 30])
    outer: Any = fan_out(lambda x: fan_out(lambda y: add(x, y), ys), xs)
    assert run(outer, executor=executor) == [[11, 21, 31], [12, 22, 32]]
    assert run(fan_out(step(sum), outer), executor=executor) == [63, 66]
    columns: Any = outer.map(lambda rows: [list(column) for column in zip(*rows, strict=True)])
    assert run(fan_out(step(sum), columns), executor=executor) == [23, 43, 63]
    pairs: Any = gather(const([1, 2]), const([3, 4])).map(lambda both: list(zip(*both, strict=True)))
    assert run(fan_out(lambda pair: add(pair[0], pair[1]), pairs), executor=executor) == [4, 6]


def test_f5_failed_items_stay_in_place_where_they_are_recovered(executor: Any) -> None:
    inverse: Any = step(lambda x: 6 // x)
    keep: Any = step(lambda error: error)
    found: Any = run(fan_out(lambda x: recover(double(inverse(x)), keep), [1, 0, 3]), executor=executor)
    assert (found[0], found[2]) == (12, 4)
    assert isinstance(found[1], ZeroDivisionError)
    assert "fan_out[1] / <lambda>" in found[1].__notes__[0]


def test_f6_errors_list_the_names() -> None:
    total: Any = flow(lambda first, second: add(first, second))
    with total.deploy() as pipeline:
        with pytest.raises(InputError, match=r"is missing input 'second'; its inputs are \(first, second\)"):
            pipeline.call(1)
        with pytest.raises(InputError, match="has no input 'secnd'; did you mean 'second'"):
            pipeline.call(1, secnd=2)
    with pytest.raises(ValueError, match=r"op %0 reads %1, which does not come before it: a cycle"):
        dataflow.Graph((Call(one.callee, (Ref(1),)), Call(one.callee, (Ref(0),))), 1)


def test_f7_defaults_without_hash_survive(executor: Any) -> None:
    @step
    def collect(x: int, more: list[int] = [1, 2]) -> list[int]:  # the case
        return [x, *more]

    @flow
    def wired(x: In[int], more: In[list[int]] = [3]) -> Node[list[int]]:  # the case
        return collect(x, more)

    assert run(collect(0), executor=executor) == [0, 1, 2]
    assert wired.on(executor).run(0) == [0, 3]
    with wired.deploy(executor) as pipeline:
        assert pipeline.call(0) == [0, 3]


def test_f8_several_outputs_in_the_order_asked_for_and_disjoint_graphs(executor: Any, ran: Ran) -> None:
    shared = ran("shared", lambda x: x)(1)
    c, d = add(shared, 2), add(shared, 3)
    assert run(d, c, one(9), executor=executor) == (4, 3, 10)
    assert ran.counts == {"shared": 1}


def test_f10_map_reduce_map_reduce(executor: Any) -> None:
    first = fan_out(one, [1, 2, 3])
    total: Any = first.map(sum)
    copies: Any = total.map(lambda x: [x, x])
    second: Any = fan_out(lambda x: x, copies).map(sum)
    assert run(total, second, executor=executor) == (9, 18)
