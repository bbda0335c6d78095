"""Connects to ADDRESS PORT and takes the connection for its own input by closing that first."""
import ctypes
import os
import socket
import sys

connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))
os.close(0)
# Python itself duplicates by fcntl.
ctypes.CDLL(None).dup(connection.fileno())
