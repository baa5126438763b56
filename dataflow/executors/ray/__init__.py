"""Run graphs on Ray: steps as tasks, class steps as actors, values as object references."""
