#!powershell

#AnsibleRequires -CSharpUtil Ansible.Basic

# Cmdlets, learn.microsoft.com "Hyper-V Module": Get-VM, New-VM (NoVHD; Path is the folder above the machine's own), Set-VM,
# Start-VM, Stop-VM (without Save and TurnOff it shuts the guest down), Remove-VM (leaves the disks' files);
# Get-VMProcessor, Set-VMProcessor (Count, CompatibilityForMigrationEnabled, ExposeVirtualizationExtensions);
# Get-VMMemory, Set-VMMemory (DynamicMemoryEnabled, StartupBytes, MinimumBytes, MaximumBytes, Buffer);
# Get-VMHardDiskDrive, Add-VMHardDiskDrive, Get-VHD (Size, VhdType, ParentPath), New-VHD, Resize-VHD (SizeBytes);
# Get-, Add-, Rename-, Connect-, Disconnect-, Set-, Remove-VMNetworkAdapter; Get-VMNetworkAdapterVlan,
# Set-VMNetworkAdapterVlan (Untagged; Access; Trunk with AllowedVlanIdList as text);
# Get-VMFirmware, Set-VMFirmware (EnableSecureBoot, SecureBootTemplate; BootOrder takes out what it does not name);
# Get-, Enable-, Disable-VMIntegrationService. Get-VMDvdDrive. Get-VMSwitch.
# "Storage Module": Get-Volume. Win32_ComputerSystem: TotalPhysicalMemory, NumberOfLogicalProcessors.
# That Path of a machine is its own folder, under the one that New-VM was given, is unverified.
# Types of properties, and that none of these cmdlets asks back (their ConfirmImpact is Medium): the stubs of the module
# Hyper-V 2.0.0.0 that HyperVDsc made on a Windows host. Remove-VM and Stop-VM ask in their own way, which -Force answers.

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

# 'int' of Ansible.Basic ends at 2147483647.
$int64Type = [Func[Object, Int64]] { [Int64]$args[0] }
$spec = @{
    options = @{
        name = @{ type = 'str'; required = $true }
        generation = @{ type = 'int' }
        path = @{ type = 'str' }
        processors = @{ type = 'int' }
        processor_compatibility = @{ type = 'bool' }
        nested_virtualization = @{ type = 'bool' }
        memory = @{
            type = 'dict'
            options = @{
                dynamic = @{ type = 'bool' }
                startup_bytes = @{ type = $int64Type }
                minimum_bytes = @{ type = $int64Type }
                maximum_bytes = @{ type = $int64Type }
                buffer_percent = @{ type = 'int' }
            }
        }
        disks = @{
            type = 'list'
            elements = 'dict'
            options = @{
                path = @{ type = 'str'; required = $true }
                size_bytes = @{ type = $int64Type }
                type = @{ type = 'str'; choices = 'Dynamic', 'Fixed' }
                controller_type = @{ type = 'str'; choices = 'SCSI', 'IDE' }
                controller_number = @{ type = 'int' }
                controller_location = @{ type = 'int' }
            }
        }
        network_adapters = @{
            type = 'list'
            elements = 'dict'
            options = @{
                name = @{ type = 'str'; required = $true }
                switch = @{ type = 'str' }
                vlan = @{ type = 'int' }
                trunk_vlans = @{ type = 'list'; elements = 'int' }
                mac = @{ type = 'str' }
                mac_spoofing = @{ type = 'bool' }
                dhcp_guard = @{ type = 'bool' }
                router_guard = @{ type = 'bool' }
                teaming = @{ type = 'bool' }
                bandwidth_weight = @{ type = 'int' }
            }
        }
        secure_boot = @{ type = 'bool' }
        secure_boot_template = @{
            type = 'str'
            choices = 'MicrosoftWindows', 'MicrosoftUEFICertificateAuthority', 'OpenSourceShieldedVM'
        }
        boot_order = @{ type = 'list'; elements = 'str' }
        automatic_start = @{ type = 'str'; choices = 'Nothing', 'StartIfRunning', 'Start' }
        automatic_start_delay = @{ type = 'int' }
        automatic_stop = @{ type = 'str'; choices = 'TurnOff', 'Save', 'ShutDown' }
        integration_services = @{
            type = 'list'
            elements = 'dict'
            options = @{
                name = @{ type = 'str'; required = $true }
                enabled = @{ type = 'bool'; required = $true }
            }
        }
        checkpoint_type = @{ type = 'str'; choices = 'Disabled', 'Production', 'ProductionOnly', 'Standard' }
        automatic_checkpoints = @{ type = 'bool' }
        notes = @{ type = 'str' }
        power = @{ type = 'str' }
        state = @{ type = 'str'; choices = 'present', 'absent'; default = 'present' }
        operation = @{ type = 'str'; choices = 'read', 'set'; default = 'set' }
    }
    supports_check_mode = $true
}
$module = [Ansible.Basic.AnsibleModule]::Create($args, $spec)
$name = $module.Params.name

