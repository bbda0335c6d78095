#: fires
mkdir -p /run/secrets/kubernetes.io/serviceaccount/data
echo t > /run/secrets/kubernetes.io/serviceaccount/data/token
ln -s data/token /run/secrets/kubernetes.io/serviceaccount/token
container cat /run/secrets/kubernetes.io/serviceaccount/token
#: fires -- by io_uring
mkdir -p /run/secrets/kubernetes.io/serviceaccount
echo t > /run/secrets/kubernetes.io/serviceaccount/token
cp /usr/local/bin/ring /tmp/ring
container /tmp/ring openat /run/secrets/kubernetes.io/serviceaccount/token
#: fires -- by a link, by a line of code
mkdir -p /run/secrets/kubernetes.io/serviceaccount
echo t > /run/secrets/kubernetes.io/serviceaccount/token
ln -s /run/secrets /tmp/s
container python3 -c 'open("/tmp/s/kubernetes.io/serviceaccount/token").read()'
#: quiet
mkdir -p /run/secrets/kubernetes.io/serviceaccount
echo t > /run/secrets/kubernetes.io/serviceaccount/token
echo n > /run/secrets/kubernetes.io/serviceaccount/namespace
echo 'open("/run/secrets/kubernetes.io/serviceaccount/token").read()' > /home/app.py
container python3 /home/app.py
container cat /run/secrets/kubernetes.io/serviceaccount/namespace
