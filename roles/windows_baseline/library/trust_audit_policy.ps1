#!powershell

# Reads and sets what one subcategory of the audit policy records. Options: trust_audit_policy.py.
# Pages of learn.microsoft.com: "auditpol backup", "auditpol set" (a subcategory by its GUID in braces); "Auditing
# Constants" and [MS-GPAC] "Subcategory and SubcategoryGUID" (the GUIDs); [MS-GPAC] "SettingValue" (1 is success, 2 is
# failure). `auditpol /get` is not used: it says what is recorded in the language of Windows.

#AnsibleRequires -CSharpUtil Ansible.Basic

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

# Two digits that tell the GUIDs apart: {0CCE92xx-69AE-11D9-BED3-505054503030}.
$subcategories = @{
    'Security State Change' = '10'
    'Security System Extension' = '11'
    'System Integrity' = '12'
    'IPsec Driver' = '13'
    'Other System Events' = '14'
    'Logon' = '15'
    'Logoff' = '16'
    'Account Lockout' = '17'
    'IPsec Main Mode' = '18'
    'IPsec Quick Mode' = '19'
    'IPsec Extended Mode' = '1A'
    'Special Logon' = '1B'
    'Other Logon/Logoff Events' = '1C'
    'File System' = '1D'
    'Registry' = '1E'
    'Kernel Object' = '1F'
    'SAM' = '20'
    'Certification Services' = '21'
    'Application Generated' = '22'
    'Handle Manipulation' = '23'
    'File Share' = '24'
    'Filtering Platform Packet Drop' = '25'
    'Filtering Platform Connection' = '26'
    'Other Object Access Events' = '27'
    'Sensitive Privilege Use' = '28'
    'Non Sensitive Privilege Use' = '29'
    'Other Privilege Use Events' = '2A'
    'Process Creation' = '2B'
    'Process Termination' = '2C'
    'DPAPI Activity' = '2D'
    'RPC Events' = '2E'
    'Audit Policy Change' = '2F'
    'Authentication Policy Change' = '30'
    'Authorization Policy Change' = '31'
    'MPSSVC Rule-Level Policy Change' = '32'
    'Filtering Platform Policy Change' = '33'
    'Other Policy Change Events' = '34'
    'User Account Management' = '35'
    'Computer Account Management' = '36'
    'Security Group Management' = '37'
    'Distribution Group Management' = '38'
    'Application Group Management' = '39'
    'Other Account Management Events' = '3A'
    'Directory Service Access' = '3B'
    'Directory Service Changes' = '3C'
    'Directory Service Replication' = '3D'
    'Detailed Directory Service Replication' = '3E'
    'Credential Validation' = '3F'
    'Kerberos Service Ticket Operations' = '40'
    'Other Account Logon Events' = '41'
    'Kerberos Authentication Service' = '42'
    'Network Policy Server' = '43'
    'Detailed File Share' = '44'
    'Removable Storage' = '45'
    'Central Policy Staging' = '46'
    'User / Device Claims' = '47'
    'Plug and Play Events' = '48'
    'Group Membership' = '49'
    'Token Right Adjusted Events' = '4A'
}
$spec = @{
    options = @{
        name = @{ type = 'str'; required = $true; choices = @($subcategories.Keys) }
        success = @{ type = 'bool' }
        failure = @{ type = 'bool' }
        operation = @{ type = 'str'; choices = @('read', 'set'); default = 'set' }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)
$guid = "{0CCE92$($subcategories[$module.Params.name])-69AE-11D9-BED3-505054503030}"

function Invoke-AuditPolicy {
    # What the program says, its errors too; its exit code is in $LASTEXITCODE. With Stop, what it writes to its error
    # stream would end the module before the exit code is known.
    param([String[]]$Argument)

    $ErrorActionPreference = 'Continue'
    return (auditpol.exe @Argument 2>&1 | Out-String).Trim()
}

if ($module.Params.operation -eq 'read') {
    $file = Join-Path -Path $module.Tmpdir -ChildPath 'audit_policy.csv'
    $said = Invoke-AuditPolicy -Argument '/backup', "/file:$file"
    if ($LASTEXITCODE -ne 0) {
        $module.FailJson("auditpol /backup failed: $said")
    }
    # The columns' names are in the language of Windows, their order is not.
    $header = @('machine', 'target', 'subcategory', 'guid', 'inclusion', 'exclusion', 'value')
    $rows = @(
        Get-Content -LiteralPath $file |
            Select-Object -Skip 1 |
            ConvertFrom-Csv -Header $header |
            Where-Object -FilterScript { $_.guid -eq $guid -and $_.value -match '^\d+$' }
    )
    $module.Result.value = $null
    if ($rows.Count -gt 0) {
        # The system's own row stands before those of users who have a policy of their own.
        $value = [Int32]$rows[0].value
        $module.Result.value = @{
            success = ($value -band 1) -ne 0
            failure = ($value -band 2) -ne 0
        }
    }
    $module.ExitJson()
}

if ($module.CheckMode) {
    $module.FailJson('trust_audit_policy does not set anything in check mode.')
}

$wanted = @()
foreach ($option in @('success', 'failure')) {
    if ($null -ne $module.Params[$option]) {
        $word = if ($module.Params[$option]) { 'enable' } else { 'disable' }
        $wanted += "/${option}:$word"
    }
}
if ($wanted.Count -gt 0) {
    $said = Invoke-AuditPolicy -Argument (@('/set', "/subcategory:$guid") + $wanted)
    if ($LASTEXITCODE -ne 0) {
        $module.FailJson("auditpol /set failed for $($module.Params.name): $said")
    }
    $module.Result.changed = $true
}
$module.ExitJson()
