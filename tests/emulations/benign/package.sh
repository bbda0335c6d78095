#: quiet
set -eu
# A package with all that packages bring is built, installed and purged by the package manager.
cd /tmp
mkdir -p p/DEBIAN p/etc/cron.d p/etc/cron.daily p/etc/profile.d p/etc/sudoers.d p/etc/udev/rules.d p/etc/init.d p/etc/pam.d p/etc/apt/apt.conf.d \
  p/usr/bin p/usr/lib/systemd/system p/usr/lib/udev/rules.d p/usr/lib/python3/dist-packages p/usr/share/ca-certificates/local
cat > p/DEBIAN/control <<'CONTROL'
Package: bartizan-benign
Version: 1
Architecture: all
Maintainer: Nobody <nobody@example.com>
Description: brings all that packages bring
CONTROL
cat > p/DEBIAN/postinst <<'POSTINST'
#!/bin/sh
set -e
if [ "$1" = configure ]; then
  adduser --system --group --no-create-home --home /var/lib/benign benign
  usermod -aG adm benign
  mkdir -p /var/lib/benign
  chown benign:benign /var/lib/benign
  chmod 2750 /var/lib/benign
  chmod 4755 /usr/bin/benign-helper
  touch /var/log/benign.log
  ln -sf /usr/lib/systemd/system/benign.service /etc/systemd/system/benign.service
  ln -sf ../init.d/benign /etc/rc2.d/S20benign
  echo 'umask 022' > /etc/profile.d/benign-local.sh
  sed -i 's/x/x/' /etc/group
  pwck -q -r || true
fi
POSTINST
cat > p/DEBIAN/postrm <<'POSTRM'
#!/bin/sh
set -e
if [ "$1" = purge ]; then
  deluser --system benign || true
  rm -rf /var/lib/benign /var/log/benign.log /etc/profile.d/benign-local.sh /etc/systemd/system/benign.service /etc/rc2.d/S20benign
fi
POSTRM
chmod 755 p/DEBIAN/postinst p/DEBIAN/postrm
echo '0 4 * * * root true' > p/etc/cron.d/benign
for script in p/etc/cron.daily/benign p/etc/init.d/benign p/usr/bin/benign p/usr/bin/benign-helper; do
  printf '#!/bin/sh\nexit 0\n' > $script
  chmod 755 $script
done
echo 'true' > p/etc/profile.d/benign.sh
echo 'Defaults!/usr/bin/benign !log_output' > p/etc/sudoers.d/benign
echo 'ACTION=="none"' > p/etc/udev/rules.d/99-benign.rules
echo 'ACTION=="none"' > p/usr/lib/udev/rules.d/99-benign.rules
echo 'auth required pam_permit.so' > p/etc/pam.d/benign
echo 'APT::Benign "true";' > p/etc/apt/apt.conf.d/99benign
printf '[Service]\nExecStart=/usr/bin/benign\n' > p/usr/lib/systemd/system/benign.service
printf '[Timer]\nOnBootSec=1h\n' > p/usr/lib/systemd/system/benign.timer
dpkg-deb --build --root-owner-group p benign.deb
export DEBIAN_FRONTEND=noninteractive
apt-get install -y ./benign.deb
benign
apt-get purge -y bartizan-benign
