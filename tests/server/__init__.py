"""What holds of `pychanasync.nats` against a real server, which the tests start: ``nox -s server``."""
