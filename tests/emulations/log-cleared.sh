#: fires
echo x > /var/log/new
cat /dev/null > /var/log/auth.log
#: fires -- deleted
touch /var/log/btmp
rm -f /var/log/btmp
#: fires -- by io_uring
touch /var/log/wtmp
ring unlinkat /var/log/wtmp
#: fires -- moved away, and led elsewhere
touch /var/log/syslog
mv /var/log/syslog /var/log/x
ln -s /dev/null /var/log/syslog
#: fires -- under the name of what rotates
touch /var/log/syslog
cp /usr/bin/truncate /home/logrotate
cp /usr/bin/rm /home/logrotate
/home/logrotate /var/log/syslog
#: quiet
echo line >> /var/log/syslog
rm -f /var/log/app.log
tail -1 /var/log/syslog
