import ast
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

@dataclass
class PoodleConfig:
    project_name: str | None
    project_version: str | None
    config_file: Path | None
    source_folders: list[Path]
    only_files: list[str]
    file_flags: int | None
    file_filters: list[str]
    file_copy_flags: int | None
    file_copy_filters: list[str]
    work_folder: Path
    max_workers: int | None
    log_format: str
    log_level: int | str
    echo_enabled: bool | None
    echo_no_color: bool | None
    mutator_opts: dict[str, object]
    skip_mutators: list[str]
    add_mutators: list[object]
    min_timeout: int
    timeout_multiplier: int
    runner: str
    runner_opts: dict[str, list[str]]  # As they stand in our pyproject.toml.
    reporters: list[str]
    reporter_opts: dict[str, object]
    fail_under: float | None
    skip_delete_folder: bool | None

@dataclass
class FileMutation:
    mutator_name: str
    lineno: int
    col_offset: int
    end_lineno: int
    end_col_offset: int
    text: str

@dataclass
class Mutant(FileMutation):
    source_folder: Path
    source_file: Path | None
    unified_diff: str | None = ...

@dataclass
class MutantTrialResult:
    found: bool
    reason_code: str
    reason_desc: str | None = ...

    RC_FOUND: ClassVar[str]
    RC_NOT_FOUND: ClassVar[str]
    RC_TIMEOUT: ClassVar[str]

@dataclass
class MutantTrial:
    mutant: Mutant
    result: MutantTrialResult
    duration: float

@dataclass
class TestingSummary:
    trials: int = ...
    tested: int = ...
    found: int = ...
    not_found: int = ...
    timeout: int = ...
    errors: int = ...

@dataclass
class TestingResults:
    mutant_trials: list[MutantTrial]
    summary: TestingSummary

class Mutator(ABC):
    config: PoodleConfig
    echo: Callable[[str], None]
    def __init__(self, config: PoodleConfig, echo: Callable[[str], None], *_: object, **__: object) -> None: ...
    @abstractmethod
    def create_mutations(
        self, parsed_ast: ast.Module, file_lines: list[str], *_: object, **__: object
    ) -> list[FileMutation]: ...
