#: fires
echo 'no module' > /tmp/x.ko
python3 /usr/local/bin/module.py /tmp/x.ko
#: fires -- by the other call
python3 /usr/local/bin/module.py -
#: fires -- from a container
echo 'no module' > /home/x.ko
container python3 /usr/local/bin/module.py /home/x.ko
#: quiet
cat /proc/modules
