#: fires
curl -s --max-time 1 --unix-socket /run/docker.sock http://x/containers/json || true
#: fires -- from a container, by a listener that answers
python3 /usr/local/bin/listen.py /run/docker.sock & listener=$!
while [ ! -S /run/docker.sock ]; do sleep 0.05; done
container curl -s --max-time 1 --unix-socket /run/docker.sock http://x/version || true
kill $listener
#: fires -- by a link
python3 /usr/local/bin/listen.py /run/docker.sock & listener=$!
while [ ! -S /run/docker.sock ]; do sleep 0.05; done
ln -s /run/docker.sock /tmp/s
python3 -c 'import socket; socket.socket(socket.AF_UNIX).connect("/tmp/s")'
kill $listener
#: quiet
python3 /usr/local/bin/listen.py /run/app.sock & listener=$!
while [ ! -S /run/app.sock ]; do sleep 0.05; done
curl -s --max-time 1 --unix-socket /run/app.sock http://x/ || true
kill $listener
