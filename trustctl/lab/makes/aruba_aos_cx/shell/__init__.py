"""The command line of an AOS-CX switch."""
