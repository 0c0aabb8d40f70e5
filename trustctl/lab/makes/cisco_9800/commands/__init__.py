"""What a controller knows in configuration mode that a switch does not."""
