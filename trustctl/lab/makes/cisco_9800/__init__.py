"""Catalyst 9800 controllers: the IOS make's shell and model with networks, profiles, tags and access points."""
