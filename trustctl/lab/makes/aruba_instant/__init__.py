"""Aruba Instant: a cluster of access points behind one address, whose configuration waits for `commit apply`.

Sources: Aruba Instant 8.x CLI Reference Guide and User Guide; a recorded session of an IAP-515 on 8.10; published
configurations of 6.5, 8.9 and 8.10; "Restricted Management Access on Instant 4.0" and "What are sequence sensitive
commands in IAP?" (Aruba community). What stands in none of them is marked [unverified].
"""
