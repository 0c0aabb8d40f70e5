#!powershell

# Reads and sets Microsoft Defender Antivirus. Options: trust_defender.py.
# Pages of learn.microsoft.com: Get-MpPreference, Set-MpPreference, Add-MpPreference, Remove-MpPreference,
# Get-MpComputerStatus (Defender). The numbers of each word stand on the page of Set-MpPreference.

#AnsibleRequires -CSharpUtil Ansible.Basic

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$days = @('everyday', 'sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'never')
$levels = @('disabled', 'enabled', 'audit')
$spec = @{
    options = @{
        realtime = @{ type = 'bool' }
        behaviour = @{ type = 'bool' }
        downloads = @{ type = 'bool' }
        scripts = @{ type = 'bool' }
        archives = @{ type = 'bool' }
        cloud = @{ type = 'str'; choices = @('disabled', 'basic', 'advanced') }
        cloud_block = @{ type = 'str'; choices = @('default', 'moderate', 'high', 'high_plus', 'zero_tolerance') }
        samples = @{ type = 'str'; choices = @('prompt', 'safe', 'never', 'all') }
        unwanted = @{ type = 'str'; choices = $levels }
        network_protection = @{ type = 'str'; choices = $levels }
        network_protection_on_server = @{ type = 'bool' }
        signature_hours = @{ type = 'int' }
        scan = @{ type = 'str'; choices = @('quick', 'full') }
        scan_day = @{ type = 'str'; choices = $days }
        scan_time = @{ type = 'str' }
        scan_percent = @{ type = 'int' }
        exclusion_paths = @{ type = 'list'; elements = 'str' }
        exclusion_processes = @{ type = 'list'; elements = 'str' }
        exclusion_extensions = @{ type = 'list'; elements = 'str' }
        operation = @{ type = 'str'; choices = @('read', 'set'); default = 'set' }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)

# What is on here is what Windows does not disable.
$switches = @{
    realtime = 'DisableRealtimeMonitoring'
    behaviour = 'DisableBehaviorMonitoring'
    downloads = 'DisableIOAVProtection'
    scripts = 'DisableScriptScanning'
    archives = 'DisableArchiveScanning'
}
$words = @{
    cloud = @{ parameter = 'MAPSReporting'; numbers = @{ disabled = 0; basic = 1; advanced = 2 } }
    cloud_block = @{
        parameter = 'CloudBlockLevel'
        numbers = @{ default = 0; moderate = 1; high = 2; high_plus = 4; zero_tolerance = 6 }
    }
    samples = @{ parameter = 'SubmitSamplesConsent'; numbers = @{ prompt = 0; safe = 1; never = 2; all = 3 } }
    unwanted = @{ parameter = 'PUAProtection'; numbers = @{ disabled = 0; enabled = 1; audit = 2 } }
    network_protection = @{ parameter = 'EnableNetworkProtection'; numbers = @{ disabled = 0; enabled = 1; audit = 2 } }
    scan = @{ parameter = 'ScanParameters'; numbers = @{ quick = 1; full = 2 } }
    scan_day = @{ parameter = 'ScanScheduleDay'; numbers = @{} }
}
for ($number = 0; $number -lt $days.Count; $number++) {
    $words.scan_day.numbers[$days[$number]] = $number
}
$plain = @{
    network_protection_on_server = 'AllowNetworkProtectionOnWinServer'
    signature_hours = 'SignatureUpdateInterval'
    scan_percent = 'ScanAvgCPULoadFactor'
}
$exclusions = @{
    exclusion_paths = 'ExclusionPath'
    exclusion_processes = 'ExclusionProcess'
    exclusion_extensions = 'ExclusionExtension'
}

function Get-Preference {
    # Every option of which this version of Defender speaks; an older one lacks properties.
    param([Object]$From)

    $has = @($From | Get-Member -MemberType Properties | ForEach-Object -Process { $_.Name })
    $value = @{}
    foreach ($option in @($switches.Keys | Where-Object -FilterScript { $switches[$_] -in $has })) {
        $value[$option] = -not [Boolean]$From.($switches[$option])
    }
    foreach ($option in @($words.Keys | Where-Object -FilterScript { $words[$_].parameter -in $has })) {
        $number = [Int32]$From.($words[$option].parameter)
        foreach ($word in $words[$option].numbers.Keys) {
            if ($words[$option].numbers[$word] -eq $number) {
                $value[$option] = $word
            }
        }
    }
    if ($plain.network_protection_on_server -in $has) {
        $value.network_protection_on_server = [Boolean]$From.AllowNetworkProtectionOnWinServer
    }
    $value.signature_hours = [Int64]$From.SignatureUpdateInterval
    $value.scan_percent = [Int32]$From.ScanAvgCPULoadFactor
    $value.scan_time = ([String]$From.ScanScheduleTime -replace '^(?:.*\s)?(\d{2}:\d{2}):\d{2}.*$', '$1')
    foreach ($option in $exclusions.Keys) {
        $there = [String[]]@($From.($exclusions[$option]) | Where-Object -FilterScript { $_ } | Sort-Object)
        # Where a policy hides exclusions from administrators, a sentence stands there instead: it is no exclusion.
        if (@($there | Where-Object -FilterScript { $_ -like 'N/A:*' }).Count -eq 0) {
            $value[$option] = $there
        }
    }
    return $value
}

function Get-Change {
    # The parameters of Set-MpPreference for what is wanted.
    $change = @{}
    foreach ($option in @($switches.Keys | Where-Object -FilterScript { $null -ne $module.Params[$_] })) {
        $change[$switches[$option]] = -not $module.Params[$option]
    }
    foreach ($option in @($words.Keys | Where-Object -FilterScript { $null -ne $module.Params[$_] })) {
        $change[$words[$option].parameter] = $words[$option].numbers[$module.Params[$option]]
    }
    foreach ($option in @($plain.Keys | Where-Object -FilterScript { $null -ne $module.Params[$_] })) {
        $change[$plain[$option]] = $module.Params[$option]
    }
    if ($null -ne $module.Params.scan_time) {
        $change.ScanScheduleTime = [DateTime]::Today + [TimeSpan]::ParseExact($module.Params.scan_time, 'hh\:mm', $null)
    }
    return $change
}

$installed = $null -ne (Get-Command -Name 'Get-MpPreference' -ErrorAction SilentlyContinue)
if ($module.Params.operation -eq 'read') {
    $module.Result.value = $null
    $module.Result.facts = @{ tamper_protected = $false }
    if ($installed) {
        $module.Result.value = Get-Preference -From (Get-MpPreference)
        # A Defender whose platform was never updated does not have the property, and no tamper protection either.
        $status = Get-MpComputerStatus
        if (@($status | Get-Member -Name 'IsTamperProtected').Count -gt 0) {
            $module.Result.facts.tamper_protected = [Boolean]$status.IsTamperProtected
        }
    }
    $module.ExitJson()
}

if ($module.CheckMode) {
    $module.FailJson('trust_defender does not set anything in check mode.')
}
if (-not $installed) {
    $module.FailJson('Defender is not installed: the feature Windows-Defender brings its cmdlets.')
}

$change = Get-Change
if ($change.Count -gt 0) {
    Set-MpPreference @change -Force
}
$now = Get-MpPreference
foreach ($option in @($exclusions.Keys | Where-Object -FilterScript { $null -ne $module.Params[$_] })) {
    $parameter = $exclusions[$option]
    $has = @($now.$parameter | Where-Object -FilterScript { $_ })
    $new = @($module.Params[$option] | Where-Object -FilterScript { $_ -notin $has })
    $gone = @($has | Where-Object -FilterScript { $_ -notin $module.Params[$option] })
    if ($new.Count -gt 0) {
        $more = @{ $parameter = [String[]]$new }
        Add-MpPreference @more -Force
    }
    if ($gone.Count -gt 0) {
        $less = @{ $parameter = [String[]]$gone }
        Remove-MpPreference @less -Force
    }
}
$module.Result.changed = $true
$module.ExitJson()
