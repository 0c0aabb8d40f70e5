"""The IOS and IOS-XE configuration model of the lab: one stateful switch below its command line session."""
