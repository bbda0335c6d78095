#: fires
sleep 5 & other=$!
python3 -c "open('/proc/$other/mem', 'r+b', buffering=0)"
kill $other
#: fires -- by io_uring
sleep 5 & other=$!
ring write /proc/$other/mem
kill $other
#: fires -- by a link
sleep 5 & other=$!
ln -s /proc/$other /tmp/p
dd if=/dev/null of=/tmp/p/mem conv=notrunc
kill $other
#: quiet
python3 -c 'open("/proc/self/mem", "r+b", buffering=0)'
echo 0 > /proc/self/oom_score_adj
