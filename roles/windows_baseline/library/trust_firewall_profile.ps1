#!powershell

# Reads and sets one profile of Windows Firewall. Options: trust_firewall_profile.py.
# Pages of learn.microsoft.com: Get-NetFirewallProfile, Set-NetFirewallProfile, Get-NetFirewallRule,
# Get-NetFirewallPortFilter (NetSecurity; ActiveStore is the sum of all policies that are in force, RSOP that of the group
# policies alone; what a policy does not say is NotConfigured),
# Get-NetTCPConnection (NetTCPIP), Get-WSManInstance (Microsoft.WSMan.Management).

#AnsibleRequires -CSharpUtil Ansible.Basic

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$spec = @{
    options = @{
        name = @{ type = 'str'; required = $true; choices = @('Domain', 'Private', 'Public') }
        enabled = @{ type = 'bool' }
        inbound = @{ type = 'str'; choices = @('allow', 'block') }
        outbound = @{ type = 'str'; choices = @('allow', 'block') }
        notify = @{ type = 'bool' }
        log_file = @{ type = 'str' }
        log_kilobytes = @{ type = 'int' }
        log_allowed = @{ type = 'bool' }
        log_blocked = @{ type = 'bool' }
        operation = @{ type = 'str'; choices = @('read', 'set'); default = 'set' }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)
$name = $module.Params.name

# Flags are of the type GpoBoolean: True, False, NotConfigured.
$flags = @{
    enabled = 'Enabled'
    notify = 'NotifyOnListen'
    log_allowed = 'LogAllowed'
    log_blocked = 'LogBlocked'
}
$actions = @{
    inbound = 'DefaultInboundAction'
    outbound = 'DefaultOutboundAction'
}

function Get-PolicyOption {
    # Options that a group policy sets: what is set here is not in force while it does.
    param($Policy)

    if ($null -eq $Policy) {
        return
    }
    foreach ($option in @($flags.Keys) + @($actions.Keys) | Sort-Object) {
        $property = if ($flags.ContainsKey($option)) { $flags[$option] } else { $actions[$option] }
        if (([String]$Policy.$property) -ne 'NotConfigured') {
            $option
        }
    }
}

function Get-OpenPort {
    # The local ports, as they are written, of enabled inbound rules that allow TCP in this profile. Whom a rule lets in
    # is not looked at. Where a group policy says that the server's own rules do not count, only those of policies do.
    param($Policy)

    $own = $null -eq $Policy -or ([String]$Policy.AllowLocalFirewallRules) -ne 'False'
    $rules = @(
        Get-NetFirewallRule -PolicyStore 'ActiveStore' |
            Where-Object -FilterScript { $own -or ([String]$_.PolicyStoreSourceType) -eq 'GroupPolicy' } |
            Where-Object -FilterScript { ([String]$_.Direction) -eq 'Inbound' -and ([String]$_.Action) -eq 'Allow' } |
            Where-Object -FilterScript { ([String]$_.Enabled) -eq 'True' } |
            Where-Object -FilterScript { ([String]$_.Profile) -eq 'Any' -or ([String]$_.Profile) -match "\b$name\b" } |
            ForEach-Object -Process { $_.InstanceID }
    )
    Get-NetFirewallPortFilter -PolicyStore 'ActiveStore' |
        Where-Object -FilterScript { $_.InstanceID -in $rules -and ([String]$_.Protocol) -in @('TCP', '6', 'Any') } |
        ForEach-Object -Process { $_.LocalPort } |
        ForEach-Object -Process { [String]$_ } |
        Sort-Object -Unique
}

function Get-WayIn {
    # Local ports that WinRM is being spoken to on now: that of this very connection is one of them.
    $ports = @(
        Get-WSManInstance -ResourceURI 'winrm/config/listener' -Enumerate |
            Where-Object -FilterScript { $_.Enabled -eq 'true' } |
            ForEach-Object -Process { [UInt16]$_.Port }
    )
    Get-NetTCPConnection |
        Where-Object -FilterScript { ([String]$_.State) -eq 'Established' -and $_.LocalPort -in $ports } |
        ForEach-Object -Process { [Int32]$_.LocalPort } |
        Sort-Object -Unique
}

if ($module.Params.operation -eq 'read') {
    $firewall = Get-NetFirewallProfile -Name $name -PolicyStore 'ActiveStore'
    $value = @{
        log_file = [String]$firewall.LogFileName
        log_kilobytes = [Int64]$firewall.LogMaxSizeKilobytes
    }
    foreach ($option in $flags.Keys) {
        $value[$option] = ([String]$firewall.($flags[$option])) -eq 'True'
    }
    foreach ($option in $actions.Keys) {
        $value[$option] = ([String]$firewall.($actions[$option])).ToLowerInvariant()
    }
    $module.Result.value = $value
    $policy = Get-NetFirewallProfile -Name $name -PolicyStore 'RSOP'
    $module.Result.facts = @{
        way_in = [Int32[]]@(Get-WayIn)
        open_ports = [String[]]@(Get-OpenPort -Policy $policy)
        policy = [String[]]@(Get-PolicyOption -Policy $policy)
    }
    $module.ExitJson()
}

if ($module.CheckMode) {
    $module.FailJson('trust_firewall_profile does not set anything in check mode.')
}

$wanted = @{}
foreach ($option in @($flags.Keys | Where-Object -FilterScript { $null -ne $module.Params[$_] })) {
    $wanted[$flags[$option]] = ([Boolean]$module.Params[$option]).ToString()
}
foreach ($option in @($actions.Keys | Where-Object -FilterScript { $null -ne $module.Params[$_] })) {
    $wanted[$actions[$option]] = $module.Params[$option]
}
if ($null -ne $module.Params.log_file) {
    $wanted.LogFileName = $module.Params.log_file
}
if ($null -ne $module.Params.log_kilobytes) {
    $wanted.LogMaxSizeKilobytes = [UInt64]$module.Params.log_kilobytes
}
if ($wanted.Count -gt 0) {
    Set-NetFirewallProfile -Name $name @wanted -Confirm:$false
    $module.Result.changed = $true
}
$module.ExitJson()
