"""What every strategy must keep: the tests take the kinds of `tests/support/kinds.py`, one after another."""