# What the integration services are called in English, by their ids.
$serviceNames = @{
    '6C09BB55-D683-4DA0-8931-C9BF705F6480' = 'Guest Service Interface'
    '84EAAE65-2F2E-45F5-9BB5-0E857DC8EB47' = 'Heartbeat'
    '2A34B1C2-FD73-4043-8A5B-DD2159BC743F' = 'Key-Value Pair Exchange'
    '9F8233AC-BE49-4C79-8EE3-E7E1985B2077' = 'Shutdown'
    '2497F4DE-E9FA-4204-80E4-4B75C46419C0' = 'Time Synchronization'
    '5CED1297-4598-4915-A5FC-AD21BB4D02A4' = 'VSS'
}

# Hyper-V answers once its cmdlets are there and its service runs; between the feature and the restart it is not there.
function Test-HyperV {
    $service = Get-Service -Name 'vmms' -ErrorAction SilentlyContinue
    $cmdlet = Get-Command -Name 'Get-VM' -ErrorAction SilentlyContinue
    if ($null -eq $service -or $null -eq $cmdlet) {
        return $false
    }
    # It starts with Windows, and WinRM may answer before.
    $until = [System.DateTime]::UtcNow.AddSeconds(60)
    while ([string]$service.Status -ne 'Running') {
        if (-not (Get-CimInstance -ClassName Win32_ComputerSystem).HypervisorPresent) {
            return $false
        }
        if ([System.DateTime]::UtcNow -gt $until) {
            throw "Hyper-V is installed and its service vmms is $($service.Status)"
        }
        Start-Sleep -Seconds 1
        $service.Refresh()
    }
    return $true
}

function Get-Machine {
    param([string]$Name)

    $found = @(Get-VM | Where-Object { $_.Name -eq $Name })
    if ($found.Count -gt 1) {
        throw "$($found.Count) virtual machines have this name"
    }
    $found | Select-Object -First 1
}

# The file that a disk was made as: a checkpoint puts a differencing disk (.avhdx, .avhd) in front of it.
function Get-BaseDisk {
    param([string]$Path)

    $disk = Get-VHD -Path $Path
    $size = [long]$disk.Size
    while ($disk.ParentPath -and [string]$disk.Path -match '\.avhdx?$') {
        $disk = Get-VHD -Path $disk.ParentPath
    }
    @{ path = [string]$disk.Path; size = $size; type = [string]$disk.VhdType }
}

# No function here is called Get-Disk: the module Storage, which Get-Volume loads, has functions of its own by such names, and
# they would stand in for ours from then on.
function Get-MachineDisk {
    param($VM)

    $drives = @(Get-VMHardDiskDrive -VM $VM | Where-Object { $_.Path -and [string]$_.Path -match '\.a?vhdx?$' })
    foreach ($drive in $drives) {
        $base = Get-BaseDisk -Path $drive.Path
        $one = @{
            path = $base.path
            size_bytes = $base.size
            controller_type = [string]$drive.ControllerType
            controller_number = [int]$drive.ControllerNumber
            controller_location = [int]$drive.ControllerLocation
        }
        if ('Dynamic', 'Fixed' -contains $base.type) {
            $one.type = $base.type
        }
        $one
    }
}

