#: fires
sleep 5 & other=$!
head -c 1 /proc/$other/mem || true
kill $other
#: fires -- by io_uring
sleep 5 & other=$!
ring openat /proc/$other/mem
kill $other
#: fires -- by a link and by its thread
sleep 5 & other=$!
ln -s /proc/$other/task/$other/mem /tmp/m
python3 -c 'open("/tmp/m", "rb")'
kill $other
#: quiet
python3 -c 'open("/proc/self/mem", "rb")'
cat /proc/self/maps
cat /proc/1/status
