"""What tests share: kinds of channels, loops, steps, scenes, moments, counting."""
