"""Windows hosts of the lab: real HTTPS, WS-Management and PowerShell Remoting, answered from a model of Windows.

No PowerShell runs here. What a module does is modelled from its documentation and source, and from Microsoft's
documentation; docs/windows.md says what that cannot show.
"""
