"""Asks the kernel to load a file that is no module, or with `-` some bytes that are none. It refuses."""
import ctypes
import os
import sys

libc = ctypes.CDLL(None)
INIT_MODULE, FINIT_MODULE = 175, 313
if sys.argv[1] == "-":
    libc.syscall(INIT_MODULE, b"no module", 9, b"")
else:
    libc.syscall(FINIT_MODULE, os.open(sys.argv[1], os.O_RDONLY), b"", 0)
