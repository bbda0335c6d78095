#: fires
systemctl stop auditd.service || true
#: fires -- by another tool
pkill -9 falco || true
#: fires -- by a link
ln -s /usr/bin/systemctl /home/x
/home/x mask --now apparmor || true
#: quiet
systemctl status auditd || true
pkill -0 no-such-program || true
