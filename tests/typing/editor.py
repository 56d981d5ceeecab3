"""An editor, as far as a person who types meets it: what it offers, what it shows, what it helps with.

Behind it is pyright's language server, over its standard input and output, in a folder of a user of the installed
package. A place in the code is where a caret stands; the code is the body of a function, see `BEFORE`.
"""

from __future__ import annotations

import asyncio
import sys
from textwrap import indent
from typing import TYPE_CHECKING, Self

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

from tests.typing.checkers import VERSIONS, configure_pyright

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

CARET = "‸"
BEFORE = """\
import asyncio
from pychanasync import *

async def body(
    words: Channel[str], numbers: Channel[int], sending: SendChannel[str], receiving: RecvChannel[str],
    asking: asyncio.Task[str], stop: asyncio.Event
) -> None:
"""
PLAIN = [lsp.MarkupKind.PlainText]
ABLE = lsp.ClientCapabilities(
    text_document=lsp.TextDocumentClientCapabilities(
        hover=lsp.HoverClientCapabilities(content_format=PLAIN),
        signature_help=lsp.SignatureHelpClientCapabilities(
            signature_information=lsp.ClientSignatureInformationOptions(documentation_format=PLAIN)
        ),
    )
)
PATIENCE = 120  # Seconds for an answer, on a machine that does other things too.


class Editor:
    """One document in one folder; each question sets the code anew."""

    def __init__(self, folder: Path) -> None:
        configure_pyright(folder / "pyrightconfig.json", VERSIONS[0])
        self._folder = folder.as_uri()
        self._document = f"{self._folder}/typed.py"
        self._version = 0
        self._client = LanguageClient("editor of the tests", "1")
        self._loop = asyncio.Runner()

    def __enter__(self) -> Self:
        self._loop.__enter__()
        self._loop.run(self._open())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._loop.run(self._close())
        self._loop.__exit__(kind, error, traceback)

    async def _open(self) -> None:
        server = (sys.executable, "-m", "pyright.langserver", "--stdio")
        await self._client.start_io(*server)  # pyright: ignore[reportUnknownMemberType]  # What more it takes has no type.
        folder = lsp.WorkspaceFolder(uri=self._folder, name="user")
        await self._client.initialize_async(lsp.InitializeParams(capabilities=ABLE, workspace_folders=[folder]))
        self._client.initialized(lsp.InitializedParams())
        document = lsp.TextDocumentItem(uri=self._document, language_id="python", version=0, text="")
        self._client.text_document_did_open(lsp.DidOpenTextDocumentParams(document))

    async def _close(self) -> None:
        await self._client.shutdown_async(None)
        self._client.exit(None)
        await self._client.stop()  # type: ignore[no-untyped-call]  # The one call of the client without types.

    def _set(self, code: str) -> tuple[lsp.TextDocumentIdentifier, lsp.Position]:
        """Set the code, and return what a question is about: the document, and where the caret stands."""
        text = BEFORE + indent(code, "    ")
        before, caret, after = text.partition(CARET)
        assert caret, "the code needs a caret"
        self._version += 1
        self._client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(
                lsp.VersionedTextDocumentIdentifier(version=self._version, uri=self._document),
                [lsp.TextDocumentContentChangeWholeDocument(before + after)],
            )
        )
        lines = before.split("\n")
        return lsp.TextDocumentIdentifier(self._document), lsp.Position(len(lines) - 1, len(lines[-1]))

    def completions(self, code: str) -> set[str]:
        """Tell what is offered at the caret, but for names that begin with an underscore."""
        question = self._client.text_document_completion_async(lsp.CompletionParams(*self._set(code)))
        answer = self._loop.run(asyncio.wait_for(question, PATIENCE))
        offered = answer.items if isinstance(answer, lsp.CompletionList) else answer or []
        return {item.label for item in offered if not item.label.startswith("_")}

    def hover(self, code: str) -> str:
        """Tell what is shown of the name at the caret."""
        question = self._client.text_document_hover_async(lsp.HoverParams(*self._set(code)))
        answer = self._loop.run(asyncio.wait_for(question, PATIENCE))
        assert answer is not None
        return as_text(answer.contents)

    def signatures(self, code: str) -> dict[str, str]:
        """Tell which signatures are shown at the caret, each with its documentation."""
        question = self._client.text_document_signature_help_async(lsp.SignatureHelpParams(*self._set(code)))
        answer = self._loop.run(asyncio.wait_for(question, PATIENCE))
        assert answer is not None
        return {signature.label: as_text(signature.documentation) for signature in answer.signatures}


def as_text(content: object) -> str:
    """Read what the server wrote, in the one form that it was told to use."""
    assert isinstance(content, lsp.MarkupContent)
    return content.value
