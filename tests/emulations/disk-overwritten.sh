#: fires
mount -t tmpfs dev /dev
mknod /dev/zero c 1 5
mknod /dev/null c 1 3
dd if=/dev/zero of=/dev/sda count=1 status=none
#: fires -- by io_uring
mount -t tmpfs dev /dev
ring write /dev/nvme0n1
#: fires -- by a link
mount -t tmpfs dev /dev
touch /home/x
ln -s /dev/vda /home/disk
echo x > /home/disk
#: fires -- under the name of a tool
mount -t tmpfs dev /dev
cp /usr/bin/tee /home/fdisk
echo x | /home/fdisk /dev/vda
#: quiet
mount -t tmpfs dev /dev
mknod /dev/null c 1 3
echo x > /dev/null
echo x > /dev/shm-notes
ls /dev
