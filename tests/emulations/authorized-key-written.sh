#: fires
mkdir -p /root/.ssh
echo 'ssh-ed25519 AAAA' >> /root/.ssh/authorized_keys
#: fires -- by io_uring
mkdir -p /home/ann/.ssh
ring write /home/ann/.ssh/authorized_keys
#: fires -- moved there
mkdir -p /root/.ssh
echo x > /root/.ssh/x
mv /root/.ssh/x /root/.ssh/authorized_keys
#: fires -- by a link of the folder
mkdir -p /root/.ssh
ln -s /root/.ssh /tmp/s
echo x > /tmp/s/authorized_keys2
#: quiet
mkdir -p /root/.ssh
ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519
echo x >> /root/.ssh/known_hosts
