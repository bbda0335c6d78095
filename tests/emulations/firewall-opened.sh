#: fires
iptables -F || true
#: fires -- by a policy
iptables -P INPUT ACCEPT || true
#: fires -- by a link
ln -s "$(command -v iptables)" /home/iptables
/home/iptables --flush || true
#: quiet
iptables -L -n || true
iptables -t nat -F DOCKER || true
