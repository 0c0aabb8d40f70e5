#!powershell

# Reads and sets the power plan that is in force. Options: trust_power_plan.py.
# Pages of learn.microsoft.com: "Powercfg command-line options" (/getactivescheme, /setactive), "Power Policy Settings"
# (the GUIDs of the plans that Windows brings).

#AnsibleRequires -CSharpUtil Ansible.Basic

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$spec = @{
    options = @{
        plan = @{ type = 'str' }
        operation = @{ type = 'str'; choices = @('read', 'set'); default = 'set' }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)

$plans = @{
    balanced = '381b4222-f694-41f0-9685-ff5bb260df2e'
    high_performance = '8c5e7fda-e8bf-4a96-9a85-a6e23a8c635c'
    power_saver = 'a1841308-3541-4fab-bc81-f71556f20b4a'
}

function Invoke-PowerConfiguration {
    # What the program says, its errors too; its exit code is in $LASTEXITCODE. With Stop, what it writes to its error
    # stream would end the module before the exit code is known.
    param([String[]]$Argument)

    $ErrorActionPreference = 'Continue'
    return (powercfg.exe @Argument 2>&1 | Out-String).Trim()
}

if ($module.Params.operation -eq 'read') {
    # The GUID stands in the line whatever language Windows speaks.
    $said = Invoke-PowerConfiguration -Argument '/getactivescheme'
    if ($said -notmatch '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}') {
        $module.FailJson("powercfg /getactivescheme named no plan: $said")
    }
    $plan = $Matches[0].ToLowerInvariant()
    foreach ($name in @($plans.Keys | Where-Object -FilterScript { $plans[$_] -eq $Matches[0] })) {
        $plan = $name
    }
    $module.Result.value = @{ plan = $plan }
    $module.ExitJson()
}

if ($module.CheckMode) {
    $module.FailJson('trust_power_plan does not set anything in check mode.')
}
if ($null -ne $module.Params.plan) {
    $guid = $module.Params.plan
    if ($plans.ContainsKey($guid)) {
        $guid = $plans[$guid]
    }
    $said = Invoke-PowerConfiguration -Argument '/setactive', $guid
    if ($LASTEXITCODE -ne 0) {
        $module.FailJson("powercfg /setactive $guid failed: $said")
    }
    $module.Result.changed = $true
}
$module.ExitJson()
