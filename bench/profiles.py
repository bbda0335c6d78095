"""Profiles of workloads: what breaks under them, and what is refused that was never seen.

Each workload is learned (`bartizan profile learn`), then run again under its profile in a container of runc (`verify`), with the same exercise. Then a program runs under each
profile that asks for what no workload asked for (`crates/sensor/tests/programs/unseen.c`): each of these has to be refused.

Needs root, runc, a C compiler, and from Debian: nginx, postgresql, redis-server, nodejs, python3, sqlite3, git, openssl, curl.
"""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile

from harness import places
from harness.section import Section, not_measured

NAME = "profiles"
TITLE = "Least privilege from observation"
TARGET = "nothing breaks over at least 10 workloads; at least 5 unseen behaviours refused under each"
WORKLOADS_LEAST, REFUSED_LEAST = 10, 5
ROUNDS, STARTS = 20, 12
SOURCE = pathlib.Path(__file__).resolve().parent.parent / "crates/sensor/tests/programs/unseen.c"
OUTSIDE = "/etc/bartizan-unseen"
UNSEEN = {"ptrace", "mount", "unshare", "bpf", "keyctl", "io_uring_setup", "socket", "clone"}

NGINX = """
daemon off;
pid {folder}/nginx/pid;
error_log {folder}/nginx/error.log;
events {{ worker_connections 64; }}
http {{
  access_log {folder}/nginx/access.log;
  client_body_temp_path {folder}/nginx/body;
  proxy_temp_path {folder}/nginx/proxy;
  fastcgi_temp_path {folder}/nginx/fastcgi;
  uwsgi_temp_path {folder}/nginx/uwsgi;
  scgi_temp_path {folder}/nginx/scgi;
  server {{ listen 127.0.0.1:18081; location / {{ root {folder}/www; }} }}
}}
"""
NODE = """
const http = require('http'), fs = require('fs');
http.createServer((request, answer) => answer.end(fs.readFileSync('www/index.html'))).listen(18083, '127.0.0.1');
"""
BASH = """
set -e
for turn in 1 2 3; do echo "line $turn" >> bash/log; done
sort bash/log | uniq -c | tee bash/counts > /dev/null
[ -s bash/counts ] && wc -l < bash/log > bash/lines
rm bash/log bash/counts bash/lines
"""
GIT = "rm -rf git/copy && git clone -q git/origin git/copy && git -C git/copy -c user.name=a -c user.email=a@b commit -q --allow-empty -m x && git -C git/copy log --oneline"
SQL = "create table if not exists t(a, b); insert into t values(1, 'x'); select count(*) from t; drop table t; vacuum;"


def workloads(folder):
    """Each: name, what it needs, command, and what exercises it; without that it is started again and again."""
    postgres = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), default=None, key=lambda path: int(path.parent.name))
    as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    ask = f"psql -h 127.0.0.1 -p 18084 -U postgres -qc 'create table if not exists t(a int); insert into t values(1); select * from t; drop table t'"
    yield "nginx", "nginx", ["nginx", "-p", folder, "-c", f"{folder}/nginx.conf"], "curl -sf http://127.0.0.1:18081/"
    yield "python http.server", "python3", ["/usr/bin/python3", "-m", "http.server", "-b", "127.0.0.1", "-d", "www", "18082"], "curl -sf http://127.0.0.1:18082/"
    yield "node", "node", ["node", "server.js"], "curl -sf http://127.0.0.1:18083/"
    if postgres:
        yield "postgres", str(postgres / "postgres"), [*as_postgres, str(postgres / "postgres"), "-D", f"{folder}/pg", "-p", "18084", "-k", f"{folder}/pg", "-h", "127.0.0.1"], ask
    yield "redis", "redis-server", ["redis-server", "--port", "18085", "--dir", f"{folder}/redis", "--appendonly", "yes"], (
        "redis-cli -p 18085 set key value && redis-cli -p 18085 get key && redis-cli -p 18085 bgsave"
    )
    yield "openssl s_server", "openssl", ["openssl", "s_server", "-quiet", "-accept", "18086", "-cert", "tls.pem", "-key", "tls.pem", "-www"], (
        "curl -skf https://127.0.0.1:18086/"
    )
    yield "bash script", "bash", ["bash", "-c", BASH], None
    yield "curl", "curl", ["curl", "-sf", "-o", "curl/page", "http://127.0.0.1:18080/index.html"], None
    yield "sqlite3", "sqlite3", ["sqlite3", "sqlite/db", SQL], None
    yield "git", "git", ["/bin/sh", "-c", GIT], None
    yield "tar and gzip", "tar", ["tar", "-czf", "tar/all.tgz", "www", "nginx.conf"], None
    yield "openssl req", "openssl", ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "req/key", "-out", "req/cert", "-subj", "/CN=x"], None


