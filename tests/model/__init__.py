"""Every schedule of small programs, each held against a plain statement of what channels promise.

`operations` is the language of the programs, `reference` states the promise, `ledger` a coarser one beside it;
`hub_reference` and `hub_ledger` do so for a hub and its subscribers. `stage` lets actors play programs on real
channels, on the loop of `loop`, and `judge` holds what they do against the reference. `explorer` finds every schedule,
and `story` tells it. ``python -m tests.model`` does by hand what the tests do.
"""
