#!powershell

#AnsibleRequires -CSharpUtil Ansible.Basic

# Cmdlets, learn.microsoft.com "Hyper-V Module": Get-VMSwitch, New-VMSwitch (NetAdapterName makes it external, SwitchType only
# Internal or Private), Set-VMSwitch (NetAdapterName, AllowManagementOS, DefaultFlowMinimumBandwidthWeight, Notes),
# Get-VMSwitchTeam, Set-VMSwitchTeam (NetAdapterName replaces the members; LoadBalancingAlgorithm), Remove-VMSwitch;
# Get-, Add-, Rename-, Remove-VMNetworkAdapter with ManagementOS, Set-VMNetworkAdapter (MinimumBandwidthWeight),
# Get-VMNetworkAdapterVlan (OperationMode, AccessVlanId), Set-VMNetworkAdapterVlan (Untagged; Access with VlanId),
# Set-VMNetworkAdapterIsolation (IsolationMode Vlan is the other way to tag an adapter, beside the one above).
# "NetAdapter Module": Get-NetAdapter (Name, InterfaceDescription, Status, DeviceID), Rename-NetAdapter. "NetTCPIP Module":
# Get- and New-NetRoute, Get-NetTCPConnection, Get- and New-NetIPAddress. "DnsClient Module": Get- and
# Set-DnsClientServerAddress. Get-WSManInstance (Microsoft.WSMan.Management).
# "Converged NIC in a Teamed NIC configuration" (windows-server/networking): Rename-VMNetworkAdapter renames the connection
# too; and where the address did not move with New-VMSwitch, New-NetIPAddress puts it on the adapter that was made. That
# it moves of itself, and from which adapter of a team, is on no page: unverified.
# None of these cmdlets asks back (their ConfirmImpact is Medium) but Remove-VMSwitch, which -Force answers.

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$spec = @{
    options = @{
        name = @{ type = 'str'; required = $true }
        type = @{ type = 'str'; choices = 'External', 'Internal', 'Private' }
        adapters = @{ type = 'list'; elements = 'str' }
        embedded_teaming = @{ type = 'bool' }
        load_balancing = @{ type = 'str'; choices = 'HyperVPort', 'Dynamic' }
        bandwidth_mode = @{ type = 'str'; choices = 'Weight', 'Absolute', 'None' }
        default_weight = @{ type = 'int' }
        sriov = @{ type = 'bool' }
        management_adapters = @{
            type = 'list'
            elements = 'dict'
            options = @{
                name = @{ type = 'str'; required = $true }
                vlan = @{ type = 'int' }
                bandwidth_weight = @{ type = 'int' }
                host_address = @{ type = 'bool' }
            }
        }
        notes = @{ type = 'str' }
        state = @{ type = 'str'; choices = 'present', 'absent'; default = 'present' }
        operation = @{ type = 'str'; choices = 'read', 'set'; default = 'set' }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)
$name = $module.Params.name

# Hyper-V answers once its cmdlets are there and its service runs; between the feature and the restart it is not there.
function Test-HyperV {
    $service = Get-Service -Name 'vmms' -ErrorAction SilentlyContinue
    $cmdlet = Get-Command -Name 'Get-VMSwitch' -ErrorAction SilentlyContinue
    if ($null -eq $service -or $null -eq $cmdlet) {
        return $false
    }
    # It starts with Windows, and WinRM may answer before.
    $until = [System.DateTime]::UtcNow.AddSeconds(60)
    while ([string]$service.Status -ne 'Running') {
        if (-not (Get-CimInstance -ClassName Win32_ComputerSystem).HypervisorPresent) {
            return $false
        }
        if ([System.DateTime]::UtcNow -gt $until) {
            throw "Hyper-V is installed and its service vmms is $($service.Status)"
        }
        Start-Sleep -Seconds 1
        $service.Refresh()
    }
    return $true
}

function Get-Switch {
    param([string]$Name)

    $found = @(Get-VMSwitch | Where-Object { $_.Name -eq $Name })
    if ($found.Count -gt 1) {
        throw "$($found.Count) virtual switches have this name"
    }
    $found | Select-Object -First 1
}

# The names of the network adapters that a switch is bound to; Hyper-V itself knows their descriptions.
function Get-BoundAdapter {
    param($VMSwitch)

    $descriptions = @($VMSwitch.NetAdapterInterfaceDescriptions | Where-Object { $_ })
    if ($descriptions.Count -eq 0) {
        $descriptions = @($VMSwitch.NetAdapterInterfaceDescription | Where-Object { $_ })
    }
    $adapters = @(Get-NetAdapter)
    foreach ($description in $descriptions) {
        $adapter = $adapters | Where-Object { $_.InterfaceDescription -eq $description } | Select-Object -First 1
        if ($null -eq $adapter) { [string]$description } else { [string]$adapter.Name }
    }
}

# The adapters that have the default gateway; where none has, those that WinRM is spoken to on now.
function Get-GatewayAdapter {
    $routes = @(Get-NetRoute -DestinationPrefix '0.0.0.0/0' -ErrorAction SilentlyContinue)
    if ($routes.Count -gt 0) {
        return @($routes | ForEach-Object { [string]$_.InterfaceAlias } | Sort-Object -Unique)
    }
    Get-WayIn
}

function Get-WayIn {
    $ports = @(
        Get-WSManInstance -ResourceURI 'winrm/config/listener' -Enumerate |
            Where-Object { $_.Enabled -eq 'true' } |
            ForEach-Object { [System.UInt16]$_.Port }
    )
    $connections = @(
        Get-NetTCPConnection | Where-Object { [string]$_.State -eq 'Established' -and $ports -contains $_.LocalPort }
    )
    $local = @($connections | ForEach-Object { [string]$_.LocalAddress } | Sort-Object -Unique)
    @(
        Get-NetIPAddress | Where-Object { $local -contains [string]$_.IPAddress } |
            ForEach-Object { [string]$_.InterfaceAlias } | Sort-Object -Unique
    )
}

# The name of the connection of a management adapter: Windows calls it "vEthernet (NAME)", and anybody can rename it.
function Get-ConnectionName {
    param($Adapter)

    $found = @(Get-NetAdapter | Where-Object { [string]$_.DeviceID -eq [string]$Adapter.DeviceId })
    if ($found.Count -eq 1) { [string]$found[0].Name } else { "vEthernet ($($Adapter.Name))" }
}

function Get-ManagementAdapter {
    param($VMSwitch, [bool]$Weighted)

    $carrying = @(Get-GatewayAdapter)
    foreach ($adapter in @(Get-VMNetworkAdapter -ManagementOS -SwitchName $VMSwitch.Name | Sort-Object -Property Name)) {
        $vlan = Get-VMNetworkAdapterVlan -VMNetworkAdapter $adapter
        $mode = [string]$vlan.OperationMode
        if ($mode -ne 'Access' -and $mode -ne 'Untagged') {
            $known = 'Only one VLAN (access) or none is known of an adapter of the host itself: put it in one, then plan again'
            throw "its management adapter $($adapter.Name) is in VLAN mode ${mode}. $known"
        }
        # The other way to tag; with DefaultIsolationID 0 it tags nothing.
        $isolation = $adapter.IsolationSetting
        $isolated = $null -ne $isolation -and [string]$isolation.IsolationMode -eq 'Vlan' -and $isolation.DefaultIsolationID -ne 0
        if ($mode -eq 'Untagged' -and $isolated) {
            throw "its management adapter $($adapter.Name) has its VLAN by isolation: that is not told as a VLAN"
        }
        $one = @{
            name = [string]$adapter.Name
            vlan = if ($mode -eq 'Access') { [int]$vlan.AccessVlanId } else { 0 }
            host_address = $carrying -contains (Get-ConnectionName -Adapter $adapter)
        }
        if ($Weighted) {
            $bandwidth = $adapter.BandwidthSetting
            $one.bandwidth_weight = if ($null -eq $bandwidth) { 0 } else { [int]$bandwidth.MinimumBandwidthWeight }
        }
        $one
    }
}

function Get-Value {
    param($VMSwitch)

    # New-VMSwitch: Default stands for Weight, and for None with SR-IOV.
    $mode = [string]$VMSwitch.BandwidthReservationMode
    if ($mode -eq 'Default') {
        $mode = if ($VMSwitch.IovEnabled) { 'None' } else { 'Weight' }
    }
    $value = @{
        type = [string]$VMSwitch.SwitchType
        adapters = @(Get-BoundAdapter -VMSwitch $VMSwitch | Sort-Object)
        embedded_teaming = [bool]$VMSwitch.EmbeddedTeamingEnabled
        bandwidth_mode = $mode
        sriov = [bool]$VMSwitch.IovEnabled
        management_adapters = @(Get-ManagementAdapter -VMSwitch $VMSwitch -Weighted ($mode -eq 'Weight'))
        notes = [string]$VMSwitch.Notes
    }
    if ($value.embedded_teaming) {
        $value.load_balancing = [string](Get-VMSwitchTeam -VMSwitch $VMSwitch).LoadBalancingAlgorithm
    }
    if ($mode -eq 'Weight') {
        $value.default_weight = [int]$VMSwitch.DefaultFlowMinimumBandwidthWeight
    }
    $value
}

function Get-Fact {
    param([bool]$Ready, [string]$Name)

    $physical = @(Get-NetAdapter | Where-Object { $_.InterfaceDescription -notlike 'Hyper-V Virtual Ethernet Adapter*' })
    $gateway = @(Get-GatewayAdapter)
    $facts = @{
        adapters = @(
            $physical | Sort-Object -Property Name | ForEach-Object {
                @{
                    name = [string]$_.Name
                    description = [string]$_.InterfaceDescription
                    up = [string]$_.Status -eq 'Up'
                }
            }
        )
        gateway = $gateway
        management = @(@($gateway) + @(Get-WayIn) | Sort-Object -Unique)
        switches = @()
        connected = @()
    }
    if ($Ready) {
        $facts.switches = @(
            Get-VMSwitch | Sort-Object -Property Name | ForEach-Object {
                @{ name = [string]$_.Name; adapters = @(Get-BoundAdapter -VMSwitch $_ | Sort-Object) }
            }
        )
        $facts.connected = @(
            Get-VM | Get-VMNetworkAdapter | Where-Object { $_.SwitchName -eq $Name } |
                ForEach-Object { [string]$_.VMName } | Sort-Object -Unique
        )
    }
    $facts
}

function Add-Switch {
    param($Params)

    $given = @{ Name = $Params.name }
    if ($Params.type -eq 'External') {
        $given.NetAdapterName = [string[]]$Params.adapters
        if ($null -ne $Params.management_adapters) {
            $given.AllowManagementOS = @($Params.management_adapters).Count -gt 0
        }
    }
    else {
        $given.SwitchType = $Params.type
    }
    if ($null -ne $Params.embedded_teaming) { $given.EnableEmbeddedTeaming = $Params.embedded_teaming }
    if ($null -ne $Params.bandwidth_mode) { $given.MinimumBandwidthMode = $Params.bandwidth_mode }
    if ($null -ne $Params.sriov) { $given.EnableIov = $Params.sriov }
    if ($Params.notes) { $given.Notes = $Params.notes }
    $carrying = @(Get-GatewayAdapter)
    $had = Get-TcpIp -Alias @($Params.adapters | Where-Object { $carrying -contains $_ })
    $null = New-VMSwitch @given
    Set-Heir -Params $Params -Had $had
}

# The adapter that Windows made for the host has the switch's name, and the address that the network adapters had.
function Set-Heir {
    param($Params, $Had)

    $wanted = @($Params.management_adapters | Where-Object { $null -ne $_ })
    $made = Get-VMNetworkAdapter -ManagementOS -SwitchName $Params.name | Select-Object -First 1
    if ($wanted.Count -eq 0 -or $null -eq $made) {
        return
    }
    $heir = $wanted | Where-Object { $_.host_address } | Select-Object -First 1
    if ($null -eq $heir) { $heir = $wanted | Where-Object { $_.name -eq $Params.name } | Select-Object -First 1 }
    if ($null -eq $heir) { $heir = $wanted[0] }
    $alias = "vEthernet ($($heir.name))"
    if ($heir.name -ne $made.Name) {
        Rename-VMNetworkAdapter -VMNetworkAdapter $made -NewName $heir.name
        Get-NetAdapter -Name "vEthernet ($($Params.name))" -ErrorAction SilentlyContinue | Rename-NetAdapter -NewName $alias
    }
    if ($heir.host_address) {
        Wait-Address -Alias $alias -Had $Had
        Restore-Address -Alias $alias -Had $Had
    }
}

# What somebody gave these connections: their IPv4 addresses (not those of DHCP), gateways and name servers.
function Get-TcpIp {
    param([string[]]$Alias)

    $addresses = Get-NetIPAddress -AddressFamily IPv4 | Where-Object { [string]$_.PrefixOrigin -eq 'Manual' }
    $routes = Get-NetRoute -AddressFamily IPv4 | Where-Object { $_.DestinationPrefix -eq '0.0.0.0/0' }
    $dns = Get-DnsClientServerAddress -AddressFamily IPv4
    @{
        addresses = @($addresses | Where-Object { $null -ne $_ -and $Alias -contains $_.InterfaceAlias })
        gateways = @(
            $routes | Where-Object { $null -ne $_ -and $Alias -contains $_.InterfaceAlias } | ForEach-Object { [string]$_.NextHop }
        )
        dns = @($dns | Where-Object { $Alias -contains $_.InterfaceAlias } | ForEach-Object { $_.ServerAddresses })
    }
}

# The address moves a moment after the switch is there; a reading before that would not find it.
function Wait-Address {
    param([string]$Alias, $Had)

    $until = [System.DateTime]::UtcNow.AddSeconds(60)
    do {
        Start-Sleep -Seconds 1
        $there = @((Get-TcpIp -Alias $Alias).addresses | ForEach-Object { $_.IPAddress })
        $missing = @($Had.addresses | Where-Object { $there -notcontains $_.IPAddress })
        $moved = if ($Had.addresses.Count -gt 0) { $missing.Count -eq 0 } else { @(Get-GatewayAdapter) -contains $Alias }
    } while (-not $moved -and [System.DateTime]::UtcNow -lt $until)
}

# Puts what did not move where it belongs: without it nobody reaches the host any more.
function Restore-Address {
    param([string]$Alias, $Had)

    $there = Get-TcpIp -Alias $Alias
    $moved = @($there.addresses | ForEach-Object { $_.IPAddress })
    $lost = @($Had.addresses | Where-Object { $moved -notcontains $_.IPAddress })
    if ($lost.Count -eq 0) {
        return
    }
    foreach ($address in $lost) {
        $given = @{ IPAddress = $address.IPAddress; PrefixLength = $address.PrefixLength }
        $null = New-NetIPAddress -InterfaceAlias $Alias @given -Confirm:$false
    }
    foreach ($hop in @($Had.gateways | Where-Object { $there.gateways -notcontains $_ })) {
        $null = New-NetRoute -InterfaceAlias $Alias -DestinationPrefix '0.0.0.0/0' -NextHop $hop -Confirm:$false
    }
    if ($Had.dns.Count -gt 0) {
        Set-DnsClientServerAddress -InterfaceAlias $Alias -ServerAddresses $Had.dns -Confirm:$false
    }
}

function Set-Adapter {
    param($VMSwitch, $Params)

    if ($null -eq $Params.adapters -or @($Params.adapters).Count -eq 0) {
        return
    }
    $bound = @(Get-BoundAdapter -VMSwitch $VMSwitch | Sort-Object)
    if (($bound -join '|') -eq (@($Params.adapters | Sort-Object) -join '|')) {
        return
    }
    if ($VMSwitch.EmbeddedTeamingEnabled) {
        Set-VMSwitchTeam -VMSwitch $VMSwitch -NetAdapterName ([string[]]$Params.adapters)
    }
    else {
        # Set-VMSwitch shares the adapter with the host unless it is told otherwise.
        $shared = [bool]$VMSwitch.AllowManagementOS
        Set-VMSwitch -VMSwitch $VMSwitch -NetAdapterName $Params.adapters[0] -AllowManagementOS $shared
    }
}

function Set-ManagementAdapter {
    param([string]$SwitchName, $Wanted)

    foreach ($one in $Wanted) {
        $adapter = Get-VMNetworkAdapter -ManagementOS -SwitchName $SwitchName | Where-Object { $_.Name -eq $one.name } |
            Select-Object -First 1
        if ($null -eq $adapter) {
            $adapter = Add-VMNetworkAdapter -ManagementOS -SwitchName $SwitchName -Name $one.name -Passthru
        }
        if ($null -ne $one.bandwidth_weight) {
            $there = if ($null -eq $adapter.BandwidthSetting) { 0 } else { [int]$adapter.BandwidthSetting.MinimumBandwidthWeight }
            if ($there -ne $one.bandwidth_weight) {
                Set-VMNetworkAdapter -VMNetworkAdapter $adapter -MinimumBandwidthWeight $one.bandwidth_weight
            }
        }
        if ($null -ne $one.vlan) {
            $vlan = Get-VMNetworkAdapterVlan -VMNetworkAdapter $adapter
            if ($one.vlan -eq 0 -and [string]$vlan.OperationMode -ne 'Untagged') {
                Set-VMNetworkAdapterVlan -VMNetworkAdapter $adapter -Untagged
            }
            if ($one.vlan -gt 0 -and -not ([string]$vlan.OperationMode -eq 'Access' -and $vlan.AccessVlanId -eq $one.vlan)) {
                Set-VMNetworkAdapterVlan -VMNetworkAdapter $adapter -Access -VlanId $one.vlan
            }
        }
    }
    $names = @($Wanted | ForEach-Object { $_.name })
    foreach ($adapter in @(Get-VMNetworkAdapter -ManagementOS -SwitchName $SwitchName)) {
        if ($names -notcontains $adapter.Name) {
            Remove-VMNetworkAdapter -VMNetworkAdapter $adapter
        }
    }
}

function Set-Switch {
    param($Params)

    $vmSwitch = Get-Switch -Name $Params.name
    if ($Params.state -eq 'absent') {
        if ($null -ne $vmSwitch) {
            Remove-VMSwitch -VMSwitch $vmSwitch -Force
        }
        return
    }
    if ($null -eq $vmSwitch) {
        Add-Switch -Params $Params
        $vmSwitch = Get-Switch -Name $Params.name
    }
    else {
        Set-Adapter -VMSwitch $vmSwitch -Params $Params
    }
    $balancing = $Params.load_balancing
    if ($null -ne $balancing -and [string](Get-VMSwitchTeam -VMSwitch $vmSwitch).LoadBalancingAlgorithm -ne $balancing) {
        Set-VMSwitchTeam -VMSwitch $vmSwitch -LoadBalancingAlgorithm $balancing
    }
    $weight = $Params.default_weight
    if ($null -ne $weight -and $vmSwitch.DefaultFlowMinimumBandwidthWeight -ne $weight) {
        Set-VMSwitch -VMSwitch $vmSwitch -DefaultFlowMinimumBandwidthWeight $weight
    }
    if ($null -ne $Params.notes -and [string]$vmSwitch.Notes -cne $Params.notes) {
        Set-VMSwitch -VMSwitch $vmSwitch -Notes $Params.notes
    }
    if ($null -ne $Params.management_adapters) {
        Set-ManagementAdapter -SwitchName $vmSwitch.Name -Wanted @($Params.management_adapters)
    }
}

try {
    $ready = Test-HyperV
    if ($module.Params.operation -eq 'read') {
        $vmSwitch = if ($ready) { Get-Switch -Name $name } else { $null }
        $module.Result.value = if ($null -ne $vmSwitch) { Get-Value -VMSwitch $vmSwitch } else { $null }
        $module.Result.facts = Get-Fact -Ready $ready -Name $name
    }
    elseif ($module.CheckMode) {
        $module.FailJson('set is never done in check mode')
    }
    elseif (-not $ready) {
        $module.FailJson('Hyper-V is not there: its feature is not installed, or Windows has not restarted since')
    }
    else {
        Set-Switch -Params $module.Params
        $module.Result.changed = $true
    }
}
catch {
    $module.FailJson("the virtual switch ${name}: $($_.Exception.Message)", $_)
}
$module.ExitJson()
