"""What dataflow costs, as ratios to references that are measured in the same run, beside its goals.

    tasks      a graph as data, for any system       graphs, taskbench, numeric, dynamic   the graphs
    wiring     the graph as nodes of dataflow        hand, peers/, cluster                 its references
    measure    several things, timed in turn         metg, events, unlooked, programs/     where that is not enough
    topics/    what is measured, a file a topic      goals                                 what should come out
    record     results as data, and JSON             report, page, plot, compare           results for people

`python -m benchmarks --help` says how to call it.
"""
