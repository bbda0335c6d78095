#: fires
cat /etc/shadow
#: fires -- by io_uring
ring openat /etc/shadow
ring openat2 /etc/shadow
#: fires -- by links
ln -s /etc/shadow /home/notes
cat /home/notes
ln /etc/gshadow /home/list
cat /etc/gshadow
#: fires -- under the name of a program that may
cp /usr/bin/cat /home/passwd
/home/passwd /etc/shadow
#: fires -- by another interpreter
perl -ne 'print' /etc/shadow
python3 -c 'open("/etc/shadow").read()'
#: quiet
useradd -m ann
echo 'ann:Xy-7-something-long' | chpasswd
su ann -c true
passwd -S ann
getent passwd ann
cat /etc/passwd
userdel -r ann
