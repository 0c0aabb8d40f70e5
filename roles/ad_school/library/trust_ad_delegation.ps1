#!powershell

#AnsibleRequires -CSharpUtil Ansible.Basic

# Cmdlets, learn.microsoft.com: Get-ADOrganizationalUnit, Get-ADObject, Set-ADObject, Get-ADRootDSE, Get-ADDomain ("ActiveDirectory
# Module"); Set-LapsADComputerSelfPermission ("LAPS Module"; its page says that a distinguished name begins with CN=, while those of OUs
# are what it is given everywhere: unverified, and read again afterwards). The entries are .NET's ActiveDirectoryAccessRule
# (System.DirectoryServices): ActiveDirectoryRights, ObjectType, InheritanceType, InheritedObjectType. Names of the object types:
# schemaIDGUID with lDAPDisplayName in the schema, rightsGuid with the common name below CN=Extended-Rights ([MS-ADTS] 5.1.3.2).

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$spec = @{
    options = @{
        name = @{ type = 'str'; required = $true }
        grants = @{
            type = 'list'
            elements = 'dict'
            options = @{
                principal = @{ type = 'str'; required = $true }
                entries = @{ type = 'list'; elements = 'str' }
            }
        }
        laps_self = @{ type = 'bool' }
        operation = @{ type = 'str'; choices = 'read', 'set'; default = 'set' }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)

# Every right that is one bit; GenericAll is all of them. Two of them are for rights of CN=Extended-Rights.
$single = 'CreateChild', 'DeleteChild', 'ListChildren', 'Self', 'ReadProperty', 'WriteProperty', 'DeleteTree', 'ListObject',
'ExtendedRight', 'Delete', 'ReadControl', 'WriteDacl', 'WriteOwner'
$extended = 'ExtendedRight', 'Self'

function Get-TypeName {
    # Both ways between a GUID and its name. An attribute and a validated write may share a GUID, so there are two tables.
    $root = Get-ADRootDSE
    $tables = @{ schema = @{}; schemaGuid = @{}; right = @{}; rightGuid = @{} }
    $classes = Get-ADObject -SearchBase $root.schemaNamingContext -LDAPFilter '(schemaIDGUID=*)' -Properties @('lDAPDisplayName', 'schemaIDGUID')
    foreach ($one in $classes) {
        $guid = New-Object -TypeName System.Guid -ArgumentList (, [byte[]]$one.schemaIDGUID)
        $tables.schema[[string]$guid] = [string]$one.lDAPDisplayName
        $tables.schemaGuid[[string]$one.lDAPDisplayName] = $guid
    }
    $base = 'CN=Extended-Rights,' + $root.configurationNamingContext
    foreach ($one in (Get-ADObject -SearchBase $base -LDAPFilter '(objectClass=controlAccessRight)' -Properties 'rightsGuid')) {
        $guid = New-Object -TypeName System.Guid -ArgumentList ([string]$one.rightsGuid)
        $tables.right[[string]$guid] = [string]$one.Name
        $tables.rightGuid[[string]$one.Name] = $guid
    }
    $tables
}

function Get-First {
    param([string]$Key, [System.Collections.IDictionary[]]$Table)

    foreach ($one in $Table) {
        if ($one.ContainsKey($Key)) { return $one[$Key] }
    }
}

function ConvertTo-Entry {
    # One text for each right: the directory keeps rights of the same kind in one entry, however they were given.
    param($Rule, [hashtable]$Type)

    $mask = $Rule.ActiveDirectoryRights
    $all = [System.DirectoryServices.ActiveDirectoryRights]::GenericAll
    $rights = @(
        if (($mask -band $all) -eq $all) { 'GenericAll' }
        else { $single | Where-Object { $mask -band [System.DirectoryServices.ActiveDirectoryRights]$_ } }
    )
    foreach ($right in $rights) {
        $tables = if ($extended -contains $right) { $Type.right, $Type.schema } else { $Type.schema, $Type.right }
        $names = foreach ($guid in $Rule.ObjectType, $Rule.InheritedObjectType) {
            if ($guid -eq [System.Guid]::Empty) { '*' }
            else {
                $known = Get-First -Key ([string]$guid) -Table $tables
                if ($known) { $known } else { [string]$guid }
            }
        }
        '{0}; {1}; {2}; {3}' -f $right, $names[0], [string]$Rule.InheritanceType, $names[1]
    }
}

function Resolve-Type {
    param([string]$Name, [System.Collections.IDictionary[]]$Table)

    if ($Name -eq '*') { return [System.Guid]::Empty }
    $guid = Get-First -Key $Name -Table $Table
    if ($null -eq $guid) {
        $module.FailJson("the forest's schema has no class, attribute or right named $Name")
    }
    $guid
}

function ConvertFrom-Entry {
    param([string]$Entry, [System.Security.Principal.SecurityIdentifier]$Sid, [hashtable]$Type)

    $right, $object, $inheritance, $inherited = $Entry -split ';\s*'
    $tables = if ($extended -contains $right) { $Type.rightGuid, $Type.schemaGuid } else { $Type.schemaGuid, $Type.rightGuid }
    New-Object -TypeName System.DirectoryServices.ActiveDirectoryAccessRule -ArgumentList @(
        $Sid
        [System.DirectoryServices.ActiveDirectoryRights]$right
        [System.Security.AccessControl.AccessControlType]::Allow
        (Resolve-Type -Name $object -Table $tables)
        [System.DirectoryServices.ActiveDirectorySecurityInheritance]$inheritance
        (Resolve-Type -Name $inherited -Table $tables)
    )
}

function Get-PrincipalName {
    param([System.Security.Principal.SecurityIdentifier]$Sid, [string]$Domain)

    try { $name = $Sid.Translate([System.Security.Principal.NTAccount]).Value }
    catch [System.Security.Principal.IdentityNotMappedException] { return $Sid.Value }
    if ($name -like "$Domain\*") { $name.Substring($Domain.Length + 1) } else { $name }
}

function Resolve-Principal {
    param([string]$Name, [string]$Domain)

    if ($Name -like 'S-1-*') { return New-Object -TypeName System.Security.Principal.SecurityIdentifier -ArgumentList $Name }
    $full = if ($Name.Contains('\')) { $Name } else { "$Domain\$Name" }
    $account = New-Object -TypeName System.Security.Principal.NTAccount -ArgumentList $full
    $account.Translate([System.Security.Principal.SecurityIdentifier])
}

function Get-Unit {
    param([string]$Name)

    try { Get-ADOrganizationalUnit -Identity $Name -Properties 'nTSecurityDescriptor' }
    catch [Microsoft.ActiveDirectory.Management.ADIdentityNotFoundException] { $null }
}

function Test-LapsSelf {
    # SELF may write msLAPS-Password of computers below, by an entry of this OU or one that it inherits.
    param($Descriptor, [hashtable]$Type)

    $write = [System.DirectoryServices.ActiveDirectoryRights]::WriteProperty
    $all = [System.Guid]::Empty
    $password = if ($Type.schemaGuid.ContainsKey('msLAPS-Password')) { $Type.schemaGuid['msLAPS-Password'] } else { $null }
    $computer = $Type.schemaGuid['computer']
    $fits = @(
        $Descriptor.GetAccessRules($true, $true, [System.Security.Principal.SecurityIdentifier]) | Where-Object {
            $_.IdentityReference.Value -eq 'S-1-5-10' -and
            [string]$_.AccessControlType -eq 'Allow' -and
            ($_.ActiveDirectoryRights -band $write) -eq $write -and
            ($_.ObjectType -eq $all -or $_.ObjectType -eq $password) -and
            ($_.InheritedObjectType -eq $all -or $_.InheritedObjectType -eq $computer) -and
            [string]$_.InheritanceType -ne 'None'
        }
    )
    $null -ne $password -and $fits.Count -gt 0
}

function Get-Grant {
    param($Descriptor, [hashtable]$Type, [string]$Domain)

    $entries = @{}
    foreach ($rule in $Descriptor.GetAccessRules($true, $false, [System.Security.Principal.SecurityIdentifier])) {
        if ([string]$rule.AccessControlType -ne 'Allow') { continue }
        $principal = Get-PrincipalName -Sid $rule.IdentityReference -Domain $Domain
        if (-not $entries.ContainsKey($principal)) { $entries[$principal] = @() }
        $entries[$principal] += ConvertTo-Entry -Rule $rule -Type $Type
    }
    foreach ($principal in ($entries.Keys | Sort-Object)) {
        @{ principal = $principal; entries = @($entries[$principal] | Sort-Object -Unique) }
    }
}

$name = $module.Params.name
if ($null -eq (Get-Module -ListAvailable -Name ActiveDirectory)) {
    if ($module.Params.operation -eq 'set') {
        $module.FailJson('the cmdlets of Active Directory are not on this server: the feature RSAT-AD-PowerShell is missing')
    }
    $module.Result.value = $null
    $module.Result.facts = @{}
    $module.ExitJson()
}
Import-Module -Name ActiveDirectory
$type = Get-TypeName
$domain = [string](Get-ADDomain).NetBIOSName
$unit = Get-Unit -Name $name

if ($module.Params.operation -eq 'read') {
    $module.Result.facts = @{ laps_schema = $type.schemaGuid.ContainsKey('msLAPS-Password') }
    $module.Result.value = $null
    if ($null -ne $unit) {
        $module.Result.value = @{
            grants = @(Get-Grant -Descriptor $unit.nTSecurityDescriptor -Type $type -Domain $domain)
            laps_self = Test-LapsSelf -Descriptor $unit.nTSecurityDescriptor -Type $type
        }
    }
    $module.ExitJson()
}
if ($module.CheckMode) { $module.FailJson('set is not for check mode') }
if ($null -eq $unit) { $module.FailJson("there is no OU $name") }

$descriptor = $unit.nTSecurityDescriptor
$there = @{}
foreach ($one in (Get-Grant -Descriptor $descriptor -Type $type -Domain $domain)) { $there[$one.principal] = $one.entries }
$added = 0
foreach ($grant in @($module.Params.grants | Where-Object { $null -ne $_ })) {
    $has = if ($there.ContainsKey($grant.principal)) { $there[$grant.principal] } else { @() }
    $missing = @($grant.entries | Where-Object { $null -ne $_ -and $has -notcontains $_ })
    if ($missing.Count -eq 0) { continue }
    $sid = Resolve-Principal -Name $grant.principal -Domain $domain
    foreach ($entry in $missing) {
        $descriptor.AddAccessRule((ConvertFrom-Entry -Entry $entry -Sid $sid -Type $type))
        $added += 1
    }
}
if ($added -gt 0) { Set-ADObject -Identity $name -Replace @{ nTSecurityDescriptor = $descriptor } -Confirm:$false }
if ($module.Params.laps_self -and -not (Test-LapsSelf -Descriptor $descriptor -Type $type)) {
    $null = Set-LapsADComputerSelfPermission -Identity $name -Confirm:$false
}
$module.Result.changed = $true
$module.ExitJson()
