"""Loads the shortest program of BPF that the kernel takes: a filter for sockets that drops all. It is gone when this ends."""
import ctypes
import struct
import sys

BPF, PROG_LOAD, SOCKET_FILTER = 321, 5, 1
# r0 = 0; exit
instructions = ctypes.create_string_buffer(bytes.fromhex("b700000000000000" "9500000000000000"))
licence = ctypes.create_string_buffer(b"GPL")
attributes = struct.pack(
    "IIQQ", SOCKET_FILTER, 2, ctypes.addressof(instructions), ctypes.addressof(licence)
).ljust(128, b"\0")
sys.exit(ctypes.CDLL(None).syscall(BPF, PROG_LOAD, attributes, len(attributes)) < 0)
