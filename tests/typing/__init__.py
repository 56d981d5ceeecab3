"""What users of a type checker and of an editor see."""
