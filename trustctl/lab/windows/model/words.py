"""What Windows says when it refuses.

The first texts are as recorded in Microsoft's documents or in the output that administrators publish. The others were
found in neither: that Windows refuses is documented, how it says so is not.
"""

from __future__ import annotations

VM_MISSING = 'Hyper-V was unable to find a virtual machine with name "{name}".'
SWITCH_MISSING = 'Hyper-V was unable to find a virtual switch with name "{name}".'
ADAPTER_BOUND = (
    "Failed while adding virtual Ethernet switch connections. External Ethernet adapter '{description}' "
    "is already bound "
    "to the Microsoft Virtual Switch protocol."
)
VM_STATE = "The operation cannot be performed while the virtual machine is in its current state."
VM_MEMORY_SHORT = (
    "'{name}' failed to start. Not enough memory in the system to start the virtual machine {name} with "
    "ram size {megabytes} megabytes."
)
TEMPLATE_LOCKED = "Cannot modify the secure boot template ID property after the virtual TPM is initialized."
PORT_STATE = (
    "Modifying features of the Ethernet connection failed. The operation cannot be performed while the "
    "object is in its current state."
)
FILE_EXISTS = (
    "Failed to create the virtual hard disk. The system failed to create '{path}'. The file exists. (0x80070050)"
)
PATH_MISSING = (
    "Failed to create the virtual hard disk. The system failed to create '{path}'. "
    "The system cannot find the path specified. (0x80070003)"
)
FEATURE_SOURCES = (
    "The request to add or remove features on the specified server failed. Installation of one or more "
    "roles, role services, "
    'or features failed. The source files could not be found. Use the "Source" option to specify the '
    "location of the files "
    "that are required to restore the feature."
)
FEATURE_UNKNOWN = (
    "ArgumentNotValid: The role, role service, or feature name is not valid: '{name}'. The name was not found."
)
NO_VIRTUALIZATION = (
    "A prerequisite check for the Hyper-V feature failed. 1. Hyper-V cannot be installed: "
    "The processor does not have required virtualization capabilities."
)
CONTROLLER_FIRST = (
    "An uninstallation prerequisite step failed during the removal of AD-Domain-Services, and "
    "uninstallation cannot continue. "
    "1. The domain controller needs to be demoted before the Active Directory Domain Services Role can be uninstalled."
)
NET_ADAPTER_MISSING = (
    "No MSFT_NetAdapter objects found with property 'Name' equal to '{name}'.  Verify the value of the "
    "property and retry."
)
CMDLET_MISSING = (
    "The term '{cmdlet}' is not recognized as the name of a cmdlet, function, script file, or operable "
    "program. Check the "
    "spelling of the name, or if a path was included, verify that the path is correct and try again."
)
DRIVE_MISSING = "Cannot find drive. A drive with the name '{drive}' does not exist."
ADDRESS_TAKEN = "Instance MSFT_NetIPAddress already exists"
POWER_MISSING = "The power scheme, subgroup or setting specified does not exist."

# Wording unverified.

MEMORY_REFUSED = "Failed to modify device 'Memory'. {why}"
SWITCH_ADAPTER_MISSING = (
    "Failed while adding virtual Ethernet switch connections. No network adapter '{name}' was found."
)
SWITCH_EXISTS = "Failed while creating virtual Ethernet switch. A virtual switch with the name '{name}' already exists."
SWITCH_IN_USE = (
    "Failed while removing virtual Ethernet switch. The virtual switch '{name}' is in use by a virtual machine."
)
SWITCH_NOT_TEAMED = "The virtual switch '{name}' is not a teaming switch."
TEAM_NOT_SERVER = "Switch Embedded Teaming is not supported on this edition of Windows."
TEAM_SIZE = "A switch team has at most {most} members; {given} were given."
FLOW_MODE = (
    "Failed while modifying virtual Ethernet switch connection settings. The minimum bandwidth mode of "
    "the switch is {mode}."
)
VLAN_RANGE = "The VLAN identifier {vlan} is out of range. It must be between 1 and 4094."
WEIGHT_RANGE = "The minimum bandwidth weight {weight} is out of range. It must be between 0 and 100."
VM_EXISTS = "A virtual machine with the name '{name}' exists already."
VM_GENERATION = "The operation is not supported on a virtual machine of generation {generation}."
VM_PROCESSORS = "Failed to modify device 'Processor'. {count} is out of range: it must be between 1 and {most}."
VM_STOP = "Failed to stop the virtual machine '{name}': its integration service Shutdown is not available."
DISK_SHRINK = (
    "Failed to resize the virtual disk. The system failed to resize '{path}': it holds data beyond {size} bytes."
)
DISK_MISSING = (
    "Failed to add device 'Virtual Hard Disk'. The system cannot find the file specified: '{path}'. (0x80070002)"
)
DISK_BUSY = "Failed to add device 'Virtual Hard Disk'. '{path}' is attached to another virtual machine. (0x80070020)"
DISK_FULL = "Failed to create the virtual hard disk. There is not enough space on the disk. (0x80070070)"
PLACE_TAKEN = (
    "Failed to add device 'Virtual Hard Disk'. The {type} controller {number} has a drive at location {location}."
)
PLACE_MISSING = (
    "Failed to add device 'Virtual Hard Disk'. There is no {type} controller {number} with a location {location}."
)
TEMPLATE_MISSING = "The secure boot template '{name}' does not exist."
SERVICE_MISSING = 'Hyper-V was unable to find an integration service with name "{name}".'
NUMBER_RANGE = "{name}: {value} is out of range. It must be between {least} and {most}."
