"""Random programs, longer than any whose schedules can all be explored, against the same reference."""
