#!powershell

# Reads and sets size and retention of one event log. Options: trust_event_log.py.
# Pages of learn.microsoft.com: "EventLogConfiguration Class" (MaximumSizeInBytes, LogMode, IsEnabled, IsClassicLog,
# SaveChanges) and "EventLogMode Enum" of System.Diagnostics.Eventing.Reader.

#AnsibleRequires -CSharpUtil Ansible.Basic

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

# Ansible.Basic's own int has 32 bits.
$int64 = [Func[Object, Int64]] { [Int64]$args[0] }

$spec = @{
    options = @{
        name = @{ type = 'str'; required = $true }
        max_bytes = @{ type = $int64 }
        mode = @{ type = 'str'; choices = @('overwrite', 'archive', 'keep') }
        enabled = @{ type = 'bool' }
        operation = @{ type = 'str'; choices = @('read', 'set'); default = 'set' }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)
$name = $module.Params.name
$modes = @{ overwrite = 'Circular'; archive = 'AutoBackup'; keep = 'Retain' }

$log = $null
try {
    $log = New-Object -TypeName 'System.Diagnostics.Eventing.Reader.EventLogConfiguration' -ArgumentList $name
}
catch {
    # New-Object wraps what the constructor throws.
    if ($_.Exception.GetBaseException() -isnot [System.Diagnostics.Eventing.Reader.EventLogNotFoundException]) {
        $module.FailJson("The event log $name could not be read: $($_.Exception.GetBaseException().Message)", $_)
    }
}

if ($module.Params.operation -eq 'read') {
    $module.Result.value = $null
    $module.Result.facts = @{ classic = $false }
    if ($null -ne $log) {
        $module.Result.facts.classic = [Boolean]$log.IsClassicLog
        $module.Result.value = @{
            max_bytes = [Int64]$log.MaximumSizeInBytes
            mode = @($modes.Keys | Where-Object -FilterScript { $modes[$_] -eq [String]$log.LogMode })[0]
            enabled = [Boolean]$log.IsEnabled
        }
    }
    $module.ExitJson()
}

if ($module.CheckMode) {
    $module.FailJson('trust_event_log does not set anything in check mode.')
}
if ($null -eq $log) {
    $module.FailJson("There is no event log $name on this server; the feature that writes it may not be installed.")
}

if ($null -ne $module.Params.max_bytes) {
    $log.MaximumSizeInBytes = $module.Params.max_bytes
}
if ($null -ne $module.Params.mode) {
    $log.LogMode = $modes[$module.Params.mode]
}
# A classic log is always on, and says no to being told so.
if ($null -ne $module.Params.enabled -and $module.Params.enabled -ne $log.IsEnabled) {
    $log.IsEnabled = $module.Params.enabled
}
$log.SaveChanges()
$module.Result.changed = $true
$module.ExitJson()
