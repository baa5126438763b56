"""A pipeline in a Ray Serve deployment, asked over HTTP."""

from __future__ import annotations

import ray

from tests.ray.subprocesses import run_program

SERVED = """
import socket, sys, tempfile, urllib.request
from concurrent.futures import ThreadPoolExecutor

import ray
from ray import serve
from dataflow import INPUT, Ray, deploy
from examples.serve_on_ray import app
from tests.ray import steps

ray.init(address=sys.argv[1], log_to_driver=False, logging_level=40)
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
serve.start(http_options={"host": "127.0.0.1", "port": port})


def ask(path, body):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=body.encode())
    return urllib.request.urlopen(request, timeout=60).read().decode()


serve.run(app, name="judge", route_prefix="/judge")
texts = {"a good day": "good", "A SAD and awful day": "bad", "": "neutral", "good bad": "neutral"}
assert {text: ask("/judge", text) for text in texts} == texts
with ThreadPoolExecutor(8) as pool:
    assert list(pool.map(lambda k: ask("/judge", "good " * k), range(40))) == ["neutral", *["good"] * 39]


@serve.deployment(max_ongoing_requests=10, ray_actor_options={"num_cpus": 0})
class Meeting:
    def __init__(self, path):
        self.pipeline = deploy(steps.meet(path, INPUT["word"], INPUT["other"]), Ray())

    async def __call__(self, request):
        word, _, other = (await request.body()).decode().partition(" ")
        return "here" if not other else str(await self.pipeline.submit({"word": word, "other": other}))


with tempfile.TemporaryDirectory() as folder:
    serve.run(Meeting.bind(f"{folder}/witness"), name="meeting", route_prefix="/meeting")
    with ThreadPoolExecutor(3) as pool:
        one = pool.submit(ask, "/meeting", "a b")
        assert ask("/meeting", "ping") == "here", "the loop is not blocked while a request waits"
        two = pool.submit(ask, "/meeting", "b a")
        assert one.result() == two.result() == "True"
serve.delete("judge")
serve.shutdown()
print("right")
"""


def test_a_flow_is_served_over_http_and_the_event_loop_is_free() -> None:
    """The example, and two requests that wait for each other in one copy of a deployment."""
    assert run_program(SERVED, ray.get_runtime_context().gcs_address).endswith("right\n")
