#: fires
echo '* * * * * root true' > /etc/cron.d/job
#: fires -- by io_uring
ring write /etc/cron.d/job
#: fires -- moved and linked there
echo x > /tmp/x
mv /tmp/x /etc/cron.daily/x
#: fires -- by links
echo x > /etc/x
ln /etc/x /etc/cron.hourly/x
ln -s /home/x /etc/cron.d/y
#: fires -- renamed by io_uring
echo x > /etc/x
ring renameat /etc/x /etc/cron.d/x
#: fires -- under the name of the tool
cp /usr/bin/tee /home/crontab
echo x | /home/crontab /etc/crontab
#: quiet
cat /etc/crontab /etc/cron.d/*
echo x > /etc/motd
ls /etc/cron.daily
