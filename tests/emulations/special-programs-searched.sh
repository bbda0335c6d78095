#: fires
find /home -perm -4000 -type f
#: fires -- by another tool and spelling
busybox find /home -perm -4000
#: fires -- by a link
ln -s /usr/bin/find /home/x
/home/x /home -perm /u=s
#: quiet
find /home -perm 0644
find /home -name '*.conf'
