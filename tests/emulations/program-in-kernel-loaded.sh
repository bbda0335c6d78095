#: fires
python3 /usr/local/bin/kernel_program.py
#: fires -- under the name of a program that may
cp /usr/bin/python3 /home/systemd-networkd-x
/home/systemd-networkd-x /usr/local/bin/kernel_program.py
#: fires -- from a container
container python3 /usr/local/bin/kernel_program.py
#: quiet
bpftool prog show > /dev/null
