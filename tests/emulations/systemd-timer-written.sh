#: fires
echo '[Timer]' > /etc/systemd/system/update.timer
#: fires -- by io_uring
ring write /etc/systemd/system/update.timer
#: fires -- moved, and linked
echo '[Timer]' > /etc/t
ln /etc/t /etc/systemd/system/a.timer
mv /etc/t /etc/systemd/system/b.timer
#: quiet
mkdir -p /var/lib/systemd/timers
touch /var/lib/systemd/timers/stamp-x.timer
