"""One file per protocol: how a simulated carrier speaks it. What it says is decided in `core`."""
