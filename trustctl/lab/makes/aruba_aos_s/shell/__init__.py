"""The command line of AOS-S: the screen it draws, the keys it takes, its commands outside configuration."""
