#: fires
curl -s --max-time 1 http://169.254.169.254/latest/meta-data/ || true
#: fires -- by another tool and another language
busybox wget -q -T 1 -O- http://169.254.169.254/ || true
python3 -c 'import socket; socket.create_connection(("169.254.169.254", 80), 1)' || true
#: fires -- by io_uring, in a container
cp /usr/local/bin/ring /tmp/ring
container /tmp/ring connect 80 169.254.169.254
#: fires -- under another name
cp /usr/bin/curl /tmp/agent
/tmp/agent -s --max-time 1 http://169.254.169.254/ || true
#: quiet
ring connect 80 169.254.169.254
curl -s --max-time 1 http://127.0.0.1:9/ || true
