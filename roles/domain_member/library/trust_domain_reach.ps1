#!powershell

#AnsibleRequires -CSharpUtil Ansible.Basic

# Cmdlets: Get-CimInstance Win32_ComputerSystem (learn.microsoft.com, "Win32_ComputerSystem class": PartOfDomain, Domain),
# Get-DnsClientServerAddress and Resolve-DnsName ("DnsClient Module"). The name that a client asks for is in "How domain
# controllers are located in Windows": _ldap._tcp.dc._msdcs.DOMAIN. Kerberos listens on TCP 88, LDAP on TCP 389 ("Service
# overview and network port requirements for Windows").

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$spec = @{
    options = @{
        name = @{ type = 'str'; required = $true }
        ready = @{ type = 'bool' }
        member_of = @{ type = 'str' }
        resolvers = @{ type = 'list'; elements = 'str' }
        operation = @{ type = 'str'; choices = 'read', 'set'; default = 'set' }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)

# How long a controller may take to accept a connection. All are tried at the same time.
$patience = 3000

function Get-Answering {
    param([string[]]$Controller)

    $tries = @(
        foreach ($one in $Controller) {
            foreach ($port in 88, 389) {
                $client = New-Object -TypeName System.Net.Sockets.TcpClient
                @{ name = $one; client = $client; task = $client.ConnectAsync($one, $port) }
            }
        }
    )
    $until = [System.DateTime]::UtcNow.AddMilliseconds($patience)
    while ([System.DateTime]::UtcNow -lt $until -and @($tries | Where-Object { -not $_.task.IsCompleted }).Count -gt 0) {
        Start-Sleep -Milliseconds 50
    }
    foreach ($one in $Controller) {
        $mine = @($tries | Where-Object { $_.name -eq $one -and [string]$_.task.Status -eq 'RanToCompletion' })
        if ($mine.Count -eq 2) { $one }
    }
    foreach ($try in $tries) { $try.client.Dispose() }
}

if ($module.Params.operation -eq 'set') {
    $module.FailJson('trust_domain_reach only reads: it cannot make a domain reachable')
}

$name = $module.Params.name
$computer = Get-CimInstance -ClassName Win32_ComputerSystem
$memberOf = if ($computer.PartOfDomain) { [string]$computer.Domain } else { '' }
$resolvers = @((Get-DnsClientServerAddress -AddressFamily IPv4).ServerAddresses | Select-Object -Unique)
$controllers = @()
$answering = @()
if ($memberOf -ne $name) {
    $found = Resolve-DnsName -Name "_ldap._tcp.dc._msdcs.$name" -Type SRV -DnsOnly -ErrorAction SilentlyContinue
    $controllers = @($found | Where-Object { $null -ne $_ -and [string]$_.Type -eq 'SRV' } | ForEach-Object { $_.NameTarget } | Sort-Object -Unique)
    $answering = @(Get-Answering -Controller $controllers)
}

$module.Result.value = @{
    ready = [bool]($memberOf -eq $name -or $answering.Count -gt 0)
    member_of = $memberOf
    resolvers = $resolvers
}
$module.Result.facts = @{ name = $name; controllers = $controllers; answering = $answering }
$module.ExitJson()
