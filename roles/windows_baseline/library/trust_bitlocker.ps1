#!powershell

# Reads how a volume is protected. Nothing is set, and no key is read. Options: trust_bitlocker.py.
# Pages of learn.microsoft.com: Get-BitLockerVolume (BitLocker), "Win32_Volume class".

#AnsibleRequires -CSharpUtil Ansible.Basic

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$spec = @{
    options = @{
        name = @{ type = 'str'; required = $true }
        installed = @{ type = 'bool' }
        protected = @{ type = 'bool' }
        percent = @{ type = 'int' }
        method = @{ type = 'str' }
        locked = @{ type = 'bool' }
        protectors = @{ type = 'list'; elements = 'str' }
        operation = @{ type = 'str'; choices = @('read', 'set'); default = 'set' }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)
$name = $module.Params.name

if ($module.Params.operation -eq 'set') {
    $module.FailJson('Nothing is encrypted or decrypted here: trust_bitlocker only reads.')
}

$module.Result.value = $null
$volume = @(Get-CimInstance -ClassName 'Win32_Volume' | Where-Object -FilterScript { $_.Name -in @($name, "$name\") })
if ($volume.Count -gt 0) {
    if ($null -eq (Get-Command -Name 'Get-BitLockerVolume' -ErrorAction SilentlyContinue)) {
        $module.Result.value = @{ installed = $false; protected = $false }
    }
    else {
        $state = Get-BitLockerVolume -MountPoint $name
        $kinds = @($state.KeyProtector | ForEach-Object -Process { [String]$_.KeyProtectorType } | Sort-Object -Unique)
        $module.Result.value = @{
            installed = $true
            protected = ([String]$state.ProtectionStatus) -eq 'On'
            percent = [Int32]$state.EncryptionPercentage
            method = [String]$state.EncryptionMethod
            locked = ([String]$state.LockStatus) -eq 'Locked'
            protectors = [String[]]$kinds
        }
    }
}
$module.ExitJson()
