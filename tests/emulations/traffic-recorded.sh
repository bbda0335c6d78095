#: fires
python3 -c 'import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0x300)'
#: fires -- by cooked packets
perl -MSocket -e 'socket(S, 17, SOCK_DGRAM, 0x300) or die'
#: fires -- under the name of a client, in a container
cp /usr/bin/python3 /home/dhclient
container /home/dhclient -S -c 'import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0x300)'
#: quiet
ip addr show > /dev/null
python3 -c 'import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)'
