"""trustctl: the same core back end in every school of a multi-academy trust, planned, reviewed and safely applied."""

__version__ = "0.1.0"
