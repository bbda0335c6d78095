#: fires
mkdir -p /etc/sudoers.d
echo 'ann ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/ann
#: fires -- by io_uring
mkdir -p /etc/sudoers.d
ring write /etc/sudoers.d/x
#: fires -- moved there
echo x > /etc/x
mv /etc/x /etc/sudoers
#: fires -- by a link
mkdir -p /etc/sudoers.d
echo x > /home/x
ln -s /home/x /etc/sudoers.d/x
#: quiet
echo x > /etc/sudo.conf
ls /etc
