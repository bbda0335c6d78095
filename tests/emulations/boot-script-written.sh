#: fires
echo true >> /etc/rc.local
#: fires -- by io_uring
ring write /etc/init.d/x
#: fires -- by a link
ln -s ../init.d/x /etc/rc2.d/S99x
#: fires -- renamed by io_uring
echo x > /etc/x
ring renameat /etc/x /etc/init.d/x
#: quiet
ls /etc/init.d
cat /etc/init.d/* > /dev/null
