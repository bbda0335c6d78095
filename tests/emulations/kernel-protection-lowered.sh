#: fires
: >> /proc/sys/kernel/randomize_va_space
#: fires -- by io_uring
ring write /proc/sys/kernel/kptr_restrict
#: fires -- by a link
ln -s /proc/sys/kernel /tmp/k
: >> /tmp/k/dmesg_restrict
#: quiet
cat /proc/sys/kernel/randomize_va_space
sysctl kernel.kptr_restrict