function Get-Adapter {
    param($VM)

    foreach ($adapter in @(Get-VMNetworkAdapter -VM $VM | Sort-Object -Property Name)) {
        $vlan = Get-VMNetworkAdapterVlan -VMNetworkAdapter $adapter
        $mode = [string]$vlan.OperationMode
        if ('Access', 'Untagged', 'Trunk' -notcontains $mode) {
            throw "its network adapter $($adapter.Name) is in VLAN mode ${mode}: that is not told as VLANs"
        }
        # The other way to tag; with DefaultIsolationID 0 it tags nothing.
        $isolation = $adapter.IsolationSetting
        $isolated = $null -ne $isolation -and [string]$isolation.IsolationMode -eq 'Vlan' -and $isolation.DefaultIsolationID -ne 0
        if ($mode -eq 'Untagged' -and $isolated) {
            throw "its network adapter $($adapter.Name) has its VLAN by isolation: that is not told as a VLAN"
        }
        $native = if ($mode -eq 'Access') { [int]$vlan.AccessVlanId } elseif ($mode -eq 'Trunk') { [int]$vlan.NativeVlanId } else { 0 }
        $weight = if ($null -eq $adapter.BandwidthSetting) { 0 } else { [int]$adapter.BandwidthSetting.MinimumBandwidthWeight }
        @{
            name = [string]$adapter.Name
            switch = [string]$adapter.SwitchName
            vlan = $native
            trunk_vlans = @(if ($mode -eq 'Trunk') { $vlan.AllowedVlanIdList | ForEach-Object { [int]$_ } })
            mac = if ($adapter.DynamicMacAddressEnabled) { 'dynamic' } else { [string]$adapter.MacAddress }
            mac_spoofing = [string]$adapter.MacAddressSpoofing -eq 'On'
            dhcp_guard = [string]$adapter.DhcpGuard -eq 'On'
            router_guard = [string]$adapter.RouterGuard -eq 'On'
            teaming = [string]$adapter.AllowTeaming -eq 'On'
            bandwidth_weight = $weight
        }
    }
}

# Windows calls the integration services in its own language; the last part of an Id (Microsoft:MACHINE\SERVICE) is the same
# in all. No page of the cmdlets has the ids: they are those of the DSC module HyperVDsc and of Terraform's provider for Hyper-V.
function Get-ServiceName {
    param($Service)

    $id = ([string]$Service.Id -split '\\')[-1]
    if ($serviceNames.ContainsKey($id)) { $serviceNames[$id] } else { [string]$Service.Name }
}

# Entries of the guest's own (BootType File) are left out.
function Get-BootOrder {
    param($Firmware)

    foreach ($entry in @($Firmware.BootOrder | Where-Object { [string]$_.BootType -ne 'File' -and $null -ne $_.Device })) {
        $device = $entry.Device
        switch ($device.GetType().Name) {
            'HardDiskDrive' { if ($device.Path) { "disk $((Get-BaseDisk -Path $device.Path).path)" } }
            'DvdDrive' { "dvd $($device.ControllerNumber):$($device.ControllerLocation)" }
            'VMNetworkAdapter' { "network $($device.Name)" }
        }
    }
}

