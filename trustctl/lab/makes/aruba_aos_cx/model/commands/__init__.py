"""What can be typed in configuration mode, as tables of rules."""
