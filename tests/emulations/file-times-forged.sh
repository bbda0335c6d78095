#: fires
touch -r /usr/bin/ls /usr/local/bin/ring
#: fires -- by another tool
busybox touch -d '2020-01-01 00:00' /etc/hostname
#: fires -- by a link
ln -s /usr/bin/touch /home/innocent
/home/innocent --date=2020-01-01 /etc/hostname
#: quiet
touch /etc/hostname
touch -d 2020-01-01 /home/x
