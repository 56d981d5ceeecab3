"""What people see in a browser: run by a session of its own, `nox -s browser`."""
