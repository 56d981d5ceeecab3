"""The overloads of the two selects, written once: ``python -m tests.typing.ladder`` sets them into the module.

A test compares what this makes with what stands there.
"""

from __future__ import annotations

from pathlib import Path

MODULE = Path(__file__).parents[2] / "src" / "pychanasync" / "select.py"
CASES = 8
LINE = 120

SELECTS: dict[str, list[str]] = {"async def chanselect": [], "def chanselect_nowait": ["None"]}


def rung(definition: str, suffix: list[str], cases: int) -> str:
    """Write the overload for so many different cases."""
    parameters = "".join(f"    case{number}: SelectCase[V{number}] | None,\n" for number in range(cases))
    selected = [f"Selected[Literal[{number}], V{number}]" for number in range(cases)] + suffix
    result = " | ".join(selected)
    if len(f") -> {result}: ...") > LINE:
        joint = " | " if len(f"    {result}") <= LINE else "\n    | "
        result = f"(\n    {joint.join(selected)}\n)"
    return f"@overload\n{definition}(\n{parameters}    /,\n    *,\n    ordered: bool = False,\n) -> {result}: ...\n"


def ladder(definition: str) -> str:
    """Write the overloads of one select: for one case to eight, and for any number of one type."""
    suffix = SELECTS[definition]
    rungs = "".join(rung(definition, suffix, cases) for cases in range(1, CASES + 1))
    return (
        f"{rungs}@overload\n{definition}(*cases: SelectCase[Value] | None, ordered: bool = False) -> "
        f"{' | '.join(['Selected[int, Value]', *suffix])}: ...\n"
    )


def set_in(text: str) -> str:
    """Replace the overloads in the text of the module."""
    for definition in SELECTS:
        before, _, rest = text.partition(f"@overload\n{definition}(")
        after = rest[rest.rindex(f"\n{definition}(") + 1 :] if rest else text
        text = before + ladder(definition) + after
    return text


if __name__ == "__main__":
    MODULE.write_text(set_in(MODULE.read_text(encoding="utf-8")), encoding="utf-8")
