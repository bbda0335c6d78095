#: fires
chmod 666 /etc/hostname
#: fires -- by a descriptor
python3 -c 'import os; os.fchmod(os.open("/etc/hostname", 0), 0o777)'
#: fires -- by another tool
busybox chmod o+w /etc/hosts.allow /etc/hostname
#: quiet
chmod 644 /etc/hostname
mkdir /var/lib/app
chmod 1777 /var/lib/app
chmod 666 /home
