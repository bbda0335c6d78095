#: fires
curl -s --max-time 1 -x socks5h://127.0.0.1:9050 http://duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad.onion/ || true
#: fires -- by its question
python3 /usr/local/bin/ask.py duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad.onion
#: fires -- by a program of another name
cp /usr/bin/curl /home/update
/home/update -s --max-time 1 http://expyuzz4wqqyqhjn.onion/ || true
#: quiet
curl -s --max-time 1 http://onion.example:9/ || true
python3 /usr/local/bin/ask.py onion.example
