#: fires
cp /usr/bin/true '/home/report.txt '
'/home/report.txt '
#: fires -- turned around
cp /usr/bin/true "$(printf '/home/report\342\200\256txt.sh')"
"$(printf '/home/report\342\200\256txt.sh')"
#: fires -- with a sign that has no width, by a link
cp /usr/bin/true "$(printf '/home/ls\342\200\213')"
ln -s "$(printf '/home/ls\342\200\213')" /home/ls
/home/ls
#: quiet
mkdir '/home/My App'
cp /usr/bin/true '/home/My App/app'
'/home/My App/app'
