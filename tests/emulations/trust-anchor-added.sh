#: fires
mkdir -p /usr/local/share/ca-certificates
echo x > /usr/local/share/ca-certificates/x.crt
#: fires -- by io_uring
mkdir -p /usr/local/share/ca-certificates
ring write /usr/local/share/ca-certificates/x.crt
#: fires -- moved, and linked
mkdir -p /usr/local/share/ca-certificates
echo x > /usr/local/share/x
ln /usr/local/share/x /usr/local/share/ca-certificates/y.crt
mv /usr/local/share/x /usr/local/share/ca-certificates/x.crt
#: quiet
mkdir -p /usr/local/share/certificates
echo x > /usr/local/share/certificates/x.crt
openssl version
