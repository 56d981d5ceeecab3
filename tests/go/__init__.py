"""What Go's own tests of channels and select check (its test/chan and the channel tests of its runtime), for asyncio.

Left out: what is about types (perm), threads, stacks, race detectors and sizes of items in memory.
"""
