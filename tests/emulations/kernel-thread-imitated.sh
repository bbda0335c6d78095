#: fires
bash -c 'exec -a "[kworker/0:1]" sleep 0.1'
#: fires -- by another language
python3 -c 'import os; os.execv("/usr/bin/sleep", ["[kthreadd]", "0.1"])'
#: fires -- from a copy
cp /usr/bin/sleep /home/x
bash -c 'exec -a "[migration/3] " /home/x 0.1'
#: quiet
/usr/bin/[ 1 = 1 ]
sleep 0.1
