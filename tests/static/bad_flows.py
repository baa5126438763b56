"""Flows and pipelines used wrongly. Each tagged line must be an error."""

# ruff: noqa: F403, F405  # all names of the vocabulary are meant

from __future__ import annotations

from vocabulary import *

from dataflow import INPUT, Inline, Node, deploy, flow

ensemble.run(x="no")  # err: run
ensemble.run(x=1, nope=2)  # err: run
ensemble.run()  # err: run
ensemble.run(text)  # err: run on a node
by_node.run("a", "b")  # err: run where nodes are declared
by_node.run(1)  # err: run where nodes are declared
ran: str = ensemble.run(1)  # err: run, type
ensemble(text)  # err: call
ensemble(1, y=2)  # err: call
by_node(1, text)  # err: call where nodes are declared
called: Node[str] = ensemble(1)  # err: call, type
ensemble.submit("no")  # err: submit
submitted: str = ensemble.submit(1).result()  # err: submit, type
ensemble.stream(["no"])  # err: stream
ensemble.stream(1)  # err: stream
ensemble.stream([1], y=1)  # err: stream, shared
ensemble.stream([1], nope=1)  # err: stream, shared
ensemble.on("threads")  # err: executor
ensemble.nope  # err: attribute
ensemble + 1  # err: flow as a value
score(ensemble)  # err: flow as a value
flow(plain)  # err: returns no node
flow(3)  # err: no function

ensemble.deploy("threads")  # err: deploy, executor
ensemble.deploy(replicas=3)  # err: deploy, replicas
ensemble.deploy(replicas={"score": "two"})  # err: deploy, replicas
ensemble.deploy(options={"score": {"retry": 2}})  # err: deploy, options
ensemble.deploy(options={"score": {"retries": "two"}})  # err: deploy, options
ensemble.deploy(max_in_flight="two")  # err: deploy, max_in_flight
ensemble.deploy(nope=2)  # err: deploy, unknown
pipeline = ensemble.deploy()
pipeline.call("no")  # err: Pipeline.call
pipeline.call()  # err: Pipeline.call
pipeline.call(1, nope=2)  # err: Pipeline.call
pipeline_value: str = pipeline.call(1)  # err: Pipeline.call, type
pipeline.submit("no")  # err: Pipeline.submit
pipeline.stream(["no"])  # err: Pipeline.stream
pipeline.stream(1)  # err: Pipeline.stream
pipeline.stream([1], y=1)  # err: Pipeline.stream, shared
pipeline.stream([1], nope=1)  # err: Pipeline.stream, shared

pipeline.scale(3)  # err: Pipeline.scale
pipeline.scale({"score": "two"})  # err: Pipeline.scale
pipeline.scale(score=2)  # err: Pipeline.scale
pipeline.stats().nope  # err: Pipeline.stats
pipeline_stats: int = pipeline.stats()  # err: Pipeline.stats, type
ensemble.deploy(passes=3)  # err: deploy, passes
ensemble.deploy(passes=["prune"])  # err: deploy, passes
deploy(score(INPUT), passes=3)  # err: deploy, passes
score(INPUT).deploy("threads")  # err: Node.deploy, executor
score(INPUT).deploy(replicas=3)  # err: Node.deploy, replicas
score(INPUT).deploy(nope=3)  # err: Node.deploy, unknown
untyped: str = score(INPUT).deploy().call(1)  # err: Node.deploy, type
deploy(score)  # err: deploy a step
deploy(score(INPUT), "threads")  # err: deploy, executor
deploy(score(INPUT), Inline(), options={"score": {"retry": 2}})  # err: deploy, options
deployed: str = deploy(score(INPUT)).call(1)  # err: deploy, type


shown(newest_of(numbers))  # err: generic flow, result
generic_flow_wrong: str = newest_of.run([1])  # err: generic flow that is run, result
doubled(3)  # err: generic flow, a value
doubled(number, number)  # err: generic flow, number of nodes
newest_of(number)  # err: generic flow, argument
newest_of(ys=numbers)  # err: generic flow, name
