#: fires
ssh -o BatchMode=yes -o ConnectTimeout=1 -p 9 -N -R 9000:127.0.0.1:22 u@127.0.0.1 || true
#: fires -- letters together
ssh -o BatchMode=yes -o ConnectTimeout=1 -p 9 -fND 1080 u@127.0.0.1 || true
#: fires -- by a link
ln -s /usr/bin/ssh /home/x
/home/x -o BatchMode=yes -o ConnectTimeout=1 -p 9 -o RemoteForward=9000 u@127.0.0.1 || true
#: fires -- by another tool
cp /usr/bin/true /home/chisel
/home/chisel client 203.0.113.9:443 R:9000:127.0.0.1:22
#: quiet
ssh -o BatchMode=yes -o ConnectTimeout=1 -p 9 -L 5432:127.0.0.1:5432 u@127.0.0.1 true || true
ssh -V
