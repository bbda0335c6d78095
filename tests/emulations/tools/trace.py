"""Traces: attach PID, seize PID, or asks to be traced: me."""
import ctypes
import os
import sys

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
TRACEME, ATTACH, DETACH, SEIZE = 0, 16, 17, 0x4206
if sys.argv[1] == "me":
    sys.exit(libc.ptrace(TRACEME, 0, None, None) != 0)
target = int(sys.argv[2])
request = ATTACH if sys.argv[1] == "attach" else SEIZE
if libc.ptrace(request, target, None, None):
    sys.exit(os.strerror(ctypes.get_errno()))
if request == ATTACH:
    os.waitpid(target, 0x40000000)
    libc.ptrace(DETACH, target, None, None)
