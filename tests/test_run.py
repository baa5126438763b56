"""`run`, `submit`, `deploy`: join a node and an executor."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dataflow import (
    INPUT,
    Future,
    In,
    Inline,
    Input,
    Node,
    Options,
    Threads,
    bind,
    const,
    deploy,
    flow,
    gather,
    match,
    run,
    step,
    submit,
)
from dataflow.errors import CompositionError, DeployError, InputError
from dataflow.passes import PASSES, merge, prune
from dataflow.plan import Plan
from tests.labels import label


@step
def double(x: int) -> int:
    return 2 * x


@step
def fail(x: int) -> int:
    raise ZeroDivisionError("failed")


class Spy:
    """An executor that hands everything to another, and keeps count."""

    def __init__(self) -> None:
        self.log: list[str] = []

    def deploy(self, plan: Plan) -> Any:
        self.log.append("deploy")
        return SpyDeployment(self.log, Inline().deploy(plan))


class SpyDeployment:
    def __init__(self, log: list[str], deployment: Any) -> None:
        self.log, self.deployment = log, deployment

    def submit(self, inputs: Mapping[str, object]) -> Future[Any]:
        self.log.append("submit")
        future: Future[Any] = self.deployment.submit(inputs)
        return future

    def close(self) -> None:
        self.log.append("close")
        self.deployment.close()


def test_the_value_of_a_node_and_the_tuple_of_several() -> None:
    assert run(double(2)) == 4
    assert run(double(2), const("b"), double(3)) == (4, "b", 6)


def test_what_several_nodes_share_runs_once() -> None:
    ran: Any = []
    noted: Any = step(lambda x: ran.append(x) or x)
    shared = noted(1)
    assert run(double(shared), double(shared), shared) == (2, 2, 1)
    assert ran == [1]


def test_runs_do_not_share_values() -> None:
    ran: Any = []
    noted: Any = step(lambda x: ran.append(x) or [x])
    node = noted(1)
    first, second = run(node), run(node)
    assert first == second
    assert first is not second
    assert ran == [1, 1]


def test_run_is_deploy_submit_close() -> None:
    spy = Spy()
    assert run(double(1), executor=spy) == 2
    assert spy.log == ["deploy", "submit", "close"]


def test_a_failed_run_is_closed_too() -> None:
    spy = Spy()
    with pytest.raises(ZeroDivisionError):
        run(fail(1), executor=spy)
    assert spy.log == ["deploy", "submit", "close"]


def test_submit_closes_when_it_is_done() -> None:
    spy = Spy()
    future = submit(fail(1), executor=spy)
    assert isinstance(future, Future)
    assert isinstance(future.exception(timeout=0), ZeroDivisionError)
    assert spy.log == ["deploy", "submit", "close"]


def test_deploy_is_closed_by_the_pipeline() -> None:
    spy = Spy()
    with deploy(double(INPUT), spy) as pipeline:
        assert [pipeline.call(1), pipeline.call(2)] == [2, 4]
    assert spy.log == ["deploy", "submit", "submit", "close"]


def test_a_submit_that_cannot_start_closes_what_was_deployed() -> None:
    log: list[str] = []

    class Broken:
        def deploy(self, plan: Plan) -> Any:
            return self

        def submit(self, inputs: Mapping[str, object]) -> Any:
            raise OSError("no workers")

        def close(self) -> None:
            log.append("close")

    for start in (run, submit):
        with pytest.raises(OSError, match="no workers"):
            start(double(1), executor=Broken())
    assert log == ["close", "close"]


@pytest.mark.parametrize("wrong", [3, None, double, "node", [const(1)], bind])
def test_what_is_no_node_is_refused(wrong: Any) -> None:
    for use in (run, submit, deploy):
        loose: Any = use
        with pytest.raises(CompositionError, match=rf"{use.__name__}\(\) takes nodes, not .*call the step or flow"):
            loose(wrong)


def test_a_match_that_is_not_ended_says_how_it_ends() -> None:
    loose: Any = run
    with pytest.raises(CompositionError, match=r"; end the match: \.default\(node\) or \.exhaustive\(\)$"):
        loose(match(const(1)).case(1, const(2)))
    with pytest.raises(CompositionError, match=r"; add a case: \.case\(key, node\)"):
        loose(match(const(1)))


def test_nothing_to_run_gives_the_empty_tuple() -> None:
    assert run() == ()


def test_a_lens_is_run_as_its_node() -> None:
    lens: Any = const({"a": [5]}).output
    assert run(lens["a"][0]) == 5
    assert submit(lens["a"]).result() == [5]
    with deploy(lens["a"][0]) as pipeline:
        assert pipeline.call() == 5


def test_a_node_with_placeholders_is_refused_and_they_are_named() -> None:
    ran: Any = []
    noted: Any = step(lambda a, b: ran.append(a))
    node = noted(Input(int, "first"), Input(int, "second"))
    for use in (run, submit):
        with pytest.raises(InputError, match=r"missing its inputs \(first, second\); deploy it"):
            use(node)
    assert ran == []


@pytest.mark.parametrize("wrong", [Inline, 3, "threads", object()])
def test_what_is_no_executor_is_refused(wrong: Any) -> None:
    with pytest.raises(CompositionError, match=r"executor must be an executor such as Inline\(\) or Threads\(8\), not"):
        run(const(1), executor=wrong)
    with pytest.raises(CompositionError, match="executor must be an executor"):
        deploy(const(1), wrong)
    with pytest.raises(CompositionError, match="executor must be an executor"):
        flow(lambda: const(1)).on(wrong).run()


def test_what_is_nearly_an_executor_is_refused_with_the_way_out() -> None:
    wrong: Any = Threads
    with pytest.raises(CompositionError, match=r"Threads\(8\), not <class .*Threads'>; call it: Threads\(\.\.\.\)"):
        run(const(1), executor=wrong)
    with ThreadPoolExecutor(1) as pool:
        wrong = pool
        with pytest.raises(CompositionError, match=r"; of a pool it is made by Futures\(pool\)"):
            submit(const(1), executor=wrong)
    wrong = Threads(2)
    with pytest.raises(CompositionError, match=r"run\(\) takes the executor by its name: executor=\.\.\., not Threads"):
        run(const(1), wrong)


def test_the_executor_of_a_deployment_may_be_named() -> None:
    for pipeline in (
        deploy(double(Input(int, "x")), executor=Inline()),
        flow(lambda x: double(x)).deploy(executor=Inline()),
    ):
        pipeline.close()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"replicas": 2}, r"replicas must be a mapping such as \{'Model': 2\}, not 2"),
        ({"options": 2}, r"options must be a mapping such as \{'load': \{'retries': 2\}\}, not 2"),
        (
            {"options": {"double": Options(retries=2)}},
            r"options\['double'\] must be a mapping such as \{'retries': 2\}, not an Options",
        ),
    ],
)
def test_settings_by_name_are_mappings(settings: Any, words: str) -> None:
    made: Any = flow(lambda: double(1))
    with pytest.raises(DeployError, match=words):
        deploy(double(1), **settings)
    with pytest.raises(DeployError, match=words):
        made.deploy(**settings)
    with deploy(double(1)) as pipeline:
        wrong: Any = 3
        with pytest.raises(DeployError, match="replicas must be a mapping"):
            pipeline.scale(wrong)


def test_no_instance_is_made_before_everything_is_checked() -> None:
    made: list[int] = []

    class Model:
        def __init__(self) -> None:
            made.append(1)

        def __call__(self, x: int) -> int:
            return x

    model: Any = bind(Model)
    wrong: Any = 3
    wrong_options: Any = {"Model": {"replicas": "2"}}
    with pytest.raises(InputError):
        run(model(INPUT))
    with pytest.raises(CompositionError):
        run(model(1), executor=wrong)
    with pytest.raises(TypeError):
        deploy(model(INPUT), options=wrong_options)
    assert made == []


def test_an_instance_is_made_once_per_deployment_and_shared_by_its_calls() -> None:
    made: list[int] = []

    class Model:
        def __init__(self) -> None:
            made.append(1)

        def __call__(self, x: int) -> int:
            return x

    model: Any = bind(Model)
    node = gather(model(INPUT), model(model(INPUT)))
    assert made == []
    with deploy(node) as pipeline:
        assert made == [1]
        assert pipeline.call(3) == (3, 3)
        assert pipeline.call(4) == (4, 4)
    assert made == [1]


def test_two_bound_steps_of_one_class_are_two_instances() -> None:
    class Adder:
        def __init__(self, amount: int) -> None:
            self.amount = amount

        def __call__(self, x: int) -> int:
            return x + self.amount

    small, large = bind(Adder, 1), bind(Adder, 100)
    assert run(small(1), large(1)) == (2, 101)


def test_a_constructor_that_fails_says_whose_it_is() -> None:
    class Model:
        def __init__(self) -> None:
            raise OSError("no weights")

        def __call__(self, x: int) -> int:
            return x

    model: Any = bind(Model)
    with pytest.raises(OSError, match="no weights") as caught:
        deploy(model(INPUT))
    assert caught.value.__notes__ == ["in the constructor of Model"]


def test_the_traceback_of_an_error_leads_to_the_step() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        run(double(fail(1)))
    assert caught.traceback[-1].name == "fail"


def test_a_finished_run_keeps_no_values() -> None:
    """Not even through the traceback of an error."""

    class Big:
        pass

    kept: list[weakref.ref[Any]] = []

    def make() -> Big:
        big = Big()
        kept.append(weakref.ref(big))
        return big

    def use(big: Big) -> None:
        del big
        raise ZeroDivisionError

    make_step: Any = step(make)
    use_step: Any = step(use)
    try:
        run(use_step(make_step()))
    except ZeroDivisionError as error:
        caught = error
    gc.collect()
    assert kept[0]() is None
    assert caught.__traceback__ is not None


@pytest.mark.parametrize(("passes", "calls"), [(PASSES, 1), ((prune,), 2), ((merge,), 1), ((), 2)], ids=label)
def test_passes_can_be_switched_off(passes: Any, calls: int) -> None:
    ran: list[int] = []

    @step(pure=True)
    def look(x: int) -> int:
        ran.append(x)
        return x

    @flow
    def twice(x: In[int]) -> Node[tuple[int, int]]:
        return gather(look(x), look(x))

    with twice.deploy(passes=passes) as pipeline:
        assert pipeline.call(3) == (3, 3)
    assert ran == [3] * calls
    with deploy(gather(look(INPUT), look(INPUT)), passes=passes) as pipeline:
        assert pipeline.call(3) == (3, 3)
    assert ran == [3] * 2 * calls
