#!/bin/sh
# Runs a part of an emulation in a world of its own: world.sh TOOLS PART, in new namespaces of mounts, network and processes. TOOLCHAIN is one more
# folder of programs.
# What it writes below /etc, /root, /home, /var, /srv and /usr goes to memory and is gone with it; /tmp, /run and /dev/shm are empty.
set -eu
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin${TOOLCHAIN:+:$TOOLCHAIN} HOME=/root LC_ALL=C.UTF-8
mount -t tmpfs world /mnt
cp "$2" /mnt/part
for place in etc root home var srv usr; do
  mkdir -p "/mnt/new/$place" "/mnt/work/$place"
  mount -t overlay -o "lowerdir=/$place,upperdir=/mnt/new/$place,workdir=/mnt/work/$place" overlay "/$place"
done
cp "$1"/* /usr/local/bin/
for place in /tmp /run /dev/shm; do
  mount -t tmpfs -o mode=1777 empty "$place"
done
ip link set lo up
ip addr add 169.254.169.254/32 dev lo
ip addr add 203.0.113.9/32 dev lo
cd /mnt/new
exec sh /mnt/part
