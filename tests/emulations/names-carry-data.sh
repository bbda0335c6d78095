#: fires
python3 /usr/local/bin/ask.py dGhpcyBpcyBhIGxvbmcgdGV4dCB0aGF0IGNhcnJpZXMgZGF0YSBvdXQ.dGhpcyBpcyBhIGxvbmcgdGV4dCB0aGF0IGNhcnJpZXMgZGF0YSBvdXQ.x.example
#: fires -- by a socket that is connected
python3 /usr/local/bin/ask.py dGhpcyBpcyBhIGxvbmcgdGV4dCB0aGF0IGNhcnJpZXMgZGF0YSBvdXQ.dGhpcyBpcyBhIGxvbmcgdGV4dCB0aGF0IGNhcnJpZXMgZGF0YSBvdXQ.x.example connected
#: quiet
python3 /usr/local/bin/ask.py internal-k8s-prod-web-0123456789-1234567890.eu-central-1.elb.amazonaws.com
python3 /usr/local/bin/ask.py deb.debian.org
