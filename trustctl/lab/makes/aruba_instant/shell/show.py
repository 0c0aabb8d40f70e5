"""What `show` commands print, as the recorded session of an IAP-515 has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustctl.lab.faults import FaultKind

if TYPE_CHECKING:
    from trustctl.lab.makes.aruba_instant.device import InstantDevice


def serial(device: InstantDevice) -> str:
    """The serial number of the access point that leads the cluster."""
    fault = device.faults.get(FaultKind.SERIAL)
    return fault.text if fault else device.spec.serial


def version(device: InstantDevice) -> str:
    """`show version`."""
    up = int(device.clock.uptime())
    days, hours, minutes, seconds = up // 86400, up // 3600 % 24, up // 60 % 60, up % 60
    return (
        "Aruba Operating System Software.\n"
        f"ArubaOS (MODEL: {device.model}), Version {device.cluster.version} LSR\n"
        "Website: http://www.arubanetworks.com\n"
        "(c) Copyright 2023 Hewlett Packard Enterprise Development LP.\n"
        "Compiled on 2023-02-14 at 18:20:29 PST (build 86193) by jenkins\n"
        "FIPS Mode :disabled\n\n"
        f"AP uptime is {days} days {hours} hours {minutes} minutes {seconds} seconds\n"
        "Reboot Time and Cause: AP Reboot reason: Power on\n"
    )


def activate(device: InstantDevice) -> str:
    """`show activate status`, which has the serial number."""
    return (
        "\n"
        f"IAP MAC Address          :{device.host}\n"
        f"IAP Serial Number        :{serial(device)}\n"
        "Cloud Activation Key     :\n"
        "Activate Server          :device.arubanetworks.com\n"
        "Activate Status          :connection-failed\n"
        "Activate fail reason     :dns error\n"
        "Provision interval       :5 minutes\n"
    )


def ping(device: InstantDevice, address: str) -> str:
    """`ping`: five packets, as the access points' own tool prints it [unverified]."""
    answers = 5 if device.answers_ping(address) else 0
    return (
        f"Press 'q' to abort.\nPING {address} ({address}): 56 data bytes\n\n--- {address} ping statistics ---\n"
        f"5 packets transmitted, {answers} packets received, {100 - 20 * answers}% packet loss\n"
    )
