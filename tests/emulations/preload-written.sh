#: fires
: > /etc/ld.so.preload
#: fires -- by io_uring
ring write /etc/ld.so.preload
#: fires -- renamed by io_uring
: > /etc/x
ring renameat /etc/x /etc/ld.so.preload
#: fires -- by links
: > /etc/x
ln -s /etc/x /etc/ld.so.preload
#: quiet
ldconfig -p > /dev/null
cat /etc/ld.so.conf
LD_PRELOAD= true
