"""Reports: one file per form. A report is worked out from values and returned as text; nothing is printed here."""
