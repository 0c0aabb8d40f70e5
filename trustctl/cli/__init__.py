"""The command line: one file per verb; the only place with click, the environment, the clock and stdout."""
