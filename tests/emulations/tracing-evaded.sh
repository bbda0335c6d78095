#: fires
python3 /usr/local/bin/trace.py me
#: fires -- under another name
cp /usr/bin/python3 /home/gdb
/home/gdb /usr/local/bin/trace.py me
#: quiet
strace -qq -o /dev/null true
