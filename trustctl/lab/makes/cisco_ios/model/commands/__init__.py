"""The command tables, by topic. Within a table the order of the rows is the order in which the device prints them."""
