"""The variables in the memory of UEFI firmware, read and added from outside the machine.

The format is that of EDK II (MdePkg ``PiFirmwareVolume.h``, MdeModulePkg ``VariableFormat.h``): a firmware volume
header, a store header, then one record after another, each at a multiple of four bytes.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

STORE_GUID = UUID("aaf32c78-947b-439a-a180-2e144ec37792")
VOLUME_HEADER_LENGTH = struct.Struct("<48xH")
STORE_HEADER = struct.Struct("<16sIBBHI")
RECORD = struct.Struct("<HBBIQ16sIII16s")

RECORD_START = 0x55AA
ADDED = 0x3F
ADDED_AND_ABOUT_TO_BE_DELETED = 0x3E


@dataclass(frozen=True)
class Variable:
    """One variable; `attributes` as UEFI numbers them (1 non-volatile, 2 boot, 4 runtime access)."""

    name: str
    vendor: UUID
    data: bytes
    attributes: int = 7


def read_variables(memory: bytes) -> list[Variable]:
    """The variables that are valid in the firmware's `memory`, the content of QEMU's VARS file."""
    variables = []
    for offset in _records(memory):
        _, state, _, attributes, _, _, _, name_size, data_size, vendor = RECORD.unpack_from(memory, offset)
        if state in (ADDED, ADDED_AND_ABOUT_TO_BE_DELETED):
            name_start = offset + RECORD.size
            data_start = name_start + name_size
            name = memory[name_start:data_start].decode("utf-16-le").rstrip("\0")
            data = memory[data_start : data_start + data_size]
            variables.append(Variable(name, UUID(bytes_le=vendor), data, attributes))
    return variables


def add_variable(memory: bytes, variable: Variable) -> bytes:
    """The firmware's `memory` with one more variable behind the others."""
    name = (variable.name + "\0").encode("utf-16-le")
    header = RECORD.pack(
        RECORD_START,
        ADDED,
        0,
        variable.attributes,
        0,
        bytes(16),
        0,
        len(name),
        len(variable.data),
        variable.vendor.bytes_le,
    )
    record = header + name + variable.data
    end = _first_record(memory)
    for offset in _records(memory):
        end = _next_record(memory, offset)
    return memory[:end] + record + memory[end + len(record) :]


def _first_record(memory: bytes) -> int:
    store: int = VOLUME_HEADER_LENGTH.unpack_from(memory)[0]
    guid, *_ = STORE_HEADER.unpack_from(memory, store)
    if guid != STORE_GUID.bytes_le:
        raise ValueError("there is no EDK II store of authenticated variables here")
    return store + STORE_HEADER.size


def _next_record(memory: bytes, offset: int) -> int:
    *_, name_size, data_size, _ = RECORD.unpack_from(memory, offset)
    end: int = offset + RECORD.size + name_size + data_size
    return end + -end % 4


def _records(memory: bytes) -> Iterator[int]:
    offset = _first_record(memory)
    while struct.unpack_from("<H", memory, offset)[0] == RECORD_START:
        yield offset
        offset = _next_record(memory, offset)
