"""A flow behind HTTP, on Ray Serve: `serve run examples.serve_on_ray:app`, then `curl -d "a good day" localhost:8000`.

A Serve deployment holds a deployed pipeline. The pipeline joins the Ray that Serve runs on, its models are actors
there, and to await `submit` blocks no event loop: one copy of the deployment has many requests under way.
"""

from typing import Any

from ray import serve
from starlette.requests import Request

from dataflow import In, Node, Ray, bind, flow, gather, step


@step
def words(text: str) -> list[str]:
    return text.lower().split()


class Lexicon:
    """Counts words that it knows. A real model would be loaded here, once for each replica."""

    def __init__(self, *known: str) -> None:
        self.known = frozenset(known)

    def __call__(self, found: list[str]) -> int:
        return sum(word in self.known for word in found)


@step
def verdict(counts: tuple[int, int]) -> str:
    praise, blame = counts
    return "good" if praise > blame else "bad" if praise < blame else "neutral"


glad, sad = bind(Lexicon, "good", "great", "lovely"), bind(Lexicon, "bad", "awful", "sad")


@flow
def judge(text: In[str]) -> Node[str]:
    """Two opinions on one text."""
    found = words(text)
    return verdict(gather(glad(found), sad(found)))


@serve.deployment(ray_actor_options={"num_cpus": 0})  # it waits; the CPUs are for the steps
class Judge:
    """The HTTP side: a request in, a verdict out."""

    def __init__(self) -> None:
        self.pipeline = judge.deploy(Ray(), replicas={"Lexicon": 2})

    async def __call__(self, request: Request) -> str:
        text = (await request.body()).decode()
        return await self.pipeline.submit(text)


app: Any = Judge.bind()  # type: ignore[attr-defined]  # what serve.deployment makes has no types