function Get-Value {
    param($VM)

    $processor = Get-VMProcessor -VM $VM
    $memory = Get-VMMemory -VM $VM
    $value = @{
        generation = [int]$VM.Generation
        path = [string]$VM.Path
        processors = [int]$processor.Count
        processor_compatibility = [bool]$processor.CompatibilityForMigrationEnabled
        nested_virtualization = [bool]$processor.ExposeVirtualizationExtensions
        memory = @{ dynamic = [bool]$memory.DynamicMemoryEnabled; startup_bytes = [long]$memory.Startup }
        disks = @(Get-MachineDisk -VM $VM | Sort-Object -Property { $_.path })
        network_adapters = @(Get-Adapter -VM $VM)
        automatic_start = [string]$VM.AutomaticStartAction
        automatic_start_delay = [int]$VM.AutomaticStartDelay
        automatic_stop = [string]$VM.AutomaticStopAction
        integration_services = @(
            Get-VMIntegrationService -VM $VM |
                ForEach-Object { @{ name = Get-ServiceName -Service $_; enabled = [bool]$_.Enabled } } |
                Sort-Object -Property { $_.name }
        )
        checkpoint_type = [string]$VM.CheckpointType
        automatic_checkpoints = [bool]$VM.AutomaticCheckpointsEnabled
        notes = [string]$VM.Notes
        power = [string]$VM.State
    }
    if ($value.memory.dynamic) {
        $value.memory.minimum_bytes = [long]$memory.Minimum
        $value.memory.maximum_bytes = [long]$memory.Maximum
        $value.memory.buffer_percent = [int]$memory.Buffer
    }
    if ($value.generation -eq 2) {
        $firmware = Get-VMFirmware -VM $VM
        $value.secure_boot = [string]$firmware.SecureBoot -eq 'On'
        $value.secure_boot_template = [string]$firmware.SecureBootTemplate
        $value.boot_order = @(Get-BootOrder -Firmware $firmware)
    }
    $value
}

function Get-Fact {
    param([bool]$Ready, [string]$Name)

    $computer = Get-CimInstance -ClassName Win32_ComputerSystem
    @{
        name = $Name
        memory_bytes = [long]$computer.TotalPhysicalMemory
        processors = [int]$computer.NumberOfLogicalProcessors
        switches = @(if ($Ready) { Get-VMSwitch | ForEach-Object { [string]$_.Name } | Sort-Object -Unique })
        volumes = @(
            Get-Volume | Where-Object { [string]$_.DriveLetter -match '^[A-Za-z]$' } |
                ForEach-Object { [string]$_.DriveLetter } | Sort-Object -Unique
        )
    }
}

# What would leave a machine half made is found before anything is done.
function Assert-Possible {
    param($Params, $VM)

    $switches = @(Get-VMSwitch | ForEach-Object { [string]$_.Name })
    foreach ($adapter in @($Params.network_adapters | Where-Object { $null -ne $_ -and $_.switch })) {
        if ($switches -notcontains $adapter.switch) {
            throw "there is no virtual switch $($adapter.switch) on this host"
        }
    }
    if ($null -eq $Params.disks) {
        return
    }
    $own = @(if ($null -ne $VM) { Get-MachineDisk -VM $VM | ForEach-Object { $_.path } })
    $others = @{}
    foreach ($drive in @(Get-VM | Where-Object { $_.Name -ne $Params.name } | Get-VMHardDiskDrive | Where-Object { $_.Path })) {
        $others[[string]$drive.Path] = [string]$drive.VMName
    }
    foreach ($disk in $Params.disks) {
        if ($own -contains $disk.path) {
            continue
        }
        if ($others.ContainsKey($disk.path)) {
            throw "the disk $($disk.path) belongs to the virtual machine $($others[$disk.path])"
        }
        if (-not (Test-Path -LiteralPath $disk.path)) {
            if ($null -eq $disk.size_bytes) {
                throw "the disk $($disk.path) is not there, and has no size_bytes to make it with"
            }
        }
        elseif ($null -ne $disk.size_bytes -and (Get-VHD -Path $disk.path).Size -gt $disk.size_bytes) {
            throw "the disk $($disk.path) is there and larger than $($disk.size_bytes) bytes: a disk never shrinks"
        }
    }
}

function Add-Machine {
    param($Params)

    $given = @{ Name = $Params.name; NoVHD = $true }
    if ($null -ne $Params.generation) { $given.Generation = $Params.generation }
    if ($null -ne $Params.path) { $given.Path = Split-Path -Path $Params.path -Parent }
    if ($null -ne $Params.memory -and $null -ne $Params.memory.startup_bytes) {
        $given.MemoryStartupBytes = $Params.memory.startup_bytes
    }
    $null = New-VM @given
    $made = Get-Machine -Name $Params.name
    $wanted = @($Params.network_adapters | Where-Object { $null -ne $_ })
    $names = @($wanted | ForEach-Object { $_.name })
    $adapter = Get-VMNetworkAdapter -VM $made | Select-Object -First 1
    if ($names.Count -gt 0 -and $null -ne $adapter -and $names -notcontains $adapter.Name) {
        Rename-VMNetworkAdapter -VMNetworkAdapter $adapter -NewName $wanted[0].name
    }
    $made
}

