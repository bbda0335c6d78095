#: fires
mkdir -p /root/.aws
echo x > /root/.aws/credentials
cat /root/.aws/credentials
#: fires -- by io_uring
mkdir -p /root/.kube
echo x > /root/.kube/config
cp /usr/local/bin/ring /tmp/ring
/tmp/ring openat /root/.kube/config
#: fires -- by a link
mkdir -p /home/ann/.aws
echo x > /home/ann/.aws/credentials
ln -s /home/ann/.aws/credentials /tmp/c
cp /tmp/c /tmp/d
#: fires -- under another name, and by another language
mkdir -p /root/.docker
echo '{}' > /root/.docker/config.json
cp /usr/bin/cat /tmp/kubectl
/tmp/kubectl /root/.docker/config.json
python3 -c 'open("/root/.docker/config.json").read()'
#: quiet
mkdir -p /root/.aws /home/repository
echo x > /root/.aws/config
cat /root/.aws/config
git init -q /home/repository
git -C /home/repository config user.name ann
cat /home/repository/.git/config
