#!powershell

# Reads which machine this is and what is installed on it. Nothing is set. Options: trust_identity.py.
# Pages of learn.microsoft.com: "Win32_ComputerSystemProduct class", "Win32_OperatingSystem class",
# "Win32_ComputerSystem class", "Determining Whether Server Core Is Running" (the values of ServerLevels),
# "MoveFileExW function" (PendingFileRenameOperations). The keys RebootPending and RebootRequired and the value
# JoinDomain are told alike by many public pages, but by none of Microsoft's own reference: unverified.

#AnsibleRequires -CSharpUtil Ansible.Basic

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

# Ansible.Basic's own int has 32 bits.
$int64 = [Func[Object, Int64]] { [Int64]$args[0] }

$spec = @{
    options = @{
        uuid = @{ type = 'str' }
        hostname = @{ type = 'str' }
        domain = @{ type = 'str' }
        os = @{ type = 'str' }
        version = @{ type = 'str' }
        edition = @{ type = 'str'; choices = @('core', 'desktop') }
        powershell = @{ type = 'str' }
        memory_bytes = @{ type = $int64 }
        processors = @{ type = 'int' }
        pending_restart = @{
            type = 'list'
            elements = 'str'
            choices = @('computer_name', 'file_rename', 'servicing', 'windows_update')
        }
        last_boot = @{ type = 'str' }
        operation = @{ type = 'str'; choices = @('read', 'set'); default = 'set' }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)

function Get-RegistryData {
    # The data of one value, or null where the key or the value is not there.
    param([String]$Path, [String]$Name)

    if (-not (Test-Path -LiteralPath $Path)) {
        return $null
    }
    return (Get-Item -LiteralPath $Path).GetValue($Name, $null)
}

function Get-PendingRestart {
    # Each place in which Windows notes that something waits for a restart.
    $names = 'HKLM:\SYSTEM\CurrentControlSet\Control\ComputerName'
    $netlogon = 'HKLM:\SYSTEM\CurrentControlSet\Services\Netlogon'
    $active = Get-RegistryData -Path "$names\ActiveComputerName" -Name 'ComputerName'
    $next = Get-RegistryData -Path "$names\ComputerName" -Name 'ComputerName'
    $joined = Get-RegistryData -Path $netlogon -Name 'JoinDomain'
    if ($active -ne $next -or $null -ne $joined) {
        'computer_name'
    }
    $session = 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager'
    if ($null -ne (Get-RegistryData -Path $session -Name 'PendingFileRenameOperations')) {
        'file_rename'
    }
    $current = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion'
    if (Test-Path -LiteralPath "$current\Component Based Servicing\RebootPending") {
        'servicing'
    }
    if (Test-Path -LiteralPath "$current\WindowsUpdate\Auto Update\RebootRequired") {
        'windows_update'
    }
}

if ($module.Params.operation -eq 'set') {
    $module.FailJson('What a server is cannot be set: trust_identity only reads.')
}

$product = Get-CimInstance -ClassName 'Win32_ComputerSystemProduct'
$system = Get-CimInstance -ClassName 'Win32_OperatingSystem'
$computer = Get-CimInstance -ClassName 'Win32_ComputerSystem'
$levels = 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Server\ServerLevels'
$shell = Get-RegistryData -Path $levels -Name 'Server-Gui-Shell'

$domain = ''
if ($computer.PartOfDomain) {
    $domain = [String]$computer.Domain
}
$edition = 'core'
if ($shell -eq 1) {
    $edition = 'desktop'
}

$boot = $system.LastBootUpTime.ToUniversalTime()
$module.Result.value = @{
    uuid = [String]$product.UUID
    hostname = [String]$computer.Name
    domain = $domain
    os = [String]$system.Caption
    version = [String]$system.Version
    edition = $edition
    powershell = $PSVersionTable.PSVersion.ToString()
    memory_bytes = [Int64]$computer.TotalPhysicalMemory
    processors = [Int32]$computer.NumberOfLogicalProcessors
    pending_restart = [String[]]@(Get-PendingRestart)
    last_boot = $boot.ToString('yyyy-MM-ddTHH:mm:ssZ', [CultureInfo]::InvariantCulture)
}
$module.ExitJson()
