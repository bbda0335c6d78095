#: fires
container mount -t tmpfs x /mnt
#: fires -- into another namespace
container sh -c 'nsenter -t $$ -m true'
#: fires -- by what the kernel runs
container sh -c ': >> /proc/sys/kernel/core_pattern'
#: fires -- by io_uring
mkdir /tmp/cg
container ring write /tmp/cg/release_agent
#: fires -- under the name of a runtime
cp /usr/bin/mount /home/runc
container /home/runc -t tmpfs x /mnt
#: quiet
container ls /
container sh -c 'cat /proc/sys/kernel/core_pattern'
mount -t tmpfs x /mnt
