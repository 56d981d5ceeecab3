"""The site, as Sphinx builds it: ``nox -s docs``. Nothing is fetched while it is built.

A link to a file of the repository that is no page, as to a test, offers that file: MyST finds it, and warns where it is
not there.
"""

from __future__ import annotations

from importlib.metadata import version as version_of
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx.pycode import ModuleAnalyzer

if TYPE_CHECKING:
    from docutils.nodes import Element
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

project = "pychanasync"
author = "the pychanasync authors"
project_copyright = author
version = release = version_of("pychanasync")

extensions = [
    "myst_parser",  # The pages are Markdown.
    "sphinx.ext.autodoc",  # The reference is made of the docstrings,
    "sphinx.ext.napoleon",  # which are in Google's style.
    "sphinx.ext.autosummary",  # Tables of the members of a class.
    "sphinx_copybutton",  # A button that copies a block.
]
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = f"pychanasync {version}"  # Readers see which version a page is about.
html_show_sphinx = False
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_search_scorer = str(Path(__file__).with_name("scorer.js"))
pygments_dark_style = "github-dark"  # One that does not underline names, which look like links then.

myst_heading_anchors = 3  # Headings down to this depth can be linked to; what links to none is an error.

autosummary_generate = False  # A member has no page of its own.

napoleon_numpy_docstring = False
napoleon_custom_sections = ["Ordering", "Cancellation"]

autoclass_content = "both"  # What a class is, and what to make it of.
python_use_unqualified_type_names = True  # Item, and not pychanasync.protocols.Item.
python_maximum_signature_line_length = 90  # A longer one has a line for each parameter.

default_role = "py:obj"  # What stands between single backticks in a docstring, wherever it is documented here.
nitpicky = True
nitpick_ignore = [
    # Of the standard library, whose inventory is on the network:
    ("py:obj", "random"),
    ("py:obj", "repr"),
    ("py:class", "types.TracebackType"),
    ("py:class", "collections.abc.AsyncIterator"),
    ("py:class", "collections.abc.Callable"),
    ("py:class", "collections.abc.Sequence"),
    ("py:class", "asyncio.events.AbstractEventLoop"),
    ("py:class", "asyncio.locks.Event"),
    ("py:class", "traceback.FrameSummary"),
    ("py:class", "_asyncio.Future"),  # What a waiter is.
    ("py:class", "_asyncio.Task"),
    ("py:class", "contextlib.AbstractAsyncContextManager"),
    ("py:class", "nats.aio.client.Client"),  # The same of nats-py.
]
nitpick_ignore_regex = [
    # Type variables have no page.
    (
        r"py:(class|obj)",
        r"(.*\.)?(Item|Item_co|Item_contra|Declared|Pushed|Value|Value_co|Index_co|Offer|AnyFuture_|V[01])",
    ),
]


def find_member(app: Sphinx, env: BuildEnvironment, node: pending_xref, text: Element) -> Element | None:
    """Find what a docstring names without its owner, as that of `chanselect` does with `pull_case`."""
    domain = env.domains.python_domain
    for owner in (
        "",
        "SendChannel.",
        "RecvChannel.",
        "Channel.",
        "SelectCase.",
        "ChannelError.",
        "strategy.",
        "strategy.Line.",
        "strategy.Buffer.",
        "threads.",
    ):
        name = f"pychanasync.{owner}{node['reftarget']}"
        if node["reftype"] == "obj" and name in domain.objects:
            return domain.resolve_xref(env, node["refdoc"], app.builder, "obj", name, node, text)
    return None


def show_overloads() -> None:
    """Let autodoc show of a select what type checkers see for two cases, and for any number, instead of all overloads.

    autodoc looks for overloads in the module that a function names as its own, which is the public one.
    """
    written, shown = (ModuleAnalyzer.for_module(name) for name in ("pychanasync.select", "pychanasync"))
    written.analyze()
    shown.analyze()
    for name in ("chanselect", "chanselect_nowait"):
        _, for_two, *_, for_any_number = written.overloads[name]
        shown.overloads[name] = [for_two, for_any_number]


def setup(app: Sphinx) -> None:
    """Sign in with Sphinx."""
    app.connect("missing-reference", find_member)
    show_overloads()
