"""What runs inside every kernel before its first cell: where warnings go, and the perturbed arithmetic if asked for.

Nothing here imports numpy unless the arithmetic is to be perturbed, so that a cell sees the imports it makes itself.
"""
