"""Listens at ADDRESS:PORT or at a path, takes connections and says nothing."""
import socket
import sys

place = sys.argv[1]
if place.startswith("/"):
    server = socket.socket(socket.AF_UNIX)
    server.bind(place)
else:
    address, port = place.rsplit(":", 1)
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((address, int(port)))
server.listen()
while True:
    connection, _ = server.accept()
    connection.close()