# Gives each cmdlet only what differs: a running machine refuses some of it, even as it is already.
function Set-Processor {
    param($VM, $Params)

    $there = Get-VMProcessor -VM $VM
    $given = @{}
    if ($null -ne $Params.processors -and $there.Count -ne $Params.processors) { $given.Count = $Params.processors }
    if ($null -ne $Params.processor_compatibility -and
        $there.CompatibilityForMigrationEnabled -ne $Params.processor_compatibility) {
        $given.CompatibilityForMigrationEnabled = $Params.processor_compatibility
    }
    if ($null -ne $Params.nested_virtualization -and
        $there.ExposeVirtualizationExtensions -ne $Params.nested_virtualization) {
        $given.ExposeVirtualizationExtensions = $Params.nested_virtualization
    }
    if ($given.Count -gt 0) {
        Set-VMProcessor -VM $VM @given
    }
}

function Set-Memory {
    param($VM, $Memory)

    if ($null -eq $Memory) {
        return
    }
    $there = Get-VMMemory -VM $VM
    $dynamic = if ($null -ne $Memory.dynamic) { $Memory.dynamic } else { $there.DynamicMemoryEnabled }
    $given = @{}
    if ($there.DynamicMemoryEnabled -ne $dynamic) { $given.DynamicMemoryEnabled = $dynamic }
    if ($null -ne $Memory.startup_bytes -and $there.Startup -ne $Memory.startup_bytes) {
        $given.StartupBytes = $Memory.startup_bytes
    }
    if ($dynamic) {
        if ($null -ne $Memory.minimum_bytes -and $there.Minimum -ne $Memory.minimum_bytes) {
            $given.MinimumBytes = $Memory.minimum_bytes
        }
        if ($null -ne $Memory.maximum_bytes -and $there.Maximum -ne $Memory.maximum_bytes) {
            $given.MaximumBytes = $Memory.maximum_bytes
        }
        if ($null -ne $Memory.buffer_percent -and $there.Buffer -ne $Memory.buffer_percent) {
            $given.Buffer = $Memory.buffer_percent
        }
    }
    if ($given.Count -gt 0) {
        Set-VMMemory -VM $VM @given
    }
}

# Attaches, makes and enlarges disks. Nothing here detaches one, or touches what is in a file that is there.
function Set-MachineDisk {
    param($VM, $Disks)

    foreach ($disk in @($Disks | Where-Object { $null -ne $_ })) {
        $there = Get-MachineDisk -VM $VM | Where-Object { $_.path -eq $disk.path } | Select-Object -First 1
        if ($null -eq $there) {
            if (-not (Test-Path -LiteralPath $disk.path)) {
                $folder = Split-Path -Path $disk.path -Parent
                if (-not (Test-Path -LiteralPath $folder)) {
                    $null = New-Item -Path $folder -ItemType Directory -Force
                }
                $kind = if ($disk.type -eq 'Fixed') { @{ Fixed = $true } } else { @{ Dynamic = $true } }
                $null = New-VHD -Path $disk.path -SizeBytes $disk.size_bytes @kind
            }
            $given = @{
                Path = $disk.path
                ControllerType = if ($disk.controller_type) { $disk.controller_type } else { 'SCSI' }
                ControllerNumber = if ($null -ne $disk.controller_number) { $disk.controller_number } else { 0 }
            }
            if ($null -ne $disk.controller_location) { $given.ControllerLocation = $disk.controller_location }
            Add-VMHardDiskDrive -VM $VM @given
            $there = @{ size_bytes = [long](Get-VHD -Path $disk.path).Size }
        }
        if ($null -ne $disk.size_bytes -and $there.size_bytes -lt $disk.size_bytes) {
            $drive = Get-VMHardDiskDrive -VM $VM | Where-Object { $_.Path -eq $disk.path }
            if ($null -eq $drive) {
                throw "the disk $($disk.path) has checkpoints: take them away before it is made larger"
            }
            Resize-VHD -Path $disk.path -SizeBytes $disk.size_bytes
        }
    }
}

