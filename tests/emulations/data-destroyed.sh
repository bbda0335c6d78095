#: fires
mkdir -p /var/lib/app
echo x > /var/lib/app/customers.db
shred -u /var/lib/app/customers.db
#: fires -- by another tool
echo x > /home/a.doc
busybox shred /home/a.doc
#: fires -- by a link
ln -s /usr/bin/shred /home/tidy
echo x > /srv/bartizan-none 2>/dev/null || true
/home/tidy -n1 /home/a.doc || true
#: fires -- whole trees
rm -rf /home
#: quiet
echo x > /tmp/key.pem
shred -u /tmp/key.pem
mkdir -p /home/ann/build
rm -rf /home/ann/build
