"""Ground: pure values that every room stands on. Nothing here imports Django."""
