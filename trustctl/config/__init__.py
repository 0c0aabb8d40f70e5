"""The change engine: lossless tree, canonical form, comparison, order, undo, hazards."""
