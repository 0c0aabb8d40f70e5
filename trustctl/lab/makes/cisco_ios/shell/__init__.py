"""The command line of a lab switch: everything between the SSH channel and the configuration model."""
