#: fires
echo 'toor:x:0:0::/root:/bin/bash' >> /etc/passwd
#: fires -- by io_uring
ring write /etc/passwd
#: fires -- moved there
sed -i 's/^x/x/' /etc/group
#: fires -- by links
cp /etc/passwd /etc/p
ln -sf /etc/p /etc/passwd
#: fires -- under the name of a tool
cp /usr/bin/tee /home/useradd
echo 'x:x:1::/:' | /home/useradd -a /etc/passwd
#: quiet
groupadd team
useradd -g team ann
usermod -c 'Ann' ann
userdel ann
