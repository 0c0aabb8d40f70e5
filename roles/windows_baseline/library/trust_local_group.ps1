#!powershell

# Reads and sets the members of a local group. Options: trust_local_group.py.
# Pages of learn.microsoft.com: Get-LocalGroup, New-LocalGroup (Microsoft.PowerShell.LocalAccounts), "IADsGroup
# interface" (Members, Add and Remove of the WinNT provider), "SecurityIdentifier.Translate Method",
# "WindowsIdentity.Groups Property". Get-LocalGroupMember is not used: it fails for a group with a member that no name
# is known for (PowerShell/PowerShell#2996).

#AnsibleRequires -CSharpUtil Ansible.Basic

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$spec = @{
    options = @{
        name = @{ type = 'str'; required = $true }
        members = @{ type = 'list'; elements = 'str' }
        ensured = @{ type = 'list'; elements = 'str' }
        operation = @{ type = 'str'; choices = @('read', 'set'); default = 'set' }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)
$name = $module.Params.name

function ConvertTo-Name {
    # A SID as the baseline writes it: DOMAIN\name, .\name for an account of this server, the SID where none is known.
    param([Security.Principal.SecurityIdentifier]$Sid)

    try {
        $account = $Sid.Translate([Security.Principal.NTAccount]).Value
    }
    catch [Security.Principal.IdentityNotMappedException] {
        return $Sid.Value
    }
    $domain, $rest = $account -split '\\', 2
    if ($null -ne $rest -and $domain -eq $env:COMPUTERNAME) {
        return ".\$rest"
    }
    return $account
}

function ConvertTo-Sid {
    # The SID of a member as the baseline writes it.
    param([String]$Name)

    if ($Name -match '^S-1-\d+(-\d+)+$') {
        return New-Object -TypeName 'Security.Principal.SecurityIdentifier' -ArgumentList $Name
    }
    $full = $Name -replace '^\.\\', "$env:COMPUTERNAME\"
    $account = New-Object -TypeName 'Security.Principal.NTAccount' -ArgumentList $full
    try {
        return $account.Translate([Security.Principal.SecurityIdentifier])
    }
    catch [Security.Principal.IdentityNotMappedException] {
        $module.FailJson("Windows knows no account or group $Name.", $_)
    }
}

function Get-GroupMember {
    # The SIDs of all members of a group.
    param([ADSI]$Group)

    foreach ($member in @($Group.psbase.Invoke('Members'))) {
        $bytes = $member.GetType().InvokeMember('objectSid', 'GetProperty', $null, $member, $null)
        New-Object -TypeName 'Security.Principal.SecurityIdentifier' -ArgumentList ([Byte[]]$bytes), 0
    }
}

$local = Get-LocalGroup | Where-Object -FilterScript { $_.Name -eq $name }

if ($module.Params.operation -eq 'read') {
    $module.Result.value = $null
    $administrators = $false
    if ($null -ne $local) {
        $sids = @(Get-GroupMember -Group ([ADSI]"WinNT://./$name,group"))
        $members = [String[]]@($sids | ForEach-Object -Process { ConvertTo-Name -Sid $_ } | Sort-Object)
        $module.Result.value = @{ members = $members; ensured = $members }
        $administrators = $local.SID.Value -eq 'S-1-5-32-544'
    }
    $me = [Security.Principal.WindowsIdentity]::GetCurrent()
    $module.Result.facts = @{
        administrators = $administrators
        account = ConvertTo-Name -Sid $me.User
        account_groups = [String[]]@($me.Groups | ForEach-Object -Process { ConvertTo-Name -Sid $_ } | Sort-Object)
    }
    $module.ExitJson()
}

if ($module.CheckMode) {
    $module.FailJson('trust_local_group does not set anything in check mode.')
}

# Whoever is wanted must be known before anything is changed.
$wanted = $module.Params.members
if ($null -eq $wanted) {
    $wanted = $module.Params.ensured
}
$shall = @($wanted | Where-Object -FilterScript { $_ } | ForEach-Object -Process { (ConvertTo-Sid -Name $_).Value })
if ($null -eq $local) {
    $null = New-LocalGroup -Name $name -Confirm:$false
}
if ($null -ne $wanted) {
    $group = [ADSI]"WinNT://./$name,group"
    $has = @(Get-GroupMember -Group $group | ForEach-Object -Process { $_.Value })
    foreach ($sid in @($shall | Where-Object -FilterScript { $_ -notin $has })) {
        $group.psbase.Invoke('Add', "WinNT://$sid")
    }
    foreach ($sid in @($has | Where-Object -FilterScript { $_ -notin $shall })) {
        $group.psbase.Invoke('Remove', "WinNT://$sid")
    }
}
$module.Result.changed = $true
$module.ExitJson()
