"""dataflow: functional dataflow graphs with typed futures, run anywhere."""

import dataflow.pickling  # noqa: F401  # registers how nodes are pickled
from dataflow.check_types import check_types
from dataflow.combinators.expand import expand
from dataflow.combinators.gather import gather, unpack
from dataflow.combinators.recover import recover
from dataflow.combinators.repeat import fan_out, fold, iterate
from dataflow.combinators.route import cond, match, switch
from dataflow.constant import const
from dataflow.executors.futures import Futures
from dataflow.executors.inline import Inline
from dataflow.executors.ray.executor import Ray
from dataflow.executors.threads import Threads
from dataflow.explain import explain
from dataflow.flow import Flow, flow
from dataflow.future import Future
from dataflow.ir.graph import Graph
from dataflow.node import INPUT, In, Input, Node
from dataflow.options import Batch, Options, Resources, Retry
from dataflow.pipeline import Pipeline
from dataflow.run import deploy, run, submit
from dataflow.step import bind, step
from dataflow.step_type import Step

__version__ = "0.1.0"

__all__ = [
    "INPUT",
    "Batch",
    "Flow",
    "Future",
    "Futures",
    "Graph",
    "In",
    "Inline",
    "Input",
    "Node",
    "Options",
    "Pipeline",
    "Ray",
    "Resources",
    "Retry",
    "Step",
    "Threads",
    "bind",
    "check_types",
    "cond",
    "const",
    "deploy",
    "expand",
    "explain",
    "fan_out",
    "flow",
    "fold",
    "gather",
    "iterate",
    "match",
    "recover",
    "run",
    "step",
    "submit",
    "switch",
    "unpack",
]