def prepare(folder):
    """Files that the workloads find."""
    for name in ("www", "nginx", "redis", "bash", "curl", "sqlite", "git", "tar", "req"):
        (folder / name).mkdir()
    (folder / "www/index.html").write_text("<p>page</p>\n" * 100)
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder))
    (folder / "server.js").write_text(NODE)
    quiet = {"check": True, "capture_output": True, "cwd": folder}
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "tls.pem", "-out", "cert.pem", "-subj", "/CN=localhost"], **quiet)
    with (folder / "tls.pem").open("a") as both:
        both.write((folder / "cert.pem").read_text())
    subprocess.run(["git", "init", "-q", "git/origin"], **quiet)
    subprocess.run(["git", "-C", "git/origin", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "first"], **quiet)
    initdb = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"), default=None)
    if initdb:
        (folder / "pg").mkdir(mode=0o700)
        shutil.chown(folder / "pg", "postgres", "postgres")
        subprocess.run(["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", initdb, "-D", folder / "pg", "-A", "trust"], **quiet)


class Profiles:
    """Calls of the product, with a data directory of their own."""

    def __init__(self, folder):
        self.folder = folder

    def call(self, *arguments):
        argv = [places.product(), "--data-dir", str(self.folder / "data"), "profile", *map(str, arguments)]
        return subprocess.run(argv, cwd=self.folder, env=places.environment(), capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL)

    def learn(self, name, command, exercise):
        how = ["--exercise", exercise, "--rounds", ROUNDS] if exercise else ["--starts", STARTS]
        return self.call("learn", name, "--fresh", *how, "--", *command)

    def verify(self, name, exercise, command=()):
        """What broke, by kind."""
        how = ["--exercise", exercise] if exercise else []
        run = self.call("verify", name, "-o", "json=broken.json", *how, *(["--", *command] if command else []))
        report = self.folder / "broken.json"
        if not report.exists():
            return {"end": run.stderr.strip()}
        broken = json.loads(report.read_text())["broken"]
        report.unlink()
        return broken


def one(profiles, probe, name, command, exercise):
    """A row: what was learned, what broke, what is refused."""
    learned = profiles.learn(name, command, exercise)
    if learned.returncode not in (0, 4):
        return None, [name, "not learned", learned.stderr.strip().splitlines()[-1] if learned.stderr else "", ""]
    broken = profiles.verify(name, exercise)
    count = sum(len(broken.get(kind, ())) for kind in ("calls", "capabilities", "files")) + broken.get("exercises", 0) + bool(broken.get("end"))
    unseen = profiles.verify(name, None, [probe, OUTSIDE])
    refused = UNSEEN & set(unseen.get("calls", ()))
    outside = OUTSIDE in unseen.get("files", ())
    sentence = next((line for line in learned.stderr.splitlines() if "Seen:" in line), "")
    enough = "yes" if "That is enough" in sentence else "no"
    what = "nothing" if count == 0 else json.dumps(broken)
    all_of_them = UNSEEN | {"write"}
    kept = refused | ({"write"} if outside else set())
    missing = ", ".join(sorted(all_of_them - kept))
    return (count, len(kept)), [name, enough, what, f"{len(kept)} of {len(all_of_them)}" + (f" (not {missing})" if missing else "")]


def run():
    """Measures the figure."""
    if os.geteuid() != 0:
        return not_measured(NAME, TITLE, TARGET, "workloads are watched as root only")
    if not places.product() or not shutil.which("runc"):
        return not_measured(NAME, TITLE, TARGET, "the program or runc is not there")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder).resolve()
        folder.chmod(0o755)
        prepare(folder)
        subprocess.run(["cc", "-O1", "-o", folder / "unseen", SOURCE], check=True)
        site = subprocess.Popen(
            ["/usr/bin/python3", "-m", "http.server", "-b", "127.0.0.1", "-d", folder / "www", "18080"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            return measured(folder)
        finally:
            site.kill()
            site.wait()


def measured(folder):
    """The section, once everything is there."""
    section = Section(NAME, TITLE, TARGET, columns=["workload", "enough was seen", "broke under its profile", "unseen behaviours refused"])
    profiles = Profiles(folder)
    results = []
    for name, program, command, exercise in workloads(folder):
        if not shutil.which(program):
            section.notes.append(f"{name}: {program} is not installed")
            continue
        result, row = one(profiles, folder / "unseen", name, [str(part) for part in command], exercise)
        results.append(result)
        section.rows.append(row)
    section.reached = (
        len(results) >= WORKLOADS_LEAST
        and all(results)
        and all(broken == 0 and refused >= REFUSED_LEAST for broken, refused in results)
    )
    section.notes.append(f"services: {ROUNDS} exercises of one start; commands: {STARTS} runs. Verified in runc with filter, capabilities, and a root that can only be read")
    section.notes.append("unseen: " + ", ".join(sorted(UNSEEN)) + " (`socket` a raw one, `clone` into a namespace of users), and a file outside")
    section.notes.append(f"kernel {os.uname().release}")
    section.commands = ["bartizan profile learn NAME -- COMMAND", "bartizan profile verify NAME", "bartizan profile verify NAME -- unseen /etc/bartizan-unseen"]
    return section


if __name__ == "__main__":
    print(run().markdown())
