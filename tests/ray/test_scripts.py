"""Programs whose steps are in `__main__`, which is another module in a worker."""

from __future__ import annotations

import ray

from tests.ray.subprocesses import ended_program, run_program

SCRIPT = """
import sys
from dataflow import INPUT, In, Node, Ray, bind, deploy, fan_out, flow, run, step

@step
def one(x):
    return x + 1

@step
class Shift:
    def __init__(self, by):
        self.by = by
    def __call__(self, x):
        return one.fn(x) + self.by

@flow
def inner(x: In[int]) -> Node[int]:
    return one(one(x))

@step
def nested(x):
    return inner.run(x)

shift = Shift(10)
ray = Ray(sys.argv[1])
for placement in ("task", "actor"):
    where = {"placement": placement}
    node = nested.options(**where)(shift.options(**where)(one.options(**where)(INPUT)))
    with deploy(node, ray) as pipeline:
        assert pipeline.call(1) == 15, pipeline.call(1)
    assert run(fan_out(lambda x: nested.options(**where)(x), [1, 2, 3]), executor=ray) == [3, 4, 5]
print("right")
"""


def test_steps_of_a_script_are_sent_whole() -> None:
    """Functions, classes, and what they refer to: other steps and flows of the script."""
    assert run_program(SCRIPT, ray.get_runtime_context().gcs_address).endswith("right\n")


MAIN_JOB = """
import runpy
from dataflow import Ray

job = runpy.run_path("examples/digits.py")
images = list(job["IMAGES"][-100:])
assert job["read_all"].on(Ray()).run(images) == job["by_hand"]()(images)
print("right")
"""


def test_the_main_job_gives_the_same_answers_on_ray() -> None:
    """`make demo EXECUTOR=ray` for 100 images, on the Ray of the tests; which has nothing to say."""
    ended = ended_program(MAIN_JOB, RAY_ADDRESS=ray.get_runtime_context().gcs_address)
    assert ended.stdout.endswith("right\n")
    assert not ended.stderr
