#!powershell

# Reads and sets the SMB server. Options: trust_smb_server.py.
# Pages of learn.microsoft.com: Get-SmbServerConfiguration, Set-SmbServerConfiguration (SmbShare).

#AnsibleRequires -CSharpUtil Ansible.Basic

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$spec = @{
    options = @{
        smb1 = @{ type = 'bool' }
        sign = @{ type = 'bool' }
        require_signing = @{ type = 'bool' }
        encrypt = @{ type = 'bool' }
        reject_unencrypted = @{ type = 'bool' }
        audit_smb1 = @{ type = 'bool' }
        operation = @{ type = 'str'; choices = @('read', 'set'); default = 'set' }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)

# Each option's parameter of Set-SmbServerConfiguration, which is the property of Get-SmbServerConfiguration too.
$parameters = @{
    smb1 = 'EnableSMB1Protocol'
    sign = 'EnableSecuritySignature'
    require_signing = 'RequireSecuritySignature'
    encrypt = 'EncryptData'
    reject_unencrypted = 'RejectUnencryptedAccess'
    audit_smb1 = 'AuditSmb1Access'
}

if ($module.Params.operation -eq 'read') {
    $server = Get-SmbServerConfiguration
    $value = @{}
    foreach ($option in $parameters.Keys) {
        $value[$option] = [Boolean]$server.($parameters[$option])
    }
    $module.Result.value = $value
    $module.ExitJson()
}

if ($module.CheckMode) {
    $module.FailJson('trust_smb_server does not set anything in check mode.')
}

$wanted = @{}
foreach ($option in $parameters.Keys) {
    if ($null -ne $module.Params[$option]) {
        $wanted[$parameters[$option]] = $module.Params[$option]
    }
}
if ($wanted.Count -gt 0) {
    # Force leaves out the question; the parameters are those of the table above.
    Set-SmbServerConfiguration @wanted -Force -Confirm:$false
    $module.Result.changed = $true
}
$module.ExitJson()
