#: fires
mkdir -p /etc/udev/rules.d
echo 'ACTION=="add", RUN+="/usr/bin/true"' > /etc/udev/rules.d/99-x.rules
#: fires -- by io_uring
mkdir -p /etc/udev/rules.d
ring write /etc/udev/rules.d/99-x.rules
#: fires -- moved there
mkdir -p /etc/udev/rules.d
echo x > /etc/x
mv /etc/x /etc/udev/rules.d/99-x.rules
#: quiet
ls /usr/lib/udev/rules.d || true
mkdir -p /run/udev/data
echo x > /run/udev/data/b8:0
