"""What the documents say: their programs run, their figures were measured, and their guarantees have tests."""
