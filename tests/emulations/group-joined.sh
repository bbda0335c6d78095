#: fires
usermod -aG sudo nobody
#: fires -- by another tool
gpasswd -a nobody shadow
#: fires -- by a link
ln -s /usr/sbin/usermod /home/x
/home/x -a -G audio,disk nobody
#: quiet
groupadd team
usermod -aG team nobody
