#!powershell

#AnsibleRequires -CSharpUtil Ansible.Basic

# Cmdlets, learn.microsoft.com: Update-LapsADSchema ("LAPS Module"; the attribute msLAPS-Password is in "Windows LAPS schema
# extensions reference"), Get-ADObject, Get-ADForest, Get-ADDomain, Get-ADRootDSE ("ActiveDirectory Module"). Schema Admins is
# the group 518 of the forest's first domain ("Well-known SIDs").

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$spec = @{
    options = @{
        extended = @{ type = 'bool' }
        operation = @{ type = 'str'; choices = 'read', 'set'; default = 'set' }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)

$cmdlet = $null -ne (Get-Command -Name Update-LapsADSchema -ErrorAction SilentlyContinue)
if ($null -eq (Get-Module -ListAvailable -Name ActiveDirectory)) {
    if ($module.Params.operation -eq 'set') {
        $module.FailJson('the cmdlets of Active Directory are not on this server: the feature RSAT-AD-PowerShell is missing')
    }
    $module.Result.value = $null
    $module.Result.facts = @{ cmdlet = $cmdlet; schema_admin = $false; schema_master = ''; problem = '' }
    $module.ExitJson()
}
Import-Module -Name ActiveDirectory

if ($module.Params.operation -eq 'read') {
    $schema = (Get-ADRootDSE).schemaNamingContext
    $found = @(Get-ADObject -SearchBase $schema -LDAPFilter '(lDAPDisplayName=msLAPS-Password)')
    $forest = Get-ADForest
    $group = '{0}-518' -f (Get-ADDomain -Identity $forest.RootDomain).DomainSID.Value
    $mine = @([System.Security.Principal.WindowsIdentity]::GetCurrent().Groups | ForEach-Object { $_.Value })
    # The schema is written on its master, as this login. Where that is another controller, the login goes there only if it
    # is passed on ("Making the second hop in PowerShell Remoting"), so whoever is refused here is refused there.
    $problem = ''
    try { $null = Get-ADObject -Identity $schema -Server $forest.SchemaMaster }
    catch { $problem = [string]$_.Exception.Message }
    $module.Result.value = @{ extended = [bool]($found.Count -gt 0) }
    $module.Result.facts = @{
        cmdlet = $cmdlet
        schema_admin = [bool]($mine -contains $group)
        schema_master = [string]$forest.SchemaMaster
        problem = $problem
    }
    $module.ExitJson()
}
if ($module.CheckMode) { $module.FailJson('set is not for check mode') }

if ($module.Params.extended) { $null = Update-LapsADSchema -Confirm:$false }
$module.Result.changed = $true
$module.ExitJson()
