"""What holds of a queue elsewhere, between its two local ends: over an engine in memory, in virtual time."""
