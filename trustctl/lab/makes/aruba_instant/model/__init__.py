"""What a cluster holds: its configuration, what is pending, and how the network sees it."""
