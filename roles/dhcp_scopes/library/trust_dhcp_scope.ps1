#!powershell

#AnsibleRequires -CSharpUtil Ansible.Basic

# Cmdlets, learn.microsoft.com "DhcpServer Module": Get-, Add-, Set-DhcpServerv4Scope (StartRange and EndRange go together; State is
# Active or InActive); Get-, Add-, Remove-DhcpServerv4ExclusionRange; Get-, Set-, Remove-DhcpServerv4OptionValue (Router, DnsServer and
# DnsDomain of its CommonOptions set, where Force leaves out asking the DNS servers; OptionId and Value for all others);
# Get-DhcpServerv4Failover, Add-DhcpServerv4FailoverScope, Invoke-DhcpServerv4FailoverReplication; Get-DhcpServerv4Lease,
# Get-DhcpServerv4Reservation, Get-DhcpServerv4OptionDefinition. An endless lease is 0xffffffff seconds (RFC 2131, 3.3);
# that the cmdlets take and give TimeSpan's greatest value for it is unverified.

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$spec = @{
    options = @{
        scope_id = @{ type = 'str'; required = $true }
        mask = @{ type = 'str' }
        name = @{ type = 'str' }
        description = @{ type = 'str' }
        start = @{ type = 'str' }
        end = @{ type = 'str' }
        lease_seconds = @{ type = 'int' }
        exclusions = @{
            type = 'list'
            elements = 'dict'
            options = @{
                start = @{ type = 'str'; required = $true }
                end = @{ type = 'str'; required = $true }
            }
        }
        routers = @{ type = 'list'; elements = 'str' }
        dns_servers = @{ type = 'list'; elements = 'str' }
        domain_name = @{ type = 'str' }
        ntp_servers = @{ type = 'list'; elements = 'str' }
        options = @{
            type = 'list'
            elements = 'dict'
            options = @{
                id = @{ type = 'int'; required = $true }
                values = @{ type = 'list'; elements = 'str'; required = $true }
            }
        }
        failover = @{ type = 'str' }
        active = @{ type = 'bool' }
        operation = @{ type = 'str'; choices = 'read', 'set'; default = 'set' }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)
$id = $module.Params.scope_id

# Options that have a property of their own; 51, the lease, which the scope itself carries; 81, in which the server keeps
# what Set-DhcpServerv4DnsSetting says (that it is listed among the scope's values is unverified; it is never touched).
$own = 3, 6, 15, 42, 51, 81

# 0xffffffff: for ever.
$endless = 4294967295

function Get-Failover {
    # All are read and searched: asked for a scope that none carries, the cmdlet fails as it does without rights.
    param([string]$Id)

    Get-DhcpServerv4Failover | Where-Object { @($_.ScopeId | ForEach-Object { [string]$_ }) -contains $Id } | Select-Object -First 1
}

function ConvertTo-Text {
    # Numbers in decimal: set by either, they may be told in hexadecimal. The words are those of "DhcpServerv4OptionValue class".
    param([string]$Value, [string]$Type)

    if ('Byte', 'Word', 'DWord', 'DWordDWord' -contains $Type -and $Value -like '0x*') { return [string][System.Convert]::ToUInt64($Value, 16) }
    $Value
}

function Get-Scope {
    param([string]$Id, $Scope)

    $options = @{}
    foreach ($one in @(Get-DhcpServerv4OptionValue -ScopeId $Id)) {
        if (-not $one.VendorClass -and -not $one.UserClass -and -not $one.PolicyName) {
            $options[[int]$one.OptionId] = @($one.Value | ForEach-Object { ConvertTo-Text -Value $_ -Type $one.Type })
        }
    }
    $failover = Get-Failover -Id $Id
    $lease = $Scope.LeaseDuration
    @{
        mask = [string]$Scope.SubnetMask
        name = [string]$Scope.Name
        description = [string]$Scope.Description
        start = [string]$Scope.StartRange
        end = [string]$Scope.EndRange
        lease_seconds = if ($lease.TotalSeconds -ge $endless) { 0 } else { [long]$lease.TotalSeconds }
        exclusions = @(Get-Exclusion -Id $Id | Sort-Object -Property { [System.Version]$_.start })
        routers = @(if ($options.ContainsKey(3)) { $options[3] })
        dns_servers = @(if ($options.ContainsKey(6)) { $options[6] })
        domain_name = [string](@(if ($options.ContainsKey(15)) { $options[15] }) | Select-Object -First 1)
        ntp_servers = @(if ($options.ContainsKey(42)) { $options[42] })
        options = @(
            $options.Keys | Where-Object { $own -notcontains $_ } | Sort-Object |
                ForEach-Object { @{ id = $_; values = @($options[$_]) } }
        )
        failover = if ($null -ne $failover) { [string]$failover.Name } else { '' }
        active = [string]$Scope.State -eq 'Active'
    }
}

function Get-Partner {
    # What the partner says of its own copy. The cmdlets that replicate sign in there as this login, so whoever is refused
    # here is refused there: a login by Kerberos or NTLM goes no further than this server unless it is delegated
    # (learn.microsoft.com, "Making the second hop in PowerShell Remoting").
    param([string]$Id, $Scope, $Failover)

    $said = @{ failover = [string]$Failover.Name; partner = [string]$Failover.PartnerServer; problem = ''; scope = $false; alone = @() }
    try {
        $there = Get-DhcpServerv4Scope -ComputerName $said.partner | Where-Object { [string]$_.ScopeId -eq $Id }
        if ($null -eq $there) { return $said }
        $said.scope = $true
        $kept = @(Get-DhcpServerv4Reservation -ComputerName $said.partner -ScopeId $Id)
    }
    catch {
        $said.problem = [string]$_.Exception.Message
        return $said
    }
    if ($kept.Count -gt 0) {
        $here = @(
            if ($null -ne $Scope) { Get-DhcpServerv4Reservation -ScopeId $Id | ForEach-Object { '{0} {1}' -f $_.IPAddress, $_.ClientId } }
        )
        $alone = @($kept | Where-Object { $here -notcontains ('{0} {1}' -f $_.IPAddress, $_.ClientId) })
        $said.alone = @($alone | ForEach-Object { [string]$_.IPAddress } | Sort-Object -Property { [System.Version]$_ })
    }
    $said
}

function Get-Fact {
    param([string]$Id, $Scope)

    $relationships = @(Get-DhcpServerv4Failover)
    $facts = @{
        scope_id = $Id
        scopes = @(
            Get-DhcpServerv4Scope | Where-Object { [string]$_.ScopeId -ne $Id } |
                ForEach-Object { @{ scope_id = [string]$_.ScopeId; mask = [string]$_.SubnetMask; name = [string]$_.Name } }
        )
        failovers = @($relationships | ForEach-Object { [string]$_.Name } | Sort-Object)
        partners = @($relationships | ForEach-Object { Get-Partner -Id $Id -Scope $Scope -Failover $_ })
        defined = @(
            Get-DhcpServerv4OptionDefinition | Where-Object { -not $_.VendorClass } |
                ForEach-Object { @{ id = [int]$_.OptionId; type = [string]$_.Type } }
        )
    }
    if ($null -ne $Scope) {
        $leased = @(
            Get-DhcpServerv4Lease -ScopeId $Id | ForEach-Object { [string]$_.IPAddress } |
                Sort-Object -Property { [System.Version]$_ }
        )
        if ($leased.Count -gt 0) { $facts.leased = @{ first = $leased[0]; last = $leased[-1] } }
    }
    $facts
}

function Get-Exclusion {
    param([string]$Id)

    foreach ($one in @(Get-DhcpServerv4ExclusionRange -ScopeId $Id)) { @{ start = [string]$one.StartRange; end = [string]$one.EndRange } }
}

function Test-In {
    param($Range, [object[]]$Ranges)

    @($Ranges | Where-Object { $_.start -eq $Range.start -and $_.end -eq $Range.end }).Count -gt 0
}

function Test-Across {
    # Whether two ranges have an address in common.
    param($One, $Other)

    [System.Version]$One.start -le [System.Version]$Other.end -and [System.Version]$Other.start -le [System.Version]$One.end
}

function Test-Within {
    param($Range, $Outer)

    [System.Version]$Outer.start -le [System.Version]$Range.start -and [System.Version]$Range.end -le [System.Version]$Outer.end
}

function Add-Exclusion {
    # What is new comes before what is old goes: an address that stays excluded must not be leased in between. Only where
    # Windows takes no new range, as an old one lies across it, that one goes immediately before. Where a pool is given, only
    # what is within it.
    param([string]$Id, [object[]]$Wanted, $Pool)

    foreach ($one in $Wanted) {
        $there = @(Get-Exclusion -Id $Id)
        if (Test-In -Range $one -Ranges $there) { continue }
        if ($null -ne $Pool -and -not (Test-Within -Range $one -Outer $Pool)) { continue }
        foreach ($old in $there) {
            if (Test-Across -One $one -Other $old) {
                Remove-DhcpServerv4ExclusionRange -ScopeId $Id -StartRange $old.start -EndRange $old.end -Confirm:$false
            }
        }
        Add-DhcpServerv4ExclusionRange -ScopeId $Id -StartRange $one.start -EndRange $one.end -Confirm:$false
    }
}

function Remove-Exclusion {
    # What is not wanted; of that only what is not within a pool, where one is given.
    param([string]$Id, [object[]]$Wanted, $Beside)

    foreach ($old in @(Get-Exclusion -Id $Id)) {
        if (Test-In -Range $old -Ranges $Wanted) { continue }
        if ($null -ne $Beside -and (Test-Within -Range $old -Outer $Beside)) { continue }
        Remove-DhcpServerv4ExclusionRange -ScopeId $Id -StartRange $old.start -EndRange $old.end -Confirm:$false
    }
}

function Set-Option {
    # A property that is given empty, or an option that is missing from the given list, loses its value.
    param([string]$Id, $Given)

    $there = @(
        Get-DhcpServerv4OptionValue -ScopeId $Id |
            Where-Object { -not $_.VendorClass -and -not $_.UserClass -and -not $_.PolicyName } | ForEach-Object { [int]$_.OptionId }
    )
    $gone = @()
    if ($null -ne $Given.routers -and $Given.routers.Count -eq 0) { $gone += 3 }
    if ($null -ne $Given.dns_servers -and $Given.dns_servers.Count -eq 0) { $gone += 6 }
    if ($null -ne $Given.domain_name -and $Given.domain_name -eq '') { $gone += 15 }
    if ($null -ne $Given.ntp_servers -and $Given.ntp_servers.Count -eq 0) { $gone += 42 }
    if ($null -ne $Given.options) {
        $named = @($Given.options | ForEach-Object { [int]$_.id })
        $gone += @($there | Where-Object { $own -notcontains $_ -and $named -notcontains $_ })
    }
    foreach ($one in $gone) {
        if ($there -contains $one) { Remove-DhcpServerv4OptionValue -ScopeId $Id -OptionId $one -Confirm:$false }
    }

    $common = @{}
    if ($Given.routers) { $common.Router = $Given.routers }
    if ($Given.dns_servers) { $common.DnsServer = $Given.dns_servers }
    if ($Given.domain_name) { $common.DnsDomain = $Given.domain_name }
    if ($common.Count -gt 0) { Set-DhcpServerv4OptionValue -ScopeId $Id -Force -Confirm:$false @common }
    if ($Given.ntp_servers) { Set-DhcpServerv4OptionValue -ScopeId $Id -OptionId 42 -Value $Given.ntp_servers -Confirm:$false }
    foreach ($one in @($Given.options | Where-Object { $null -ne $_ })) {
        Set-DhcpServerv4OptionValue -ScopeId $Id -OptionId $one.id -Value $one.values -Confirm:$false
    }
}

if ($null -eq (Get-Module -ListAvailable -Name DhcpServer)) {
    if ($module.Params.operation -eq 'set') {
        $module.FailJson('the cmdlets of the DHCP server are not on this server: the features DHCP and RSAT-DHCP are missing')
    }
    $module.Result.value = $null
    $module.Result.facts = @{ scope_id = $id }
    $module.ExitJson()
}
$scope = Get-DhcpServerv4Scope | Where-Object { [string]$_.ScopeId -eq $id }

if ($module.Params.operation -eq 'read') {
    $module.Result.value = if ($null -ne $scope) { Get-Scope -Id $id -Scope $scope } else { $null }
    $module.Result.facts = Get-Fact -Id $id -Scope $scope
    $module.ExitJson()
}
if ($module.CheckMode) { $module.FailJson('set is not for check mode') }

$given = $module.Params
$change = @{}
if ($null -ne $given.name) { $change.Name = $given.name }
if ($null -ne $given.description) { $change.Description = $given.description }
if ($null -ne $given.lease_seconds) {
    $change.LeaseDuration = if ($given.lease_seconds -eq 0) { [System.TimeSpan]::MaxValue } else { [System.TimeSpan]::FromSeconds($given.lease_seconds) }
}
# Both ends go together. A range is given only if it is another: whether Windows takes the same one again is not documented.
$start = if ($null -eq $given.start -and $null -ne $scope) { [string]$scope.StartRange } else { $given.start }
$end = if ($null -eq $given.end -and $null -ne $scope) { [string]$scope.EndRange } else { $given.end }
if ($null -eq $scope -or $start -ne [string]$scope.StartRange -or $end -ne [string]$scope.EndRange) {
    $change.StartRange = $start
    $change.EndRange = $end
}
if ($null -ne $scope -and $null -ne $given.exclusions) {
    # What is given is the whole set. What is outside of the new range goes before the range changes.
    Add-Exclusion -Id $id -Wanted @($given.exclusions) -Pool @{ start = [string]$scope.StartRange; end = [string]$scope.EndRange }
    Remove-Exclusion -Id $id -Wanted @($given.exclusions) -Beside @{ start = $start; end = $end }
}
if ($null -eq $scope) {
    # Inactive until it is whole: a client must not get an address without a gateway.
    Add-DhcpServerv4Scope -SubnetMask $given.mask -State InActive -Confirm:$false @change
}
elseif ($change.Count -gt 0) {
    Set-DhcpServerv4Scope -ScopeId $id -Confirm:$false @change
}
if ($null -ne $given.exclusions) {
    Add-Exclusion -Id $id -Wanted @($given.exclusions)
    Remove-Exclusion -Id $id -Wanted @($given.exclusions)
}
Set-Option -Id $id -Given $given
if ($null -ne $given.active) {
    Set-DhcpServerv4Scope -ScopeId $id -State $(if ($given.active) { 'Active' } else { 'InActive' }) -Confirm:$false
}
if ($given.failover) {
    if ($null -eq (Get-Failover -Id $id)) { Add-DhcpServerv4FailoverScope -Name $given.failover -ScopeId $id -Confirm:$false }
}
if ($null -ne (Get-Failover -Id $id)) {
    # The partner keeps its own copy of a scope's settings until it is told ("Invoke-DhcpServerv4FailoverReplication").
    # It gives texts (its page, "Outputs"), which are no part of a module's answer.
    $null = Invoke-DhcpServerv4FailoverReplication -ScopeId $id -Force -Confirm:$false
}
$module.Result.changed = $true
$module.ExitJson()
