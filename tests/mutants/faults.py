"""The faults that are put into the package: poodle's own kinds, and some that it lacks.

Poodle changes what an expression says. A channel is a few counts and two lines kept in step, so what goes wrong there
is rather that a step is missing: here are statements left out, conditions that always or never hold, and arguments that
are not given.

What only type checkers read is left alone: tests/typing holds it.
"""

from __future__ import annotations

import ast
import warnings
from copy import deepcopy
from typing import TYPE_CHECKING

from poodle.data_types import FileMutation, Mutator
from poodle.mutate import builtin_mutators
from poodle.util import mutate_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

DROPPED = (ast.Assign, ast.AugAssign, ast.Delete, ast.Raise)  # A call left out is among poodle's own.
BRANCHING = (ast.If, ast.IfExp, ast.While)


class Faults(Mutator):
    """Every fault of a module that can be compiled, each once."""

    def create_mutations(
        self, parsed_ast: ast.Module, file_lines: list[str], *_: object, **__: object
    ) -> list[FileMutation]:
        """Make the faults of one module."""
        theirs = [
            fault
            for kind in builtin_mutators.values()
            for fault in kind(self.config, self.echo).create_mutations(deepcopy(parsed_ast), file_lines=file_lines)
        ]
        checkers_only = [*_for_checkers(parsed_ast)]
        found: dict[str, FileMutation] = {}
        for fault in [*theirs, *_left_out(parsed_ast), *_decided(parsed_ast), *_not_given(parsed_ast)]:
            if not any(fault.lineno in lines and fault.end_lineno in lines for lines in checkers_only):
                mutated = "\n".join(mutate_lines(fault, file_lines))
                if _changes(mutated, parsed_ast) and not _is_as_false(fault, file_lines):
                    found.setdefault(mutated, fault)
        return sorted(found.values(), key=lambda fault: (fault.lineno, fault.col_offset))


def _fault(kind: str, node: ast.stmt | ast.expr, text: str) -> FileMutation:
    end_lineno, end_col_offset = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
    return FileMutation(kind, node.lineno, node.col_offset, end_lineno, end_col_offset, text)


def _left_out(module: ast.Module) -> Iterator[FileMutation]:
    """Leave out a statement."""
    for node in ast.walk(module):
        if isinstance(node, DROPPED):
            yield _fault("LeftOut", node, "pass")


def _decided(module: ast.Module) -> Iterator[FileMutation]:
    """Let a condition, or one operand of it, always or never hold. A loop is not made endless."""
    for node in ast.walk(module):
        if isinstance(node, BRANCHING):
            yield _fault("Decided", node.test, "False")
            if not isinstance(node, ast.While):
                yield _fault("Decided", node.test, "True")
        if isinstance(node, ast.BoolOp):
            for operand in node.values:
                yield _fault("Decided", operand, str(isinstance(node.op, ast.And)))


def _not_given(module: ast.Module) -> Iterator[FileMutation]:
    """Leave out an argument of a call."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            for number in range(len(node.args) + len(node.keywords)):
                call = deepcopy(node)
                arguments = call.args if number < len(call.args) else call.keywords
                del arguments[number - (len(node.args) if number >= len(node.args) else 0)]
                yield _fault("NotGiven", node, ast.unparse(call))


def _for_checkers(module: ast.Module) -> Iterator[range]:
    """Find the lines of what is there for type checkers: it does nothing when it runs."""
    for node in ast.walk(module):
        match node:
            case ast.If(test=ast.Name("TYPE_CHECKING")):
                yield range(node.lineno, (node.end_lineno or 0) + 1)
            case ast.FunctionDef() | ast.AsyncFunctionDef() if _is_bare(node):
                yield range(min(each.lineno for each in [node, *node.decorator_list]), (node.end_lineno or 0) + 1)
            case ast.Assign(value=ast.Call(func=ast.Name("TypeVar"))) | ast.AnnAssign(annotation=ast.Name("TypeAlias")):
                yield range(node.lineno, (node.end_lineno or 0) + 1)
            case _:
                pass


def _is_bare(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Tell whether a function is an overload or the member of a protocol: its body says nothing but an ellipsis."""
    match function.body[-1]:
        case ast.Expr(value=ast.Constant(value)):
            return value is ...
        case _:
            return False


def _changes(mutated: str, module: ast.Module) -> bool:
    """Tell whether this is another program, and one that compiles."""
    with warnings.catch_warnings(action="ignore"):
        try:
            tree = ast.parse(mutated)
            compile(tree, "<mutant>", "exec")
        except SyntaxError:
            return False
    return ast.dump(tree) != ast.dump(module)


def _is_as_false(fault: FileMutation, file_lines: list[str]) -> bool:
    """Tell whether ``None`` takes the place of ``False``, which is the same to all who ask whether something is so."""
    return fault.text == "return None" and file_lines[fault.lineno - 1].strip() == "return False"
