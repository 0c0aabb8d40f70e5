"""The change engine: lossless tree, canonical form, comparison, order, undo, hazards.

A configuration goes through it like this: `parse` (lossless tree) -> `read` (canonical form) -> `compare` with what
`read_intended` made of the inventory. What a platform's commands mean is data: `load_rulebook`.
"""