# Says whether it did something.
function Connect-Adapter {
    param($Adapter, $Wanted)

    if ($null -eq $Wanted.switch -or [string]$Adapter.SwitchName -eq $Wanted.switch) {
        return $false
    }
    if ($Wanted.switch -eq '') {
        Disconnect-VMNetworkAdapter -VMNetworkAdapter $Adapter
    }
    else {
        Connect-VMNetworkAdapter -VMNetworkAdapter $Adapter -SwitchName $Wanted.switch
    }
    $true
}

function Set-AdapterVlan {
    param($Adapter, $Wanted)

    if ($null -ne $Wanted.vlan -or $null -ne $Wanted.trunk_vlans) {
        $there = Get-VMNetworkAdapterVlan -VMNetworkAdapter $Adapter
        $mode = [string]$there.OperationMode
        $vlan = if ($null -ne $Wanted.vlan) { $Wanted.vlan } else { 0 }
        $trunk = @($Wanted.trunk_vlans | Where-Object { $null -ne $_ })
        $allowed = @($there.AllowedVlanIdList | Where-Object { $null -ne $_ } | Sort-Object) -join ','
        $same = $mode -eq 'Trunk' -and $there.NativeVlanId -eq $vlan -and $allowed -eq (@($trunk | Sort-Object) -join ',')
        if ($trunk.Count -gt 0 -and -not $same) {
            Set-VMNetworkAdapterVlan -VMNetworkAdapter $Adapter -Trunk -NativeVlanId $vlan -AllowedVlanIdList ($trunk -join ',')
        }
        elseif ($trunk.Count -eq 0 -and $vlan -eq 0 -and $mode -ne 'Untagged') {
            Set-VMNetworkAdapterVlan -VMNetworkAdapter $Adapter -Untagged
        }
        elseif ($trunk.Count -eq 0 -and $vlan -gt 0 -and ($mode -ne 'Access' -or $there.AccessVlanId -ne $vlan)) {
            Set-VMNetworkAdapterVlan -VMNetworkAdapter $Adapter -Access -VlanId $vlan
        }
    }
}

# An adapter that is on no switch yet gets its VLAN first: on a machine that runs it would else be untagged for a moment, in
# the network of the host. Whether Windows takes a VLAN for it is not documented: if not, it gets it once it is connected.
function Set-VlanBefore {
    param($Adapter, $Wanted)

    if ([string]$Adapter.SwitchName -ne '' -or -not $Wanted.switch) {
        return
    }
    try {
        Set-AdapterVlan -Adapter $Adapter -Wanted $Wanted
    }
    catch {
        $module.Warn("$($Adapter.Name) is connected before it has its VLAN: $($_.Exception.Message)")
    }
}

