"""Where graphs run. Each executor turns a plan into a deployment; `base` is the contract."""
