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

function Get-Below {
    # The names of the features that stand below this one, as deep as it goes.
    param([Object[]]$All, [String]$Name)

    foreach ($one in @($All | Where-Object -FilterScript { $_.Parent -eq $Name })) {
        [String]$one.Name
        Get-Below -All $All -Name $one.Name
    }
}

function Get-Along {
    # The other features that would come or go with this one. -WhatIf changes nothing, and gives the result that a change
    # would have: FeatureResult has what it is about (Name of each, the one that was asked for among them).
    # What it prints (What if: ...) goes to the host, behind the module's answer, where Ansible leaves it out as of its own
    # win_feature. All of this is unverified on Windows.
    param([String]$Name, [Boolean]$Installed)

    if ($Installed) {
        $would = Install-WindowsFeature -Name $Name -WhatIf
    }
    else {
        $would = Uninstall-WindowsFeature -Name $Name -WhatIf
    }
    if (-not $would.Success) {
        $module.FailJson("Windows would not carry out the change of the feature $Name (exit code $($would.ExitCode)).")
    }
    $named = @($would.FeatureResult | Where-Object -FilterScript { $null -ne $_ } | ForEach-Object -Process { [String]$_.Name })
    if ($named -notcontains $Name) {
        $module.FailJson("Windows does not say which features would come or go along with the feature $Name.")
    }
    return @($named | Where-Object -FilterScript { $_ -ne $Name } | Sort-Object -Unique)
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
        $there = ([String]$feature.InstallState) -in @('Installed', 'InstallPending')
        $removed = ([String]$feature.InstallState) -eq 'Removed'
        $module.Result.value = @{ installed = $there }
        $module.Result.facts = @{ removed = $removed }
        $wanted = $module.Params.installed
        if ($wanted -eq $false -and $there) {
            $below = @(Get-Below -All @(Get-WindowsFeature) -Name $feature.Name)
            $going = @(Get-Along -Name $feature.Name -Installed $false)
            $module.Result.facts.going = [String[]]$going
            $module.Result.facts.below = [String[]]@($going | Where-Object -FilterScript { $below -contains $_ })
        }
        elseif ($wanted -eq $true -and -not $there -and -not $removed) {
            $module.Result.facts.coming = [String[]]@(Get-Along -Name $feature.Name -Installed $true)
        }
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