function Set-OneAdapter {
    param($Adapter, $Wanted)

    Set-AdapterVlan -Adapter $Adapter -Wanted $Wanted
    $given = @{}
    if ($null -ne $Wanted.mac) {
        $static = $Wanted.mac -ne 'dynamic'
        if ($static -and ($Adapter.DynamicMacAddressEnabled -or [string]$Adapter.MacAddress -ne $Wanted.mac)) {
            $given.StaticMacAddress = $Wanted.mac
        }
        if (-not $static -and -not $Adapter.DynamicMacAddressEnabled) {
            $given.DynamicMacAddress = $true
        }
    }
    $switches = @{
        mac_spoofing = 'MacAddressSpoofing'
        dhcp_guard = 'DhcpGuard'
        router_guard = 'RouterGuard'
        teaming = 'AllowTeaming'
    }
    foreach ($option in $switches.Keys) {
        # An adapter on no switch refuses them, so one that is right already is not given.
        $parameter = $switches[$option]
        if ($null -ne $Wanted[$option] -and ([string]$Adapter.$parameter -eq 'On') -ne $Wanted[$option]) {
            $given[$parameter] = if ($Wanted[$option]) { 'On' } else { 'Off' }
        }
    }
    $weight = if ($null -eq $Adapter.BandwidthSetting) { 0 } else { [int]$Adapter.BandwidthSetting.MinimumBandwidthWeight }
    if ($null -ne $Wanted.bandwidth_weight -and $weight -ne $Wanted.bandwidth_weight) {
        $given.MinimumBandwidthWeight = $Wanted.bandwidth_weight
    }
    if ($given.Count -gt 0) {
        Set-VMNetworkAdapter -VMNetworkAdapter $Adapter @given
    }
}

# The list is complete (the action plugin adds what the machine has beside what is wanted).
function Set-Adapter {
    param($VM, $Wanted)

    if ($null -eq $Wanted) {
        return
    }
    foreach ($one in $Wanted) {
        $adapter = Get-VMNetworkAdapter -VM $VM | Where-Object { $_.Name -eq $one.name } | Select-Object -First 1
        if ($null -eq $adapter) {
            $adapter = Add-VMNetworkAdapter -VM $VM -Name $one.name -Passthru
        }
        Set-VlanBefore -Adapter $adapter -Wanted $one
        # What belongs to a switch's port is set while the adapter is on one: after it comes, before it leaves.
        $leaves = $null -ne $one.switch -and $one.switch -eq ''
        if (-not $leaves -and (Connect-Adapter -Adapter $adapter -Wanted $one)) {
            $adapter = Get-VMNetworkAdapter -VM $VM | Where-Object { $_.Name -eq $one.name } | Select-Object -First 1
        }
        Set-OneAdapter -Adapter $adapter -Wanted $one
        if ($leaves) {
            $null = Connect-Adapter -Adapter $adapter -Wanted $one
        }
    }
    $names = @($Wanted | ForEach-Object { $_.name })
    foreach ($adapter in @(Get-VMNetworkAdapter -VM $VM | Where-Object { $names -notcontains $_.Name })) {
        Remove-VMNetworkAdapter -VMNetworkAdapter $adapter
    }
}

function Get-BootDevice {
    param($VM, [string]$Entry)

    $kind, $what = $Entry -split ' ', 2
    $device = switch ($kind) {
        'disk' {
            Get-VMHardDiskDrive -VM $VM | Where-Object { $_.Path -and (Get-BaseDisk -Path $_.Path).path -eq $what }
        }
        'network' { Get-VMNetworkAdapter -VM $VM | Where-Object { $_.Name -eq $what } }
        'dvd' {
            $number, $location = $what -split ':', 2
            Get-VMDvdDrive -VM $VM -ControllerNumber ([int]$number) -ControllerLocation ([int]$location)
        }
    }
    if ($null -eq $device) {
        throw "there is no device $Entry to start from"
    }
    $device | Select-Object -First 1
}

# What the guest keeps for itself (a boot loader's file on a disk) stays, in front of the first disk: a network that is wanted
# before the disks is asked before it too.
function Get-BootDeviceOrder {
    param($VM, $Firmware, $Wanted)

    $own = @($Firmware.BootOrder | Where-Object { [string]$_.BootType -eq 'File' -or $null -eq $_.Device })
    foreach ($entry in $Wanted) {
        if ($entry -like 'disk *') {
            $own
            $own = @()
        }
        Get-BootDevice -VM $VM -Entry $entry
    }
    $own
}

