#: fires
touch -r /usr/bin/ls /usr/local/bin/ring
#: fires -- by another tool
busybox touch -d '2020-01-01 00:00' /etc/hostname
#: fires -- by a link
ln -s /usr/bin/touch /home/innocent
/home/innocent --date=2020-01-01 /etc/hostname
#: fires -- by a call of its own, by a descriptor
python3 -c 'import os; os.utime(os.open("/etc/hostname", os.O_RDONLY), (1, 1577836800))'
#: quiet
touch /etc/hostname
touch -d 2020-01-01 /home/x
cp -a /usr/bin/true /usr/local/bin/true
gzip -k -c /etc/hostname > /home/x.gz
