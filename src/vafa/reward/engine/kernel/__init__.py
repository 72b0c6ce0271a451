"""The closed step, every policy a small function over tables of integers.

This folder is loaded twice: as it stands it is plain Python over lists; ``engine.compiled`` loads it
again under another name, where ``mode.jit`` compiles the same functions over arrays.
"""
