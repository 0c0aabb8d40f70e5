#!powershell

#AnsibleRequires -CSharpUtil Ansible.Basic

# Cmdlets, learn.microsoft.com "Hyper-V Module": Get-VMHost, Set-VMHost; Enable-VMMigration, Disable-VMMigration;
# Get-VMMigrationNetwork, Add-VMMigrationNetwork, Remove-VMMigrationNetwork (Subnet). Of a host's properties that are not
# parameters of Set-VMHost, VirtualMachineMigrationEnabled is what Enable-VMMigration sets.
# "Storage Module": Get-Volume (DriveLetter).

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$spec = @{
    options = @{
        virtual_machine_path = @{ type = 'str' }
        virtual_hard_disk_path = @{ type = 'str' }
        mac_minimum = @{ type = 'str' }
        mac_maximum = @{ type = 'str' }
        numa_spanning = @{ type = 'bool' }
        enhanced_session = @{ type = 'bool' }
        migration = @{ type = 'bool' }
        migration_maximum = @{ type = 'int' }
        migration_authentication = @{ type = 'str'; choices = 'CredSSP', 'Kerberos' }
        migration_performance = @{ type = 'str'; choices = 'TCPIP', 'Compression', 'SMB' }
        migration_any_network = @{ type = 'bool' }
        migration_networks = @{ type = 'list'; elements = 'str' }
        storage_migration_maximum = @{ type = 'int' }
        operation = @{ type = 'str'; choices = 'read', 'set'; default = 'set' }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)

# What Set-VMHost calls what the option is called here.
$parameterOf = @{
    virtual_machine_path = 'VirtualMachinePath'
    virtual_hard_disk_path = 'VirtualHardDiskPath'
    mac_minimum = 'MacAddressMinimum'
    mac_maximum = 'MacAddressMaximum'
    numa_spanning = 'NumaSpanningEnabled'
    enhanced_session = 'EnableEnhancedSessionMode'
    migration_maximum = 'MaximumVirtualMachineMigrations'
    migration_authentication = 'VirtualMachineMigrationAuthenticationType'
    migration_performance = 'VirtualMachineMigrationPerformanceOption'
    migration_any_network = 'UseAnyNetworkForMigration'
    storage_migration_maximum = 'MaximumStorageMigrations'
}

# Hyper-V answers once its cmdlets are there and its service runs; between the feature and the restart it is not there.
function Test-HyperV {
    $service = Get-Service -Name 'vmms' -ErrorAction SilentlyContinue
    $cmdlet = Get-Command -Name 'Get-VMHost' -ErrorAction SilentlyContinue
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

function Get-Setting {
    $found = Get-VMHost
    @{
        virtual_machine_path = [string]$found.VirtualMachinePath
        virtual_hard_disk_path = [string]$found.VirtualHardDiskPath
        mac_minimum = [string]$found.MacAddressMinimum
        mac_maximum = [string]$found.MacAddressMaximum
        numa_spanning = [bool]$found.NumaSpanningEnabled
        enhanced_session = [bool]$found.EnableEnhancedSessionMode
        migration = [bool]$found.VirtualMachineMigrationEnabled
        migration_maximum = [int]$found.MaximumVirtualMachineMigrations
        migration_authentication = [string]$found.VirtualMachineMigrationAuthenticationType
        migration_performance = [string]$found.VirtualMachineMigrationPerformanceOption
        migration_any_network = [bool]$found.UseAnyNetworkForMigration
        migration_networks = @(Get-VMMigrationNetwork | ForEach-Object { [string]$_.Subnet } | Sort-Object)
        storage_migration_maximum = [int]$found.MaximumStorageMigrations
    }
}

function Set-Setting {
    param($Params)

    $given = @{}
    foreach ($option in $parameterOf.Keys) {
        if ($null -ne $Params[$option]) {
            $given[$parameterOf[$option]] = $Params[$option]
        }
    }
    foreach ($option in 'virtual_machine_path', 'virtual_hard_disk_path') {
        $folder = $Params[$option]
        if ($folder -and -not (Test-Path -LiteralPath $folder)) {
            $null = New-Item -Path $folder -ItemType Directory -Force
        }
    }
    if ($given.Count -gt 0) {
        Set-VMHost @given
    }
    if ($null -ne $Params.migration_networks) {
        $there = @(Get-VMMigrationNetwork | ForEach-Object { [string]$_.Subnet })
        foreach ($subnet in $Params.migration_networks) {
            if ($there -notcontains $subnet) {
                Add-VMMigrationNetwork -Subnet $subnet
            }
        }
        foreach ($subnet in $there) {
            if ($Params.migration_networks -notcontains $subnet) {
                Remove-VMMigrationNetwork -Subnet $subnet
            }
        }
    }
    if ($null -ne $Params.migration) {
        if ($Params.migration) {
            Enable-VMMigration
        }
        else {
            Disable-VMMigration
        }
    }
}

try {
    $ready = Test-HyperV
    if ($module.Params.operation -eq 'read') {
        $module.Result.value = if ($ready) { Get-Setting } else { $null }
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
        Set-Setting -Params $module.Params
        $module.Result.changed = $true
    }
}
catch {
    $module.FailJson("the settings of the Hyper-V host: $($_.Exception.Message)", $_)
}
$module.ExitJson()
