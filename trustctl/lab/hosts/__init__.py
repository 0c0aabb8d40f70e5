"""Lab hosts: real Linux systems with their own systemd and sshd, in namespaces of this machine.

`spec` what a host is, `ground` where commands of the lab run, `base` and `repository` what hosts are made of, `network`
and `door` how they are reached, `host` one host, `lab` all of them, `faults` what can go wrong with them.
"""
