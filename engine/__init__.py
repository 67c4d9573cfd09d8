"""The arithmetic of gpu-advise: pure functions over arrays, without I/O, clock or randomness."""
