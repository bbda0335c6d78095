#: fires
sleep 5 & other=$!
python3 /usr/local/bin/trace.py attach $other
kill $other
#: fires -- by the other way to take hold
sleep 5 & other=$!
python3 /usr/local/bin/trace.py seize $other
kill $other
#: fires -- by a debugger from elsewhere
sleep 5 & other=$!
cp /usr/bin/strace /tmp/strace
timeout 1 /tmp/strace -qq -o /dev/null -p $other || true
kill $other
#: quiet
strace -qq -f -o /dev/null true
strace -c -o /dev/null ls /
