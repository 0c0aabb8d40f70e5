#!powershell

#AnsibleRequires -CSharpUtil Ansible.Basic

# Cmdlets, learn.microsoft.com "ActiveDirectory Module": Get-, New-, Set-ADReplicationSite; Get-, New-, Set-ADReplicationSubnet
# (Site, Description, Location); Get-, Set-ADReplicationSiteLink (SitesIncluded @{Add=...}). Site and SitesIncluded
# are distinguished names. A site has no Location parameter: its attribute `location` ([MS-ADA2]) is
# written by Replace.

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$spec = @{
    options = @{
        name = @{ type = 'str'; required = $true }
        description = @{ type = 'str' }
        location = @{ type = 'str' }
        subnets = @{
            type = 'list'
            elements = 'dict'
            options = @{
                prefix = @{ type = 'str'; required = $true }
                description = @{ type = 'str' }
                location = @{ type = 'str' }
            }
        }
        links = @{ type = 'list'; elements = 'str' }
        operation = @{ type = 'str'; choices = 'read', 'set'; default = 'set' }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)

function Get-Text {
    param($Entry, [string]$Attribute)

    [string]($Entry[$Attribute] | Select-Object -First 1)
}

function Get-Change {
    # Replace for what is given, Clear for what is given empty: an attribute of the directory is never an empty text.
    param([System.Collections.IDictionary]$Given)

    $change = @{}
    foreach ($attribute in 'description', 'location') {
        if ($null -eq $Given[$attribute]) { continue }
        if ($Given[$attribute] -eq '') {
            $change['Clear'] = @($change['Clear'] | Where-Object { $_ }) + $attribute
        }
        else {
            if (-not $change.ContainsKey('Replace')) { $change['Replace'] = @{} }
            $change['Replace'][$attribute] = $Given[$attribute]
        }
    }
    $change
}

function Get-SiteName {
    param([string]$DistinguishedName)

    if ($DistinguishedName) { ($DistinguishedName -split ',', 2)[0].Substring(3) } else { '' }
}

function Get-Site {
    param([string]$Name)

    $site = Get-ADReplicationSite -Filter * -Properties @('description', 'location') | Where-Object { $_.Name -eq $Name }
    $subnets = @(Get-ADReplicationSubnet -Filter * -Properties @('Description', 'Location', 'Site'))
    $links = @(Get-ADReplicationSiteLink -Filter * -Properties 'SitesIncluded')
    $dn = if ($null -ne $site) { [string]$site.DistinguishedName } else { '' }

    $mine = @($subnets | Where-Object { $dn -and (Get-Text -Entry $_ -Attribute 'Site') -eq $dn })
    $others = @($subnets | Where-Object { -not $dn -or (Get-Text -Entry $_ -Attribute 'Site') -ne $dn })
    $facts = @{
        links = @($links | ForEach-Object { [string]$_.Name } | Sort-Object)
        subnets = @($others | ForEach-Object {
                @{ prefix = [string]$_.Name; site = Get-SiteName -DistinguishedName (Get-Text -Entry $_ -Attribute 'Site') }
            })
    }
    $value = $null
    if ($dn) {
        $value = @{
            description = Get-Text -Entry $site -Attribute 'description'
            location = Get-Text -Entry $site -Attribute 'location'
            subnets = @($mine | Sort-Object -Property Name | ForEach-Object {
                    @{
                        prefix = [string]$_.Name
                        description = Get-Text -Entry $_ -Attribute 'description'
                        location = Get-Text -Entry $_ -Attribute 'location'
                    }
                })
            links = @($links | Where-Object { @($_['SitesIncluded']) -contains $dn } | ForEach-Object { [string]$_.Name } | Sort-Object)
        }
    }
    @{ value = $value; facts = $facts }
}

$name = $module.Params.name
$present = $null -ne (Get-Module -ListAvailable -Name ActiveDirectory)
if (-not $present) {
    if ($module.Params.operation -eq 'set') {
        $module.FailJson('the cmdlets of Active Directory are not on this server: the feature RSAT-AD-PowerShell is missing')
    }
    $module.Result.value = $null
    $module.Result.facts = @{ links = @(); subnets = @() }
    $module.ExitJson()
}
Import-Module -Name ActiveDirectory
$now = Get-Site -Name $name

if ($module.Params.operation -eq 'read') {
    $module.Result.value = $now.value
    $module.Result.facts = $now.facts
    $module.ExitJson()
}
if ($module.CheckMode) { $module.FailJson('set is not for check mode') }

if ($null -eq $now.value) { New-ADReplicationSite -Name $name -Confirm:$false }
$change = Get-Change -Given $module.Params
if ($change.Count -gt 0) { Set-ADReplicationSite -Identity $name -Confirm:$false @change }

if ($null -ne $module.Params.subnets) {
    $known = @(Get-ADReplicationSubnet -Filter * | ForEach-Object { [string]$_.Name })
    foreach ($subnet in $module.Params.subnets) {
        if ($known -contains $subnet.prefix) {
            Set-ADReplicationSubnet -Identity $subnet.prefix -Site $name -Confirm:$false
        }
        else {
            New-ADReplicationSubnet -Name $subnet.prefix -Site $name -Confirm:$false
        }
        $change = Get-Change -Given $subnet
        if ($change.Count -gt 0) { Set-ADReplicationSubnet -Identity $subnet.prefix -Confirm:$false @change }
    }
}
if ($null -ne $module.Params.links) {
    $in = if ($null -eq $now.value) { @() } else { $now.value.links }
    foreach ($link in $module.Params.links) {
        if ($in -notcontains $link) {
            Set-ADReplicationSiteLink -Identity $link -SitesIncluded @{ Add = $name } -Confirm:$false
        }
    }
}
$module.Result.changed = $true
$module.ExitJson()
