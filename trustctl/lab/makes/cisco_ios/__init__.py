"""Cisco IOS and IOS-XE switches: `model` is the configuration, `shell` the command line."""
