"""Ways to compose nodes. All of them are functions from nodes to a node; none knows how graphs are run."""
