"""WS-Management as far as PowerShell Remoting goes over it (MS-WSMV): envelopes in, envelopes out."""

from __future__ import annotations

import base64
import re
import uuid
import xml.etree.ElementTree as ET  # nosec B405 - reads what the lab's own client sends
from dataclasses import dataclass
from xml.sax.saxutils import escape  # nosec B406 - writes, and reads nothing

_S = "http://www.w3.org/2003/05/soap-envelope"
_WSA = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
_WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
_WST = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
_RSP = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
_FAULT = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
_PWSH = "http://schemas.microsoft.com/powershell"
_NAMES = {"s": _S, "wsa": _WSA, "wsman": _WSMAN, "rsp": _RSP, "pwsh": _PWSH}

POWERSHELL = "http://schemas.microsoft.com/powershell/Microsoft.PowerShell"
"""The resource that a PowerShell shell is."""

OPERATION_TIMEOUT = 2150858793
"""ERROR_WSMAN_OPERATION_TIMEDOUT, 0x80338029: nothing was written in the time that the client allows."""
NO_SHELL = 2150858843
"""ERROR_WSMAN_UNEXPECTED_SELECTORS, 0x8033805B: there is no such shell."""
NO_ACTION = 2150858752
"""ERROR_WSMAN_ACTION_NOT_SUPPORTED, 0x80338000 and following."""

_PERIOD = re.compile(r"PT(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?")


class BadEnvelopeError(Exception):
    """What came is no WS-Management request."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request. `action` is the last word of its URI; `seconds` is how long the client waits for an answer."""

    action: str
    message: str
    resource: str
    shell: str
    command: uuid.UUID | None
    data: bytes
    seconds: float


def read(raw: bytes) -> Request:
    """Read a request. Raises BadEnvelopeError."""
    try:
        envelope = ET.fromstring(raw)  # nosec B314 # noqa: S314 - from a client on loopback that the lab's own user runs
    except ET.ParseError as error:
        raise BadEnvelopeError(str(error)) from error
    body = envelope.find("s:Body", _NAMES)
    header = envelope.find("s:Header", _NAMES)
    if body is None or header is None:
        raise BadEnvelopeError("no header, or no body")
    shell = next(
        (one.text or "" for one in header.iterfind("wsman:SelectorSet/wsman:Selector", _NAMES)
         if one.get("Name") == "ShellId"), ""
    )  # fmt: skip
    command, data = _content(body)
    action = _text(header, "wsa:Action")
    return Request(
        action.rpartition("/")[2],
        _text(header, "wsa:MessageID"),
        _text(header, "wsman:ResourceURI"),
        shell.upper(),
        command,
        data,
        _seconds(_text(header, "wsman:OperationTimeout")),
    )


def _text(header: ET.Element, path: str) -> str:
    found = header.find(path, _NAMES)
    return (found.text or "") if found is not None else ""


def _seconds(period: str) -> float:
    found = _PERIOD.fullmatch(period)
    return float(found[1] or 0) * 60 + float(found[2] or 0) if found else 60.0


def _content(body: ET.Element) -> tuple[uuid.UUID | None, bytes]:
    """The pipeline that a request is for, and the bytes that it brings."""
    for path in ("rsp:Shell/pwsh:creationXml", "rsp:Send/rsp:Stream", "rsp:CommandLine/rsp:Arguments"):
        found = body.find(path, _NAMES)
        if found is not None:
            line = body.find("rsp:CommandLine", _NAMES)
            name = found.get("CommandId") or (line.get("CommandId") if line is not None else None)
            return _uuid(name), base64.b64decode(found.text or "")
    for path in ("rsp:Receive/rsp:DesiredStream", "rsp:Signal"):
        found = body.find(path, _NAMES)
        if found is not None:
            return _uuid(found.get("CommandId")), b""
    return None, b""


def _uuid(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError as error:
        raise BadEnvelopeError(f"{text} is no id of a command") from error


def _envelope(action: str, related: str, body: str) -> bytes:
    return (
        f'<s:Envelope xmlns:s="{_S}" xmlns:a="{_WSA}" xmlns:w="{_WSMAN}" xmlns:rsp="{_RSP}" xmlns:x="{_WST}">'
        f"<s:Header><a:Action>{escape(action)}</a:Action><a:MessageID>uuid:{str(uuid.uuid4()).upper()}</a:MessageID>"
        f"<a:RelatesTo>{escape(related)}</a:RelatesTo></s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def created(request: Request, shell: str, owner: str) -> bytes:
    """A shell was made. Its id stands there twice: as the selector to name it by, and in its description."""
    selector = f'<w:SelectorSet><w:Selector Name="ShellId">{shell}</w:Selector></w:SelectorSet>'
    reference = f"<a:ReferenceParameters><w:ResourceURI>{POWERSHELL}</w:ResourceURI>{selector}</a:ReferenceParameters>"
    body = (
        f"<x:ResourceCreated>{reference}</x:ResourceCreated><rsp:Shell><rsp:ShellId>{shell}</rsp:ShellId>"
        f"<rsp:ResourceUri>{POWERSHELL}</rsp:ResourceUri><rsp:Owner>{escape(owner)}</rsp:Owner>"
        "<rsp:ClientIP>127.0.0.1</rsp:ClientIP><rsp:InputStreams>stdin pr</rsp:InputStreams>"
        "<rsp:OutputStreams>stdout</rsp:OutputStreams></rsp:Shell>"
    )
    return _envelope(f"{_WST}/CreateResponse", request.message, body)


def commanded(request: Request) -> bytes:
    """A pipeline was begun."""
    body = f"<rsp:CommandResponse><rsp:CommandId>{_written(request.command)}</rsp:CommandId></rsp:CommandResponse>"
    return _envelope(f"{_RSP}/CommandResponse", request.message, body)


def received(request: Request, data: bytes, *, over: bool) -> bytes:
    """What a pipeline, or the shell, has written."""
    ident = f' CommandId="{_written(request.command)}"' if request.command else ""
    state = "Done" if over else "Running"
    stream = f'<rsp:Stream Name="stdout"{ident}>{base64.b64encode(data).decode()}</rsp:Stream>'
    ended = "<rsp:ExitCode>0</rsp:ExitCode>" if over else ""
    told = f'<rsp:CommandState{ident} State="{_RSP}/CommandState/{state}">{ended}</rsp:CommandState>'
    return _envelope(
        f"{_RSP}/ReceiveResponse", request.message, f"<rsp:ReceiveResponse>{stream}{told}</rsp:ReceiveResponse>"
    )


def done(request: Request) -> bytes:
    """A Send, Signal or Delete was taken."""
    if request.action == "Delete":
        return _envelope(f"{_WST}/DeleteResponse", request.message, "")
    return _envelope(f"{_RSP}/{request.action}Response", request.message, f"<rsp:{request.action}Response/>")


def fault(request: Request, code: int, machine: str, said: str) -> bytes:
    """A fault, as WSManFault with its code."""
    body = (
        "<s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code>"
        f'<s:Reason><s:Text xml:lang="en-US">{escape(said)}</s:Text></s:Reason><s:Detail>'
        f'<f:WSManFault xmlns:f="{_FAULT}" Code="{code}" Machine="{escape(machine)}"><f:Message>{escape(said)}'
        "</f:Message></f:WSManFault></s:Detail></s:Fault>"
    )
    return _envelope("http://schemas.dmtf.org/wbem/wsman/1/wsman/fault", request.message, body)


def _written(command: uuid.UUID | None) -> str:
    return str(command).upper()
