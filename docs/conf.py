"""The site, as Sphinx builds it: ``nox -s docs``. Nothing is fetched while it is built.

A link to a file of the repository that is no page, as to a test, offers that file: MyST finds it, and warns where it is
not there.
"""

from __future__ import annotations

from importlib.metadata import version as version_of
from typing import TYPE_CHECKING

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
]
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = "pychanasync"
html_show_sphinx = False
html_static_path = ["_static"]
html_css_files = ["site.css"]
pygments_dark_style = "github-dark"  # One that does not underline names, which look like links then.

myst_heading_anchors = 3  # Headings down to this depth can be linked to; what links to none is an error.

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
    (r"py:(class|obj)", r"(.*\.)?(Item|Item_co|Item_contra|Declared|Pushed|Value|Value_co|Index_co|Offer|AnyFuture_)"),
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


def setup(app: Sphinx) -> None:
    """Sign in with Sphinx."""
    app.connect("missing-reference", find_member)
