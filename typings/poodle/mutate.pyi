from .data_types import Mutator

builtin_mutators: dict[str, type[Mutator]]
