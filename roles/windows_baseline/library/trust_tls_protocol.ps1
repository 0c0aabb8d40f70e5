#!powershell

# Reads and sets whether Schannel speaks one protocol. Options: trust_tls_protocol.py.
# Page of learn.microsoft.com: "Transport Layer Security (TLS) registry settings" (Enabled and DisabledByDefault of the
# keys Server and Client; Enabled is 0, 1 or 0xffffffff); "Win32_OperatingSystem class" (BuildNumber).

#AnsibleRequires -CSharpUtil Ansible.Basic

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$words = @('enabled', 'disabled', 'default')
$spec = @{
    options = @{
        name = @{
            type = 'str'
            required = $true
            choices = @('SSL 2.0', 'SSL 3.0', 'TLS 1.0', 'TLS 1.1', 'TLS 1.2', 'TLS 1.3')
        }
        server = @{ type = 'str'; choices = $words }
        client = @{ type = 'str'; choices = $words }
        operation = @{ type = 'str'; choices = @('read', 'set'); default = 'set' }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)
$root = "HKLM:\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\$($module.Params.name)"

function Get-Word {
    # What the two values of one side say.
    param([String]$Path)

    $enabled = $null
    $disabled = $null
    if (Test-Path -LiteralPath $Path) {
        $key = Get-Item -LiteralPath $Path
        $enabled = $key.GetValue('Enabled', $null)
        $disabled = $key.GetValue('DisabledByDefault', $null)
    }
    if ($null -eq $enabled -and $null -eq $disabled) {
        return 'default'
    }
    if ($null -ne $enabled -and $enabled -eq 0) {
        return 'disabled'
    }
    if ($null -ne $enabled -and ($null -eq $disabled -or $disabled -eq 0)) {
        return 'enabled'
    }
    return 'mixed'
}

function Set-Word {
    # Writes the two values of one side, or takes both away.
    param([String]$Path, [String]$Word)

    if (-not (Test-Path -LiteralPath $Path)) {
        if ($Word -eq 'default') {
            return
        }
        $null = New-Item -Path $Path -Force
    }
    if ($Word -eq 'default') {
        $there = (Get-Item -LiteralPath $Path).GetValueNames()
        foreach ($value in @('Enabled', 'DisabledByDefault' | Where-Object -FilterScript { $_ -in $there })) {
            Remove-ItemProperty -LiteralPath $Path -Name $value
        }
        return
    }
    $on = [Int32]($Word -eq 'enabled')
    $null = New-ItemProperty -LiteralPath $Path -Name 'Enabled' -Value $on -PropertyType 'DWord' -Force
    $null = New-ItemProperty -LiteralPath $Path -Name 'DisabledByDefault' -Value (1 - $on) -PropertyType 'DWord' -Force
}

if ($module.Params.operation -eq 'read') {
    $module.Result.value = @{
        server = Get-Word -Path "$root\Server"
        client = Get-Word -Path "$root\Client"
    }
    $module.Result.facts = @{
        name = $module.Params.name
        build = [Int32](Get-CimInstance -ClassName 'Win32_OperatingSystem').BuildNumber
    }
    $module.ExitJson()
}

if ($module.CheckMode) {
    $module.FailJson('trust_tls_protocol does not set anything in check mode.')
}
if ($null -ne $module.Params.server) {
    Set-Word -Path "$root\Server" -Word $module.Params.server
}
if ($null -ne $module.Params.client) {
    Set-Word -Path "$root\Client" -Word $module.Params.client
}
$module.Result.changed = $true
$module.Result.reboot_required = $true
$module.ExitJson()
