#: fires
echo '[Service]' > /etc/systemd/system/update.service
#: fires -- by io_uring
ring write /etc/systemd/system/update.service
#: fires -- moved there
echo '[Service]' > /home/x
cp /home/x /etc/systemd/system/x
mv /etc/systemd/system/x /etc/systemd/system/x.service
#: fires -- by a link
echo '[Service]' > /home/x.service
ln -s /home/x.service /etc/systemd/system/x.service
#: quiet
echo '[Service]' > /home/x.service
cat /usr/lib/systemd/system/*.service > /dev/null
