"""How much the long tests do: a short cut by default, all of it where the variable PROOF is set (``nox -s proof``).

A long test is marked with both sizes, and takes the one that counts as its argument `size`::

    @pytest.mark.long(20, 300)
    def test_that_takes_long(size: int) -> None: ...

The value of PROOF is the seed of what is drawn anew in each proof; nox sets it to the date.
"""

from __future__ import annotations

import os

SEED = int(os.environ.get("PROOF", "0"))
"""Of what a proof draws; 0 where nothing is to be proved."""
