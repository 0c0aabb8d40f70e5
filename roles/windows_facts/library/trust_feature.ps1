#!powershell

# Reads, adds and removes one feature of Windows Server. Options: trust_feature.py.
# Pages of learn.microsoft.com: Get-WindowsFeature, Install-WindowsFeature, Uninstall-WindowsFeature (ServerManager).

#AnsibleRequires -CSharpUtil Ansible.Basic

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$spec = @{
    options = @{
        name = @{ type = 'str'; required = $true }
        installed = @{ type = 'bool' }
        operation = @{ type = 'str'; choices = @('read', 'set'); default = 'set' }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)
$name = $module.Params.name

function Get-Feature {
    # The feature of exactly this name; null where there is none. All are listed, as an error could mean anything.
    param([String]$Name)

    $found = @(Get-WindowsFeature | Where-Object -FilterScript { $_.Name -eq $Name })
    if ($found.Count -eq 0) {
        return $null
    }
    return $found[0]
}

if ($null -eq (Get-Command -Name 'Get-WindowsFeature' -ErrorAction SilentlyContinue)) {
    $module.FailJson('This Windows has no Get-WindowsFeature: roles and features are those of Windows Server.')
}

if ($module.Params.operation -eq 'read') {
    $feature = Get-Feature -Name $name
    if ($null -eq $feature) {
        $module.Result.value = $null
    }
    else {
        # InstallPending: added, and there after the next restart. UninstallPending: gone after it.
        $module.Result.value = @{
            installed = ([String]$feature.InstallState) -in @('Installed', 'InstallPending')
        }
        $module.Result.facts = @{ removed = ([String]$feature.InstallState) -eq 'Removed' }
    }
    $module.ExitJson()
}

if ($module.CheckMode) {
    $module.FailJson('trust_feature does not set anything in check mode.')
}
if ($null -eq $module.Params.installed) {
    $module.FailJson('installed says whether the feature shall be there; it is missing.')
}

if ($module.Params.installed) {
    $done = Install-WindowsFeature -Name $name -Confirm:$false
}
else {
    $done = Uninstall-WindowsFeature -Name $name -Confirm:$false
}
if (-not $done.Success) {
    $module.FailJson("Windows did not carry out the change of the feature $name (exit code $($done.ExitCode)).")
}
$module.Result.changed = $true
# RestartNeeded is Yes, No or Maybe.
$module.Result.reboot_required = ([String]$done.RestartNeeded) -ne 'No'
$module.ExitJson()
