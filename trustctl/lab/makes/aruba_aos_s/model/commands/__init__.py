"""What each configuration command does, by topic."""