function Set-Firmware {
    param($VM, $Params)

    if ($null -eq $Params.secure_boot -and $null -eq $Params.secure_boot_template -and $null -eq $Params.boot_order) {
        return
    }
    $there = Get-VMFirmware -VM $VM
    $given = @{}
    if ($null -ne $Params.secure_boot -and ([string]$there.SecureBoot -eq 'On') -ne $Params.secure_boot) {
        $given.EnableSecureBoot = if ($Params.secure_boot) { 'On' } else { 'Off' }
    }
    if ($null -ne $Params.secure_boot_template -and [string]$there.SecureBootTemplate -ne $Params.secure_boot_template) {
        $given.SecureBootTemplate = $Params.secure_boot_template
    }
    if ($given.Count -gt 0) {
        Set-VMFirmware -VM $VM @given
    }
    if ($null -ne $Params.boot_order -and (@(Get-BootOrder -Firmware $there) -join '|') -cne ($Params.boot_order -join '|')) {
        Set-VMFirmware -VM $VM -BootOrder @(Get-BootDeviceOrder -VM $VM -Firmware $there -Wanted $Params.boot_order)
    }
}

function Set-Machine {
    param($VM, $Params)

    $parameterOf = @{
        automatic_start = 'AutomaticStartAction'
        automatic_start_delay = 'AutomaticStartDelay'
        automatic_stop = 'AutomaticStopAction'
        checkpoint_type = 'CheckpointType'
        automatic_checkpoints = 'AutomaticCheckpointsEnabled'
        notes = 'Notes'
    }
    $given = @{}
    foreach ($option in $parameterOf.Keys) {
        $parameter = $parameterOf[$option]
        if ($null -ne $Params[$option] -and [string]$VM.$parameter -cne [string]$Params[$option]) {
            $given[$parameter] = $Params[$option]
        }
    }
    if ($given.Count -gt 0) {
        Set-VM -VM $VM @given
    }
    foreach ($service in @($Params.integration_services | Where-Object { $null -ne $_ })) {
        $there = Get-VMIntegrationService -VM $VM | Where-Object { (Get-ServiceName -Service $_) -eq $service.name } |
            Select-Object -First 1
        if ($null -eq $there) {
            throw "there is no integration service $($service.name)"
        }
        if ($service.enabled -and -not $there.Enabled) { Enable-VMIntegrationService -VMIntegrationService $there }
        if (-not $service.enabled -and $there.Enabled) { Disable-VMIntegrationService -VMIntegrationService $there }
    }
}

function Set-Whole {
    param($Params)

    $vm = Get-Machine -Name $Params.name
    if ($Params.state -eq 'absent') {
        if ($null -ne $vm) {
            Remove-VM -VM $vm -Force
        }
        return
    }
    Assert-Possible -Params $Params -VM $vm
    if ($null -eq $vm) {
        $vm = Add-Machine -Params $Params
    }
    elseif ($Params.power -eq 'Off' -and [string]$vm.State -ne 'Off') {
        Stop-VM -VM $vm -Force
        $vm = Get-Machine -Name $Params.name
    }
    Set-Processor -VM $vm -Params $Params
    Set-Memory -VM $vm -Memory $Params.memory
    Set-MachineDisk -VM $vm -Disks $Params.disks
    Set-Adapter -VM $vm -Wanted $Params.network_adapters
    Set-Firmware -VM $vm -Params $Params
    Set-Machine -VM $vm -Params $Params
    if ($Params.power -eq 'Running' -and [string]$vm.State -ne 'Running') {
        Start-VM -VM $vm
    }
}

try {
    $ready = Test-HyperV
    if ($module.Params.operation -eq 'read') {
        $vm = if ($ready) { Get-Machine -Name $name } else { $null }
        $module.Result.value = if ($null -ne $vm) { Get-Value -VM $vm } else { $null }
        $module.Result.facts = Get-Fact -Ready $ready -Name $name
    }
    elseif ($module.CheckMode) {
        $module.FailJson('set is never done in check mode')
    }
    elseif (-not $ready) {
        $module.FailJson('Hyper-V is not there: its feature is not installed, or Windows has not restarted since')
    }
    else {
        Set-Whole -Params $module.Params
        $module.Result.changed = $true
    }
}
catch {
    $module.FailJson("the virtual machine ${name}: $($_.Exception.Message)", $_)
}
$module.ExitJson()
