#!powershell

# Reads and sets the IPv4 side of one network adapter. Options: trust_network.py.
# Pages of learn.microsoft.com: Get-NetAdapter (NetAdapter); Get- and Set-NetIPInterface, Get-, New-, Set- and
# Remove-NetIPAddress, Get-, New- and Remove-NetRoute, Get-NetTCPConnection (NetTCPIP); Get- and Set-DnsClient, Get- and
# Set-DnsClientServerAddress (DnsClient); Get-WSManInstance (Microsoft.WSMan.Management).

#AnsibleRequires -CSharpUtil Ansible.Basic

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$spec = @{
    options = @{
        name = @{ type = 'str'; required = $true }
        dhcp = @{ type = 'bool' }
        addresses = @{ type = 'list'; elements = 'str' }
        gateway = @{ type = 'str' }
        dns = @{ type = 'list'; elements = 'str' }
        dns_suffix = @{ type = 'str' }
        dns_register = @{ type = 'bool' }
        operation = @{ type = 'str'; choices = @('read', 'set'); default = 'set' }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)
$name = $module.Params.name
$everywhere = '0.0.0.0/0'

function Get-Address {
    # Every IPv4 address of an adapter that somebody gave it, a person or DHCP; not what it gives itself (169.254/16).
    param([UInt32]$Index)

    Get-NetIPAddress -AddressFamily IPv4 |
        Where-Object -FilterScript { $_.InterfaceIndex -eq $Index -and ([String]$_.PrefixOrigin) -ne 'WellKnown' } |
        Sort-Object -Property 'IPAddress'
}

function Get-Gateway {
    # Every next hop of the adapter's default route.
    param([UInt32]$Index)

    Get-NetRoute -AddressFamily IPv4 |
        Where-Object -FilterScript { $_.InterfaceIndex -eq $Index -and $_.DestinationPrefix -eq $everywhere } |
        Where-Object -FilterScript { $_.NextHop -ne '0.0.0.0' } |
        Sort-Object -Property 'NextHop' |
        Select-Object -ExpandProperty 'NextHop'
}

function Get-WayIn {
    # Addresses of this server that WinRM is being spoken to on now: this very connection is one of them.
    $ports = @(
        Get-WSManInstance -ResourceURI 'winrm/config/listener' -Enumerate |
            Where-Object -FilterScript { $_.Enabled -eq 'true' } |
            ForEach-Object -Process { [UInt16]$_.Port }
    )
    Get-NetTCPConnection |
        Where-Object -FilterScript { ([String]$_.State) -eq 'Established' -and $_.LocalPort -in $ports } |
        Select-Object -ExpandProperty 'LocalAddress' |
        Sort-Object -Unique
}

function Get-Value {
    # What the adapter has; null for one that speaks no IPv4, as that of a virtual switch.
    param([UInt32]$Index)

    $interfaces = @(
        Get-NetIPInterface -AddressFamily IPv4 | Where-Object -FilterScript { $_.InterfaceIndex -eq $Index }
    )
    if ($interfaces.Count -eq 0) {
        return $null
    }
    $client = Get-DnsClient -InterfaceIndex $Index
    $servers = Get-DnsClientServerAddress -InterfaceIndex $Index -AddressFamily IPv4
    $addresses = @(Get-Address -Index $Index | ForEach-Object -Process { "$($_.IPAddress)/$($_.PrefixLength)" })
    return @{
        dhcp = ([String]$interfaces[0].Dhcp) -eq 'Enabled'
        addresses = [String[]]$addresses
        gateway = @(Get-Gateway -Index $Index) -join ','
        dns = [String[]]@($servers.ServerAddresses)
        dns_suffix = [String]$client.ConnectionSpecificSuffix
        dns_register = [Boolean]$client.RegisterThisConnectionsAddress
    }
}

function Clear-Lease {
    # What DHCP gave goes a moment after DHCP is off (no page says when: unverified). Until then it would pass for an address
    # and a gateway that are there already, and the server would have none once they are gone.
    param([UInt32]$Index)

    $until = [DateTime]::UtcNow.AddSeconds(10)
    do {
        Start-Sleep -Milliseconds 500
        $leases = @(Get-Address -Index $Index | Where-Object -FilterScript { ([String]$_.PrefixOrigin) -eq 'Dhcp' })
        $left = $leases.Count + @(Get-Gateway -Index $Index).Count
    } while ($left -gt 0 -and [DateTime]::UtcNow -lt $until)
    foreach ($lease in $leases) {
        # It may go of itself just now: an error here would leave the server without any address.
        Remove-NetIPAddress -InterfaceIndex $Index -IPAddress $lease.IPAddress -Confirm:$false -ErrorAction SilentlyContinue
    }
}

function Add-Address {
    # Gives the adapter each wanted address that it has not, or not with this length of the prefix.
    param([UInt32]$Index, [String[]]$Wanted)

    $has = @(Get-Address -Index $Index)
    foreach ($address in $Wanted) {
        $ip, $length = $address -split '/'
        $same = @($has | Where-Object -FilterScript { $_.IPAddress -eq $ip })
        if ($same.Count -eq 0) {
            $null = New-NetIPAddress -InterfaceIndex $Index -IPAddress $ip -PrefixLength ([Byte]$length) -Confirm:$false
        }
        elseif ($same[0].PrefixLength -ne [Byte]$length) {
            Set-NetIPAddress -InterfaceIndex $Index -IPAddress $ip -PrefixLength ([Byte]$length) -Confirm:$false
        }
    }
}

function Remove-Address {
    # Takes every address from the adapter that is not wanted.
    param([UInt32]$Index, [String[]]$Wanted)

    $keep = @($Wanted | ForEach-Object -Process { ($_ -split '/')[0] })
    foreach ($address in @(Get-Address -Index $Index | Where-Object -FilterScript { $_.IPAddress -notin $keep })) {
        Remove-NetIPAddress -InterfaceIndex $Index -IPAddress $address.IPAddress -Confirm:$false
    }
}

function Set-Gateway {
    # Brings in the new default route before the old one goes.
    param([UInt32]$Index, [AllowEmptyString()][String]$Wanted)

    $has = @(Get-Gateway -Index $Index)
    if ($Wanted -ne '' -and $Wanted -notin $has) {
        $null = New-NetRoute -InterfaceIndex $Index -DestinationPrefix $everywhere -NextHop $Wanted -Confirm:$false
    }
    foreach ($hop in @($has | Where-Object -FilterScript { $_ -ne $Wanted })) {
        Remove-NetRoute -InterfaceIndex $Index -DestinationPrefix $everywhere -NextHop $hop -Confirm:$false
    }
}

$adapters = @(Get-NetAdapter | Sort-Object -Property 'Name')
$mine = @($adapters | Where-Object -FilterScript { $_.Name -eq $name })

if ($module.Params.operation -eq 'read') {
    $module.Result.value = $null
    if ($mine.Count -gt 0) {
        $module.Result.value = Get-Value -Index $mine[0].ifIndex
    }
    $module.Result.facts = @{
        name = $name
        adapters = [String[]]@($adapters | ForEach-Object -Process { $_.Name })
        way_in = [String[]]@(Get-WayIn)
    }
    $module.ExitJson()
}

if ($module.CheckMode) {
    $module.FailJson('trust_network does not set anything in check mode.')
}
if ($mine.Count -eq 0) {
    $module.FailJson("There is no network adapter $name on this server.")
}
$index = $mine[0].ifIndex
$now = Get-Value -Index $index
if ($null -eq $now) {
    $module.FailJson("The network adapter $name does not speak IPv4; it may belong to a virtual switch.")
}

# Only what differs is touched: setting what is so already would still drop connections.
if ($module.Params.dhcp -eq $true -and -not $now.dhcp) {
    # A static default route outlives the change and would stand beside the one that DHCP gives.
    Set-Gateway -Index $index -Wanted ''
    Set-NetIPInterface -InterfaceIndex $index -AddressFamily IPv4 -Dhcp Enabled -Confirm:$false
}
elseif ($module.Params.dhcp -eq $false -and $now.dhcp) {
    Set-NetIPInterface -InterfaceIndex $index -AddressFamily IPv4 -Dhcp Disabled -Confirm:$false
    Clear-Lease -Index $index
}
if ($null -ne $module.Params.addresses -and $module.Params.dhcp -ne $true) {
    Add-Address -Index $index -Wanted $module.Params.addresses
}
if ($null -ne $module.Params.gateway -and $module.Params.dhcp -ne $true) {
    Set-Gateway -Index $index -Wanted $module.Params.gateway
}
if ($null -ne $module.Params.addresses -and $module.Params.dhcp -ne $true) {
    Remove-Address -Index $index -Wanted $module.Params.addresses
}
if ($null -ne $module.Params.dns -and ($module.Params.dns -join ' ') -ne ($now.dns -join ' ')) {
    if (@($module.Params.dns).Count -eq 0) {
        Set-DnsClientServerAddress -InterfaceIndex $index -ResetServerAddresses -Confirm:$false
    }
    else {
        Set-DnsClientServerAddress -InterfaceIndex $index -ServerAddresses $module.Params.dns -Confirm:$false
    }
}
$client = @{}
if ($null -ne $module.Params.dns_suffix) {
    $client.ConnectionSpecificSuffix = $module.Params.dns_suffix
}
if ($null -ne $module.Params.dns_register) {
    $client.RegisterThisConnectionsAddress = $module.Params.dns_register
}
if ($client.Count -gt 0) {
    Set-DnsClient -InterfaceIndex $index @client -Confirm:$false
}
$module.Result.changed = $true
$module.ExitJson()
