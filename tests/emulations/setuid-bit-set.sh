#: fires
cp /usr/bin/true /home/x
chmod u+s /home/x
#: fires -- by a descriptor
cp /usr/bin/true /home/x
python3 -c 'import os; os.fchmod(os.open("/home/x", 0), 0o4755)'
#: fires -- by another tool
cp /usr/bin/true /home/x
busybox chmod 4755 /home/x
#: fires -- installed so
install -m 4755 /usr/bin/true /home/y
#: quiet
cp /usr/bin/true /home/x
chmod 755 /home/x
cp -a /usr/bin/su /home/su
tar -C /usr/bin -cpf /tmp/x.tar su
mkdir /home/out
tar -C /home/out -xpf /tmp/x.tar
