"""What a fault is: a text that stands exactly once in a file of the package, and what to write in its place."""

from __future__ import annotations

from typing import NamedTuple


class Fault(NamedTuple):
    """One fault, and where it is to be put."""

    name: str
    file: str
    text: str
    instead: str

    def applied(self, source: str) -> str:
        """Put the fault into the text of its file.

        Raises:
            LookupError: The place is gone, or there are several.
        """
        found = source.count(self.text)
        if found != 1:
            raise LookupError(f"fault {self.name!r}: its text must stand once in {self.file}, and stands {found} times")
        return source.replace(self.text, self.instead)
