#: fires
mkdir /tmp/.x
cp /usr/bin/true /tmp/.x/x
/tmp/.x/x
#: fires -- by a link
cp /usr/bin/true /dev/shm/.font-unix
ln -s /dev/shm/.font-unix /home/tool
/home/tool
#: fires -- by a hard link
mkdir /tmp/.y
cp /usr/bin/true /tmp/y
ln /tmp/y /tmp/.y/z
/tmp/.y/z
#: fires -- by the loader of another name
mkdir -p /var/tmp/a/.b
cp /usr/bin/perl /var/tmp/a/.b/p
/var/tmp/a/.b/p -e 1
#: quiet
cp /usr/bin/true /tmp/x
/tmp/x
mkdir -p /home/ann/.local/bin
cp /usr/bin/true /home/ann/.local/bin/tool
/home/ann/.local/bin/tool
