from collections.abc import Sequence

class Run:
    def __init__(
        self,
        values: Sequence[float],
        warmups: Sequence[tuple[int, float]] | None = ...,
        metadata: dict[str, object] | None = ...,
        collect_metadata: bool = ...,
    ) -> None: ...
    def get_metadata(self) -> dict[str, object]: ...
