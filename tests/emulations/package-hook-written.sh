#: fires
echo 'DPkg::Pre-Invoke {"true";};' > /etc/apt/apt.conf.d/99x
#: fires -- by io_uring
ring write /etc/apt/apt.conf.d/99x
#: fires -- moved, and linked
echo x > /etc/x
ln /etc/x /etc/apt/apt.conf.d/98x
mv /etc/x /etc/apt/apt.conf.d/99x
#: quiet
apt-config dump > /dev/null
echo 'deb http://x.example stable main' > /etc/apt/sources.list.d/x.list
