"""Which packages of a root are used by the service that it is for: ten services of Debian, each in a root of its own.

A root is made of Debian's smallest set of packages and the service (`mmdebstrap --variant=minbase`), and kept in $BARTIZAN_CORPORA/in-use. The service is learned there
(`bartizan profile learn`) while it is asked, and its profile joined with the packages of the root (`bartizan profile packages`).

Needs root, a C compiler with a static libc, mmdebstrap and curl.
"""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import urllib.parse

from harness import places
from harness.section import Section, not_measured

NAME = "in_use"
TITLE = "Packages in use"
TARGET = "told for 10 roots of services, nginx on Debian among them"
SUITE, ROUNDS = "bookworm", 5
# Goes into the root and starts the service there, without opening a file of either.
ENTER = """
#include <unistd.h>
int main(int count, char **words) {
    if (count < 3 || chroot(words[1]) || chdir("/")) return 125;
    execv(words[2], words + 2);
    return 126;
}
"""
PAGE = "curl -sf -o /dev/null http://127.0.0.1:{port}/"
NGINX = "daemon off; pid /tmp/pid; events {} http { access_log off; error_log /tmp/errors; server { listen 127.0.0.1:18201; location / { return 200 x; } } }"
LIGHTTPD = 'server.port = 18204\nserver.bind = "127.0.0.1"\nserver.document-root = "/srv"\nindex-file.names = ("page")\n'
HAPROXY = "defaults\n mode http\n timeout client 5s\n timeout server 5s\n timeout connect 5s\nlisten x\n bind 127.0.0.1:18206\n http-request return status 200\n"
NODE = "require('http').createServer((q, a) => a.end('x')).listen(18209, '127.0.0.1')"
PERL = "use IO::Socket::INET; my $s = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1:18210', ReuseAddr => 1) or die; while (my $c = $s->accept) { <$c>; print $c \"HTTP/1.0 200 OK\\r\\n\\r\\nx\"; close $c }"

# Name, packages, files that it finds, command, and what asks it.
SERVICES = [
    ("nginx", "nginx-light", {"etc/nginx.conf": NGINX}, ["/usr/sbin/nginx", "-c", "/etc/nginx.conf"], PAGE.format(port=18201)),
    ("redis", "redis-server", {}, ["/usr/bin/redis-server", "--port", "18202", "--bind", "127.0.0.1", "--save", ""], "printf 'PING\\r\\n' | curl -s telnet://127.0.0.1:18202 -m 1 | grep -q PONG"),
    ("memcached", "memcached", {}, ["/usr/bin/memcached", "-u", "nobody", "-l", "127.0.0.1", "-p", "18203"], "printf 'version\\r\\nquit\\r\\n' | curl -s telnet://127.0.0.1:18203 -m 2 | grep -q VERSION"),
    ("lighttpd", "lighttpd", {"etc/l.conf": LIGHTTPD, "srv/page": "x"}, ["/usr/sbin/lighttpd", "-D", "-f", "/etc/l.conf"], PAGE.format(port=18204)),
    ("python", "python3", {"srv/page": "x"}, ["/usr/bin/python3", "-m", "http.server", "-b", "127.0.0.1", "-d", "/srv", "18205"], PAGE.format(port=18205)),
    ("haproxy", "haproxy", {"etc/h.cfg": HAPROXY}, ["/usr/sbin/haproxy", "-db", "-f", "/etc/h.cfg"], PAGE.format(port=18206)),
    ("mosquitto", "mosquitto", {}, ["/usr/sbin/mosquitto", "-p", "18207"], "printf x | curl -s telnet://127.0.0.1:18207 -m 1; test $? -ne 7"),
    ("openssh", "openssh-server", {}, ["/bin/sh", "-c", "mkdir -p /run/sshd; exec /usr/sbin/sshd -D -e -p 18208 -o ListenAddress=127.0.0.1"], "printf x | curl -s telnet://127.0.0.1:18208 -m 1 | grep -q SSH"),
    ("node", "nodejs", {"srv/serve.js": NODE}, ["/usr/bin/node", "/srv/serve.js"], PAGE.format(port=18209)),
    ("perl", "perl", {"srv/serve.pl": PERL}, ["/usr/bin/perl", "/srv/serve.pl"], PAGE.format(port=18210)),
]


def root_of(name, packages):
    """The root of a service, made once."""
    home = places.corpora() / "in-use"
    root = home / name
    if not root.exists():
        home.mkdir(parents=True, exist_ok=True)
        half = home / f"{name}.half"
        shutil.rmtree(half, ignore_errors=True)
        sources = pathlib.Path("/etc/apt/sources.list")
        source = [str(sources)] if sources.is_file() and sources.read_text().strip() else []
        subprocess.run(
            ["mmdebstrap", "--variant=minbase", f"--include={packages}", "--aptopt=APT::Install-Recommends false", SUITE, half, *source],
            check=True,
            capture_output=True,
        )
        half.rename(root)
    return root


def used(folder, enter, service):
    """What the product tells of one service."""
    name, packages, files, command, ask = service
    root = root_of(name, packages)
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    profile = folder / f"{name}.json"
    product = [places.product(), "profile"]
    how = ["--file", profile, "--fresh", "--exercise", ask, "--rounds", str(ROUNDS)]
    learned = subprocess.run([*product, "learn", name, *how, "--", enter, root, *command], env=places.environment(), capture_output=True, text=True, timeout=300)
    if learned.returncode:
        raise RuntimeError(f"{name} was not learned: {learned.stderr}")
    told = subprocess.run([*product, "packages", name, "--file", profile, "--root", root, "-o", "json"], env=places.environment(), capture_output=True, text=True, timeout=600)
    if told.returncode:
        raise RuntimeError(f"{name} was not judged: {told.stderr}")
    return json.loads(told.stdout)


def run(_runs=1):
    """Measures the figure."""
    if os.geteuid() != 0:
        return not_measured(NAME, TITLE, TARGET, "workloads are watched as root")
    if not places.product() or not shutil.which("mmdebstrap"):
        return not_measured(NAME, TITLE, TARGET, "the program or mmdebstrap is not there")
    section = Section(NAME, TITLE, TARGET, columns=["root", "packages", "in use", "which"])
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "enter.c").write_text(ENTER)
        enter = folder / "enter"
        subprocess.run(["cc", "-static", "-O2", "-o", enter, folder / "enter.c"], check=True)
        for service in SERVICES:
            found = used(folder, enter, service)
            names = [urllib.parse.unquote(one["purl"].split("@")[0].rsplit("/", 1)[1]) for one in found["used"]]
            every = len(found["used"]) + len(found["unused"])
            section.rows.append([service[0], every, len(names), ", ".join(names)])
    section.reached = len(section.rows) >= 10 and all(0 < row[2] < row[1] for row in section.rows)
    section.notes.append(f"Debian {SUITE}, smallest set of packages and the service; {ROUNDS} exercises each after its start")
    section.commands = ["bartizan profile learn nginx --exercise '…' -- nginx", "bartizan profile packages nginx --root ROOT -o json"]
    return section
