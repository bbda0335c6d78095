"""Runs /bin/true out of a memory file called NAME: by its path below /proc, or with a second argument by its descriptor."""
import os
import sys

file = os.memfd_create(sys.argv[1])
with open("/bin/true", "rb") as program:
    os.write(file, program.read())
os.execve(file if len(sys.argv) > 2 else f"/proc/self/fd/{file}", ["true"], {})
