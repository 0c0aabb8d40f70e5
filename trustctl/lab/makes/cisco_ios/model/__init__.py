"""The IOS and IOS-XE configuration model of the lab: one stateful switch below its command line session.

Reading order: `spec` (the values), `device` (the switch), `grammar` and `rules` (how a line is read and what it means),
one table of `commands`, `printing`, then `switching` and `forwarding` (who reaches the switch).
"""
