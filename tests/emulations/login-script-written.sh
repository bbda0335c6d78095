#: fires
echo 'true &' >> /root/.bashrc
#: fires -- by io_uring
ring write /etc/profile.d/x.sh
#: fires -- moved there
echo true > /etc/x
mv /etc/x /etc/profile.d/locale.sh
sed -i 's/x/x/' /etc/bash.bashrc
#: fires -- by links
mkdir -p /home/ann
echo true > /home/ann/x
ln -s /home/ann/x /home/ann/.profile
#: fires -- under the name of a tool
cp /usr/bin/tee /home/useradd
echo true | /home/useradd -a /root/.profile
#: quiet
useradd -m ann
cat /root/.bashrc /etc/profile
cp -r /etc/skel /tmp/skel
userdel -r ann
