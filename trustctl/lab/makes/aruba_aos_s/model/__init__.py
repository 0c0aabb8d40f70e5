"""The configuration of a simulated AOS-S switch.

Reading order: `state` (what is kept), `ports` (how ports are written), `switch` (the switch), `grammar` and `kinds`
(how a line is read), `rules` and `commands` (what it means), `printing` (what the switch says it has).
"""
