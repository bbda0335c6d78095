#: fires
cp /usr/bin/python3 /usr/local/bin/nginx
/usr/local/bin/nginx -c 'import os; os.system("id")'
#: fires -- by another shell
cp /usr/bin/python3 /usr/local/bin/php-fpm8.2
/usr/local/bin/php-fpm8.2 -c 'import subprocess; subprocess.run(["bash", "-c", "true"])'
#: fires -- by a shell of another name
cp /usr/bin/python3 /usr/local/bin/redis-server
ln -s /usr/bin/dash /home/report
/usr/local/bin/redis-server -c 'import subprocess; subprocess.run(["/home/report", "-c", "true"])'
/usr/local/bin/redis-server -c 'import subprocess; subprocess.run(["busybox", "sh", "-c", "true"])'
#: quiet
cp /usr/bin/python3 /usr/local/bin/apache2
/usr/local/bin/apache2 -c 'import subprocess; subprocess.run(["/usr/bin/uname"])'
printf 'events {}\nerror_log stderr;\npid /tmp/nginx.pid;\nhttp { access_log off; server { listen 127.0.0.1:8099; } }\n' > /tmp/nginx.conf
nginx -t -c /tmp/nginx.conf
