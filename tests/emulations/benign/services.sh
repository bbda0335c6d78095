#: quiet
set -eu
# A web server and a server for logins are started, used and stopped; people come and go.
mkdir -p /run/sshd /var/log/nginx
printf 'events {}\nerror_log stderr;\npid /tmp/nginx.pid;\nhttp { access_log /var/log/nginx/access.log; server { listen 127.0.0.1:8099; root /usr/share; } }\n' > /tmp/nginx.conf
nginx -c /tmp/nginx.conf
curl -s -o /tmp/page http://127.0.0.1:8099/ || true
nginx -c /tmp/nginx.conf -s stop
useradd -m ann
su - ann -c 'ssh-keygen -q -t ed25519 -N "" -f ~/.ssh/id_ed25519; git config --global user.name Ann; ls -la; ps aux; df; id'
echo '*/5 * * * * ann true' | tee /home/ann/jobs
getent passwd ann
