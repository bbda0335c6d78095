#: fires
timeout 2 python3 -c 'import pty; pty.spawn("/usr/bin/true")'
#: fires -- under another name
cp /usr/bin/python3 /home/python3.9
timeout 2 /home/python3.9 -S -c 'import pty; pty.spawn("/usr/bin/true")'
#: fires -- by Perl
timeout 2 perl -e 'use Socket; if (0) { open(STDIN, ">&S"); exec("/bin/sh -i"); }'
#: quiet
python3 -c 'import socket; print(socket.gethostname())'
script -qc true /dev/null
