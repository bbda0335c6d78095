#: fires
echo '# x' >> /etc/pam.d/common-auth
#: fires -- by io_uring
ring write /etc/pam.d/su
#: fires -- moved there
sed -i 's/x/x/' /etc/pam.d/login
#: fires -- by a link
echo x > /home/pam.so
ln -s /home/pam.so /etc/pam.d/x
#: quiet
cat /etc/pam.d/common-auth
su root -c true
