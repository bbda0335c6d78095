#: fires
echo x > /root/x
touch /root/.bash_history
rm -f /root/.bash_history
#: fires -- by io_uring
touch /root/.bash_history
ring unlinkat /root/.bash_history
#: fires -- led nowhere
ln -sf /dev/null /root/.bash_history
#: fires -- emptied
touch /root/.zsh_history
dd if=/dev/null of=/root/.zsh_history status=none
#: quiet
touch /root/.bash_history
bash -c 'history -a /root/.bash_history'
rm -f /root/history.txt
