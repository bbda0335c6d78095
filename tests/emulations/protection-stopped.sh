#: fires
systemctl stop auditd.service || true
#: fires -- by another tool
pkill -9 falco || true
#: fires -- by a link
ln -s /usr/bin/systemctl /home/x
/home/x mask --now apparmor || true
#: fires -- by a signal to its group, from the shell itself
cp /usr/bin/sleep /usr/sbin/auditd
setsid /usr/sbin/auditd 60 & sleep 0.3
bash -c "kill -9 -- -$!"
#: fires -- by its descriptor
cp /usr/bin/sleep /usr/sbin/rsyslogd
/usr/sbin/rsyslogd 60 & sleep 0.3
python3 -c "import os, signal; signal.pidfd_send_signal(os.pidfd_open($!), signal.SIGSTOP)"
#: quiet
cp /usr/bin/sleep /usr/sbin/auditd
/usr/sbin/auditd 1 & kill -0 $!
kill -CONT $!
sleep 60 & kill -9 $!
systemctl status auditd || true
pkill -0 no-such-program || true
