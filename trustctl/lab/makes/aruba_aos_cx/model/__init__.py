"""The configuration model of an AOS-CX switch."""
