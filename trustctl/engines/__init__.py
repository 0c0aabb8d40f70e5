"""One protocol for everything that is driven; an engine per kind of device, each in its own folder."""
