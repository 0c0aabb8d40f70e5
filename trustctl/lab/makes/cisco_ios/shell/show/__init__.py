"""The `show` commands, one module for each subject."""
