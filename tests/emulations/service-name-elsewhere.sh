#: fires
cp /usr/bin/sleep /tmp/sshd
/tmp/sshd 0.1
#: fires -- by a link with an innocent name
mkdir /home/ann
cp /usr/bin/sleep /home/ann/systemd-journald
ln -s /home/ann/systemd-journald /home/ann/tool
/home/ann/tool 0.1
#: fires -- renamed after it was started once
cp /usr/bin/sleep /root/x
mv /root/x /root/crond
/root/crond 0.1
#: quiet
cp /usr/bin/sleep /tmp/sshd-check
/tmp/sshd-check 0.1
cp /usr/bin/sleep /usr/local/bin/nginx
/usr/local/bin/nginx 0.1
