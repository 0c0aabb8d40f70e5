"""Words of PowerShell that its checks need: approved verbs, aliases, parameters' short forms.

Sources: learn.microsoft.com, "Approved Verbs for PowerShell Commands" (without Build and Deploy, which Windows
PowerShell 5.1 has not), "about_CommonParameters", "Storage Module"; the aliases are those that Get-Alias lists in 5.1.
"""

from __future__ import annotations

VERBS = frozenset(
    """
    Add Clear Close Copy Enter Exit Find Format Get Hide Join Lock Move New Open Optimize Pop Push Redo Remove Rename
    Reset Resize Search Select Set Show Skip Split Step Switch Undo Unlock Watch
    Connect Disconnect Read Receive Send Write
    Backup Checkpoint Compare Compress Convert ConvertFrom ConvertTo Dismount Edit Expand Export Group Import Initialize
    Limit Merge Mount Out Publish Restore Save Sync Unpublish Update
    Debug Measure Ping Repair Resolve Test Trace
    Approve Assert Complete Confirm Deny Disable Enable Install Invoke Register Request Restart Resume Start Stop Submit
    Suspend Uninstall Unregister Wait
    Block Grant Protect Revoke Unblock Unprotect
    Use
    """.split()  # noqa: SIM905 - read as the page has it, not as a list of a hundred lines
)
RESERVED = frozenset({"ForEach", "Sort", "Tee", "Where"})
"""Verbs of cmdlets that PowerShell brings itself: they may be called, not given to a function of ours."""
STORAGE = frozenset(
    """
    Disk DiskImage FileIntegrity FileShare InitiatorId InitiatorPort MaskingSet Partition PhysicalDisk
    ResiliencySetting StorageJob StorageNode StoragePool TargetPort TargetPortal VirtualDisk Volume
    """.split()  # noqa: SIM905 - as above
)
"""Nouns of the module Storage. Its commands are functions: once it is loaded they replace ours of the same name."""
ALIASES = dict(
    pair.split("=")
    for pair in """
    %=ForEach-Object ?=Where-Object ac=Add-Content asnp=Add-PSSnapin cat=Get-Content cd=Set-Location chdir=Set-Location
    clc=Clear-Content clear=Clear-Host clhy=Clear-History cli=Clear-Item clp=Clear-ItemProperty cls=Clear-Host
    clv=Clear-Variable cnsn=Connect-PSSession compare=Compare-Object copy=Copy-Item cp=Copy-Item cpi=Copy-Item
    cpp=Copy-ItemProperty curl=Invoke-WebRequest cvpa=Convert-Path dbp=Disable-PSBreakpoint del=Remove-Item
    diff=Compare-Object dir=Get-ChildItem dnsn=Disconnect-PSSession ebp=Enable-PSBreakpoint echo=Write-Output
    epal=Export-Alias epcsv=Export-Csv epsn=Export-PSSession erase=Remove-Item etsn=Enter-PSSession exsn=Exit-PSSession
    fc=Format-Custom fl=Format-List foreach=ForEach-Object ft=Format-Table fw=Format-Wide gal=Get-Alias
    gbp=Get-PSBreakpoint gc=Get-Content gci=Get-ChildItem gcm=Get-Command gcs=Get-PSCallStack gdr=Get-PSDrive
    ghy=Get-History gi=Get-Item gin=Get-ComputerInfo gjb=Get-Job gl=Get-Location gm=Get-Member gmo=Get-Module
    gp=Get-ItemProperty gps=Get-Process gpv=Get-ItemPropertyValue group=Group-Object gsn=Get-PSSession
    gsnp=Get-PSSnapin gsv=Get-Service gtz=Get-TimeZone gu=Get-Unique gv=Get-Variable gwmi=Get-WmiObject h=Get-History
    history=Get-History icm=Invoke-Command iex=Invoke-Expression ihy=Invoke-History ii=Invoke-Item ipal=Import-Alias
    ipcsv=Import-Csv ipmo=Import-Module ipsn=Import-PSSession irm=Invoke-RestMethod ise=powershell_ise.exe
    iwmi=Invoke-WmiMethod iwr=Invoke-WebRequest kill=Stop-Process lp=Out-Printer ls=Get-ChildItem man=help md=mkdir
    measure=Measure-Object mi=Move-Item mount=New-PSDrive move=Move-Item mp=Move-ItemProperty mv=Move-Item nal=New-Alias
    ndr=New-PSDrive ni=New-Item nmo=New-Module npssc=New-PSSessionConfigurationFile nsn=New-PSSession nv=New-Variable
    ogv=Out-GridView oh=Out-Host popd=Pop-Location ps=Get-Process pushd=Push-Location pwd=Get-Location r=Invoke-History
    rbp=Remove-PSBreakpoint rcjb=Receive-Job rcsn=Receive-PSSession rd=Remove-Item rdr=Remove-PSDrive ren=Rename-Item
    ri=Remove-Item rjb=Remove-Job rm=Remove-Item rmdir=Remove-Item rmo=Remove-Module rni=Rename-Item
    rnp=Rename-ItemProperty rp=Remove-ItemProperty rsn=Remove-PSSession rsnp=Remove-PSSnapin rujb=Resume-Job
    rv=Remove-Variable rvpa=Resolve-Path rwmi=Remove-WmiObject sajb=Start-Job sal=Set-Alias saps=Start-Process
    sasv=Start-Service sbp=Set-PSBreakpoint sc=Set-Content select=Select-Object set=Set-Variable shcm=Show-Command
    si=Set-Item sl=Set-Location sleep=Start-Sleep sls=Select-String sort=Sort-Object sp=Set-ItemProperty
    spjb=Stop-Job spps=Stop-Process spsv=Stop-Service start=Start-Process stz=Set-TimeZone sujb=Suspend-Job
    sv=Set-Variable swmi=Set-WmiInstance tee=Tee-Object trcm=Trace-Command type=Get-Content wget=Invoke-WebRequest
    where=Where-Object wjb=Wait-Job write=Write-Output
    """.split()  # noqa: SIM905 - as above
)
SHORT_PARAMETERS = {
    "cf": "Confirm",
    "db": "Debug",
    "ea": "ErrorAction",
    "ev": "ErrorVariable",
    "infa": "InformationAction",
    "iv": "InformationVariable",
    "ob": "OutBuffer",
    "ov": "OutVariable",
    "pv": "PipelineVariable",
    "vb": "Verbose",
    "wa": "WarningAction",
    "wi": "WhatIf",
    "wv": "WarningVariable",
}
