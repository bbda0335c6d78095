"""Asks for a NAME of a server at 203.0.113.9 that does not answer; with a second argument by a socket that is connected."""
import socket
import sys

name = b"".join(bytes([len(label)]) + label.encode() for label in sys.argv[1].split("."))
question = bytes.fromhex("123401000001000000000000") + name + bytes.fromhex("0000010001")
asker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
if len(sys.argv) > 2:
    asker.connect(("203.0.113.9", 53))
    asker.send(question)
else:
    asker.sendto(question, ("203.0.113.9", 53))
