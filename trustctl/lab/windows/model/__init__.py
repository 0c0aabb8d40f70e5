"""What the lab knows of Windows itself: plain state with the rules that Microsoft documents, one file for each subject.

Every rule names the page it is from (learn.microsoft.com; the cmdlet pages are those of MicrosoftDocs/windows-
powershell-docs).
Nothing here knows the modules that drive it: they are in `trustctl.lab.windows.modules`.
"""
