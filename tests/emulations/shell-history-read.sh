#: fires
echo 'mysql -psecret' >> /root/.bash_history
grep -i secret /root/.bash_history
#: fires -- by io_uring
echo x >> /root/.zsh_history
cp /usr/local/bin/ring /tmp/ring
/tmp/ring openat /root/.zsh_history
#: fires -- by a link
echo x >> /root/.mysql_history
ln -s /root/.mysql_history /tmp/h
cat /tmp/h
#: fires -- by a shell that is given a command
echo x >> /root/.bash_history
bash -c 'while read -r line; do :; done < /root/.bash_history'
#: quiet
echo true >> /root/.bash_history
HOME=/root HISTFILE=/root/.bash_history script -qc 'bash --norc -i' /dev/null < /dev/null
