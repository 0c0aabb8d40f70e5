#!powershell

#AnsibleRequires -CSharpUtil Ansible.Basic

# Cmdlets, learn.microsoft.com "DnsServer Module": Get-DnsServerZone (ZoneType, ReplicationScope, DynamicUpdate, MasterServers);
# Add-, Set-DnsServerPrimaryZone; Add-, Set-DnsServerConditionalForwarderZone (MasterServers and ReplicationScope are of different
# parameter sets of Set); Get-, Set-DnsServerZoneAging; Get-DnsServerResourceRecord (HostName,
# relative to the zone; all are read, as asked for a name that is not there it fails as it does without rights).

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$spec = @{
    options = @{
        name = @{ type = 'str'; required = $true }
        type = @{ type = 'str'; choices = 'primary', 'forwarder' }
        replication = @{ type = 'str'; choices = 'forest', 'domain', 'legacy', 'custom', 'none' }
        dynamic_update = @{ type = 'str'; choices = 'secure', 'none', 'nonsecureandsecure' }
        aging = @{ type = 'bool' }
        masters = @{ type = 'list'; elements = 'str' }
        operation = @{ type = 'str'; choices = 'read', 'set'; default = 'set' }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)
$name = $module.Params.name.TrimEnd('.')

function Get-Zone {
    param($Zone)

    $value = @{
        type = ([string]$Zone.ZoneType).ToLowerInvariant()
        replication = if ($Zone.IsDsIntegrated) { ([string]$Zone.ReplicationScope).ToLowerInvariant() } else { 'none' }
    }
    if ($value.type -eq 'primary') {
        $value.dynamic_update = ([string]$Zone.DynamicUpdate).ToLowerInvariant()
        $value.aging = [bool](Get-DnsServerZoneAging -Name $Zone.ZoneName).AgingEnabled
    }
    else {
        $value.masters = @($Zone.MasterServers | Where-Object { $null -ne $_ } | ForEach-Object { [string]$_ })
    }
    $value
}

function Get-Above {
    # The zone that answers for this name now, and how many of its names a zone of this name would hide.
    param([string]$Name, [object[]]$Zone, [bool]$Exists)

    $labels = $Name -split '\.'
    for ($at = 1; $at -lt $labels.Count; $at++) {
        $above = $labels[$at..($labels.Count - 1)] -join '.'
        $parent = $Zone | Where-Object { $_.ZoneName -eq $above -and [string]$_.ZoneType -eq 'Primary' }
        if ($null -eq $parent) { continue }
        $hidden = @()
        if (-not $Exists) {
            $below = $labels[0..($at - 1)] -join '.'
            $hidden = @(
                Get-DnsServerResourceRecord -ZoneName $above | Where-Object {
                    ($_.HostName -eq $below -or $_.HostName -like "*.$below") -and 'NS', 'SOA' -notcontains [string]$_.RecordType
                }
            )
        }
        return @{ name = $Name; parent = $above; hidden = $hidden.Count }
    }
    @{ name = $Name; parent = ''; hidden = 0 }
}

if ($null -eq (Get-Module -ListAvailable -Name DnsServer)) {
    if ($module.Params.operation -eq 'set') {
        $module.FailJson('the cmdlets of the DNS server are not on this server: the features DNS and RSAT-DNS-Server are missing')
    }
    $module.Result.value = $null
    $module.Result.facts = @{ name = $name }
    $module.ExitJson()
}
$zones = @(Get-DnsServerZone)
$zone = $zones | Where-Object { $_.ZoneName -eq $name }

if ($module.Params.operation -eq 'read') {
    $module.Result.value = if ($null -ne $zone) { Get-Zone -Zone $zone } else { $null }
    $module.Result.facts = Get-Above -Name $name -Zone $zones -Exists ($null -ne $zone)
    $module.ExitJson()
}
if ($module.CheckMode) { $module.FailJson('set is not for check mode') }

$given = $module.Params
# Moving a zone to where it lies already may be an error, so it is moved only if it lies elsewhere.
$moves = $null -ne $zone -and $null -ne $given.replication -and [string]$zone.ReplicationScope -ne $given.replication
$type = if ($null -ne $zone) { ([string]$zone.ZoneType).ToLowerInvariant() } else { $given.type }
if ($type -eq 'primary') {
    if ($null -eq $zone) {
        $new = @{ ReplicationScope = $given.replication }
        if ($null -ne $given.dynamic_update) { $new.DynamicUpdate = $given.dynamic_update }
        Add-DnsServerPrimaryZone -Name $name -Confirm:$false @new
    }
    else {
        if ($moves) { Set-DnsServerPrimaryZone -Name $name -ReplicationScope $given.replication -Confirm:$false }
        if ($null -ne $given.dynamic_update) { Set-DnsServerPrimaryZone -Name $name -DynamicUpdate $given.dynamic_update -Confirm:$false }
    }
    if ($null -ne $given.aging) { Set-DnsServerZoneAging -Name $name -Aging $given.aging -Confirm:$false }
}
elseif ($null -eq $zone) {
    Add-DnsServerConditionalForwarderZone -Name $name -MasterServers $given.masters -ReplicationScope $given.replication -Confirm:$false
}
else {
    if ($null -ne $given.masters) { Set-DnsServerConditionalForwarderZone -Name $name -MasterServers $given.masters -Confirm:$false }
    if ($moves) {
        Set-DnsServerConditionalForwarderZone -Name $name -ReplicationScope $given.replication -Confirm:$false
    }
}
$module.Result.changed = $true
$module.ExitJson()
