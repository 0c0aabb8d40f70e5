#!powershell

#AnsibleRequires -CSharpUtil Ansible.Basic

# Cmdlets, learn.microsoft.com "Hyper-V Module": Get-VMReplicationServer, Set-VMReplicationServer (its parameters are the
# names of the properties); Get-, New-, Set-, Remove-VMReplicationAuthorizationEntry (AllowedPrimaryServer,
# ReplicaStorageLocation, TrustGroup). Ports by certificate only with that authentication (Set-VMReplicationServer).
# "Storage Module": Get-Volume (DriveLetter).

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$spec = @{
    options = @{
        enabled = @{ type = 'bool' }
        authentication = @{ type = 'str'; choices = 'Kerberos', 'Certificate', 'CertificateAndKerberos' }
        kerberos_port = @{ type = 'int' }
        certificate_port = @{ type = 'int' }
        certificate_thumbprint = @{ type = 'str' }
        any_server = @{ type = 'bool' }
        storage = @{ type = 'str' }
        servers = @{
            type = 'list'
            elements = 'dict'
            options = @{
                name = @{ type = 'str'; required = $true }
                storage = @{ type = 'str'; required = $true }
                trust_group = @{ type = 'str'; required = $true }
            }
        }
        operation = @{ type = 'str'; choices = 'read', 'set'; default = 'set' }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)

# What Set-VMReplicationServer calls what the option is called here.
$parameterOf = @{
    enabled = 'ReplicationEnabled'
    authentication = 'AllowedAuthenticationType'
    kerberos_port = 'KerberosAuthenticationPort'
    certificate_port = 'CertificateAuthenticationPort'
    certificate_thumbprint = 'CertificateThumbprint'
    any_server = 'ReplicationAllowedFromAnyServer'
    storage = 'DefaultStorageLocation'
}

# Hyper-V answers once its cmdlets are there and its service runs; between the feature and the restart it is not there.
function Test-HyperV {
    $service = Get-Service -Name 'vmms' -ErrorAction SilentlyContinue
    $cmdlet = Get-Command -Name 'Get-VMReplicationServer' -ErrorAction SilentlyContinue
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

# Windows keeps its leave for every server (any_server) as an entry of the name * (unverified: no page says so). It is that
# property's, and no server that anybody named: it is never told, set or removed.
function Get-Entry {
    Get-VMReplicationAuthorizationEntry | Where-Object { [string]$_.AllowedPrimaryServer -ne '*' }
}

function Get-Replication {
    $found = Get-VMReplicationServer
    $value = @{
        enabled = [bool]$found.ReplicationEnabled
        servers = @(
            Get-Entry | Sort-Object -Property AllowedPrimaryServer | ForEach-Object {
                @{
                    name = [string]$_.AllowedPrimaryServer
                    storage = [string]$_.ReplicaStorageLocation
                    trust_group = [string]$_.TrustGroup
                }
            }
        )
    }
    if ($value.enabled) {
        $value.authentication = [string]$found.AllowedAuthenticationType
        $value.any_server = [bool]$found.ReplicationAllowedFromAnyServer
        $value.storage = [string]$found.DefaultStorageLocation
        if ($value.authentication -like '*Kerberos*') {
            $value.kerberos_port = [int]$found.KerberosAuthenticationPort
        }
        if ($value.authentication -like 'Certificate*') {
            $value.certificate_thumbprint = [string]$found.CertificateThumbprint
            $value.certificate_port = [int]$found.CertificateAuthenticationPort
        }
    }
    $value
}

function Set-Server {
    param($Servers)

    $there = @{}
    foreach ($entry in @(Get-Entry)) {
        $there[[string]$entry.AllowedPrimaryServer] = $entry
    }
    foreach ($server in $Servers) {
        $given = @{
            AllowedPrimaryServer = $server.name
            ReplicaStorageLocation = $server.storage
            TrustGroup = $server.trust_group
        }
        if ($there.ContainsKey($server.name)) {
            Set-VMReplicationAuthorizationEntry @given
        }
        else {
            # It has no Passthru: the entry would come out beside the module's own answer.
            $null = New-VMReplicationAuthorizationEntry @given
        }
    }
    $wanted = @($Servers | ForEach-Object { $_.name })
    foreach ($name in $there.Keys) {
        if ($wanted -notcontains $name) {
            Remove-VMReplicationAuthorizationEntry -AllowedPrimaryServer $name
        }
    }
}

function Set-Replication {
    param($Params)

    $folders = @($Params.storage) + @(if ($null -ne $Params.servers) { $Params.servers | ForEach-Object { $_.storage } })
    foreach ($folder in $folders) {
        if ($folder -and -not (Test-Path -LiteralPath $folder)) {
            $null = New-Item -Path $folder -ItemType Directory -Force
        }
    }
    $given = @{}
    foreach ($option in $parameterOf.Keys) {
        if ($null -ne $Params[$option] -and [string]$Params[$option] -ne '') {
            $given[$parameterOf[$option]] = $Params[$option]
        }
    }
    if ($given.Count -gt 0) {
        Set-VMReplicationServer @given -Force
    }
    if ($null -ne $Params.servers) {
        Set-Server -Servers $Params.servers
    }
}

try {
    $ready = Test-HyperV
    if ($module.Params.operation -eq 'read') {
        $module.Result.value = if ($ready) { Get-Replication } else { $null }
        $module.Result.facts = @{
            volumes = @(
                Get-Volume | Where-Object { [string]$_.DriveLetter -match '^[A-Za-z]$' } |
                    ForEach-Object { [string]$_.DriveLetter } | Sort-Object -Unique
            )
        }
    }
    elseif ($module.CheckMode) {
        $module.FailJson('set is never done in check mode')
    }
    elseif (-not $ready) {
        $module.FailJson('Hyper-V is not there: its feature is not installed, or Windows has not restarted since')
    }
    else {
        Set-Replication -Params $module.Params
        $module.Result.changed = $true
    }
}
catch {
    $module.FailJson("the settings of the replica server: $($_.Exception.Message)", $_)
}
$module.ExitJson()
