"""What is looked for where it is not, and executors, tests and classes that are none. Each line must be an error."""

# ruff: noqa: F403, F405, B018  # all names of the vocabulary are meant, and lines of one attribute

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from good_settings import times
from vocabulary import *

from dataflow import INPUT, In, Inline, Node, Options, Threads, bind, cond, deploy, flow, run, submit

number.run()  # err: run of a node
number.result()  # err: result of a node
number.submit()  # err: submit of a node
number.call(1)  # err: call of a node
number.on(Inline())  # err: on of a node
double.run(1)  # err: run of a step
double.result()  # err: result of a step
double.submit(1)  # err: submit of a step
double.deploy()  # err: deploy of a step
double.call(1)  # err: call of a step
double.on(Inline())  # err: on of a step
double.typo  # err: attribute of a step
ensemble.call(1)  # err: call of a flow
ensemble.result()  # err: result of a flow
ensemble.options(retries=2)  # err: options of a flow
ensemble.fn  # err: fn of a flow
ensemble.map([1])  # err: map of a flow
ensemble >> double  # err: flow before a step
double >> ensemble  # err: flow after a step
pipeline = ensemble.deploy()
pipeline.run(1)  # err: run of a pipeline
pipeline.map([1])  # err: map of a pipeline
pipeline.on(Inline())  # err: on of a pipeline
pipeline(1)  # err: pipeline as a function

bind(double, 1)  # err: bind of a step
bind(plain, 1)  # err: bind of a function of a value
bind(later, 1)  # err: bind of an async function
bind(ensemble, 1)  # err: bind of a flow
bind(Model("w"))  # err: bind of an instance
cond(plain, number, text)  # err: cond on a function
cond(lambda: True, number, text)  # err: cond on a lambda
cond(bool, number, text)  # err: cond on a class

pool = ThreadPoolExecutor(1)
run(number, executor=pool)  # err: pool as an executor
run(number, executor=Threads)  # err: class as an executor
run(number, Inline())  # err: executor as a node
submit(number, Inline())  # err: executor by place
submit(number, executor=pool)  # err: submit, pool as an executor
ensemble.on(pool)  # err: flow on a pool
ensemble.run(1, executor=Inline())  # err: executor as an argument of a flow
ensemble.submit(1, executor=Inline())  # err: executor as an argument of a flow, submit
deploy(score(INPUT), executor="threads")  # err: deploy, executor by name
deploy(score(INPUT), executor=pool)  # err: deploy, pool as an executor
ensemble.deploy(executor="threads")  # err: Flow.deploy, executor by name
ensemble.deploy(executor=Threads)  # err: Flow.deploy, class as an executor
ensemble.deploy(options={"score": Options(retries=2)})  # err: Flow.deploy, Options as changes
ensemble.deploy(Inline(), executor=Inline())  # err: Flow.deploy, executor twice
score(INPUT).deploy(executor="threads")  # err: Node.deploy, executor by name
of_its_name: str = ensemble.deploy(executor=Inline()).call(1)  # err: Flow.deploy, executor by name, type
of_that_name: str = deploy(score(INPUT), executor=Inline()).call(1)  # err: deploy, executor by name, type


class Wires:
    """A flow as a method, which it cannot be."""

    @flow
    def method(self, x: In[int]) -> Node[int]:
        return double(x)


Wires().method(number)  # err: flow as a method
Wires().method.run(1)  # err: flow as a method, run
times.deploy().call(1, n=3)  # err: a setting of a pipeline, by name
times.deploy().call(1, 3)  # err: a setting of a pipeline, by place
times.stream([1], 3)  # err: a setting of a stream
times.run(1, number)  # err: a node for a setting
