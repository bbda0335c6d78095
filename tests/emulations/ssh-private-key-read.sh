#: fires
ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519
cat /root/.ssh/id_ed25519
#: fires -- by io_uring
mkdir -p /root/.ssh
echo key > /root/.ssh/id_rsa
ring openat /root/.ssh/id_rsa
#: fires -- by a link
mkdir -p /home/ann/.ssh
echo key > /home/ann/.ssh/id_rsa
ln -s /home/ann/.ssh /tmp/there
base64 /tmp/there/id_rsa
#: fires -- by a copy that is called ssh
mkdir -p /root/.ssh
echo key > /root/.ssh/id_ecdsa
cp /usr/bin/head /tmp/ssh
/tmp/ssh /root/.ssh/id_ecdsa
#: quiet
ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519
ssh-keygen -y -f /root/.ssh/id_ed25519
cat /root/.ssh/id_ed25519.pub
ssh -o BatchMode=yes -o ConnectTimeout=1 -p 9 nobody@127.0.0.1 true || true
