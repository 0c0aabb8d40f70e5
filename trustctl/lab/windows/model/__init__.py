"""What the lab knows of Windows itself: plain state with the rules that Microsoft documents, one file for each subject.

Every rule names the page it is from: learn.microsoft.com, its cmdlet pages in MicrosoftDocs/windows-powershell-docs.
Nothing here knows the modules that drive it: they are in `trustctl.lab.windows.modules`.

A host starts as Windows is delivered. `WindowsSpec.state` says where one does not: by the name of a part, what its
`of` takes. Before: `{"Network": {"management_vlan": 10}, "Defender": {"tamper_protection": true}}`.
"""
