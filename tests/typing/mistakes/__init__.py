"""Mistakes: mypy and pyright must refuse each marked line for the marked reason, and no other line. Nothing runs them.

A mark is a comment at the end of its line: the word ``refused``, a colon, the error codes of mypy, a bar, the rules of
pyright.
"""
