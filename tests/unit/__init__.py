"""What one class, one function or one error does: a file for each subject."""
