#: fires
cp /usr/bin/true /tmp/kdevtmpfsi
/tmp/kdevtmpfsi -o stratum+tcp://pool.example:3333 -u x
#: fires -- by its name
cp /usr/bin/true /home/xmrig
/home/xmrig
#: fires -- by its question
python3 /usr/local/bin/ask.py xmr-eu1.nanopool.org
#: quiet
echo 'url = stratum+tcp://pool.example:3333' > /home/x.conf
grep stratum+tcp:// /home/x.conf
python3 /usr/local/bin/ask.py nanopool.org.example.com
