"""What watching a host costs: the workload that opens files, and the agent that judges what it does by the rules of Falco.

A program opens, reads a byte of and closes one file again and again (`crates/sensor/tests/programs/busy.c`). Its time for one turn is taken without anything,
with `bartizan agent` and the stable rules of Falco, and with what else is at hand: auditd with a rule for `openat`, and strace. Then a rule that is true of each of these
opens, for another program than this one so that nothing is written, has the sensor take every event. Then all processors make calls that fail at once, as fast as they can (`flood.c`), and each of them is an event. Last, the time
from an open to the line of its alert.

Needs root, a C compiler, and `falco-rules` (github.com/falcosecurity/rules) below $BARTIZAN_CORPORA.
"""

import contextlib
import os
import pathlib
import signal
import statistics
import subprocess
import tempfile
import time

from harness import measure, places
from harness.section import Section, not_measured

NAME = "sensor_cost"
TITLE = "Watching a host: what it costs"
ADDED_NS, CPU_SECONDS, MEMORY_MB, LATENCY_MS, A_SECOND = 250, 1.0, 50, 50, 2_000_000
TARGET = (
    f"at most {ADDED_NS} ns more for one open, read and close with the 25 stable rules; no event lost; at most {CPU_SECONDS} CPU-s of the agent for a million"
    f" events; {A_SECOND} events a second, none lost; at most {MEMORY_MB} MB; alerts within {LATENCY_MS} ms (99th percentile)"
)
TURNS, EVENTS, SAMPLES, FLOOD = 1_000_000, 2_000_000, 200, 5_000_000
PROGRAMS = pathlib.Path(__file__).resolve().parent.parent / "crates/sensor/tests/programs"
EVERY_OPEN = """
- rule: Every open
  desc: True of each open of one file by a program that is not there
  condition: evt.type in (open, openat, openat2) and fd.name = /etc/hostname and proc.name = nothing-is-called-so
  output: '%fd.name'
  priority: DEBUG
"""
EVERY_SOCKET = """
- rule: Every socket
  desc: True of each socket that a program that is not there asks for
  condition: evt.type = socket and proc.name = nothing-is-called-so
  output: '%evt.type'
  priority: DEBUG
"""
MARKED = """
- rule: Marked
  desc: A file that only this measure opens
  condition: evt.type in (open, openat, openat2) and fd.name startswith {folder}/mark
  output: '%fd.name'
  priority: DEBUG
"""


class Agent:
    """A running agent, from when it says that it watches."""

    def __init__(self, rules):
        self.process = subprocess.Popen(
            [places.product(), "agent", "--rules", str(rules)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for line in self.process.stderr:
            if "watching" in line:
                return
        raise RuntimeError("the agent did not start")

    def cpu(self):
        """CPU seconds so far."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        """The most memory that it held, in MB."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1000

    def end(self):
        """Ends it; whether nothing was lost."""
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=60)
        return self.process.returncode == 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


@contextlib.contextmanager
def audited():
    """auditd with a rule that tells of each openat."""
    subprocess.run(["auditctl", "-e", "1"], check=True, capture_output=True)
    subprocess.run(["auditctl", "-a", "always,exit", "-F", "arch=b64", "-S", "openat", "-F", "path=/etc/hostname"], check=True, capture_output=True)
    daemon = subprocess.Popen(["auditd", "-n"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1)
    try:
        if daemon.poll() is not None:
            raise RuntimeError("auditd does not start here")
        yield
    finally:
        # Audit that is on costs every later measure, too.
        subprocess.run(["auditctl", "-D"], check=False, capture_output=True)
        subprocess.run(["auditctl", "-e", "0"], check=False, capture_output=True)
        if daemon.poll() is None:
            daemon.terminate()
            daemon.wait()


def turn(argv):
    """Nanoseconds for one turn."""
    return float(subprocess.run(argv, check=True, capture_output=True, text=True).stdout)


def run(runs=7):
    """Measures the figure; `runs` times each for the cost to the workload, in turns."""
    rules = places.corpus("falco-rules")
    if os.geteuid() != 0:
        return not_measured(NAME, TITLE, TARGET, "programs can be loaded into the kernel by root only")
    if not places.product() or not rules:
        return not_measured(NAME, TITLE, TARGET, "the program or falco-rules is not there")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name in ["busy", "flood"]:
            subprocess.run(["cc", "-O2", "-o", folder / name, PROGRAMS / f"{name}.c"], check=True)
        return measured(folder, folder / "busy", pathlib.Path(rules) / "rules/falco_rules.yaml", runs)


def measured(folder, busy, stable, runs):
    """The section, once everything is there."""
    section = Section(NAME, TITLE, TARGET, columns=["measure", "median", "against nothing"])
    loop = [busy, str(TURNS), "/etc/hostname"]
    base, watched = [], []
    for _ in range(runs):
        base.append(turn(loop))
        with Agent(stable) as agent:
            watched.append(turn(loop))
            whole = agent.end()
    plain, added = statistics.median(base), statistics.median(watched) - statistics.median(base)
    section.rows.append(["one open, read and close, nothing watching", f"{plain:.0f} ns", "–"])
    section.rows.append(["the same, bartizan agent with 25 rules", f"{plain + added:.0f} ns", f"+{added:.0f} ns"])
    others(section, busy, plain)
    (folder / "every.yaml").write_text(EVERY_OPEN)
    with Agent(folder / "every.yaml") as agent:
        before = agent.cpu()
        subprocess.run([busy, str(EVENTS), "/etc/hostname"], check=True, capture_output=True)
        time.sleep(1)
        cpu, memory = (agent.cpu() - before) * 1e6 / EVENTS, agent.memory()
        none_lost = agent.end()
    section.rows.append(["CPU of the agent for a million events that a rule asks about", f"{cpu:.2f} s", "–"])
    section.rows.append(["events lost at that load", "none" if none_lost else "some", "–"])
    section.rows.append(["most memory of the agent", f"{memory:.0f} MB", "–"])
    rates, all_taken = flooded(folder, runs)
    section.rows.append(["events a second, from all processors", f"{statistics.median(rates):,.0f}", "none lost" if all_taken else "some lost"])
    late = latency(folder)
    section.rows.append(["from an open to the line of its alert", f"{statistics.median(late):.1f} ms", f"99th percentile {measure.percentile(late, 0.99):.1f} ms"])
    section.reached = (
        added <= ADDED_NS and whole and none_lost and cpu <= CPU_SECONDS and memory <= MEMORY_MB and measure.percentile(late, 0.99) <= LATENCY_MS
        and all_taken and statistics.median(rates) >= A_SECOND
    )
    section.notes.append(f"{runs} runs of {TURNS} turns each, with and without in turns; {EVENTS} events; floods of {FLOOD} calls from each processor; {SAMPLES} alerts")
    section.notes.append(f"kernel {os.uname().release}; Falco is in no package registry and was not measured beside")
    section.commands = ["bartizan agent --rules falco-rules/rules/falco_rules.yaml", f"busy {TURNS} /etc/hostname"]
    return section


def others(section, busy, plain):
    """What else sees the same calls, where it is installed."""
    few = str(TURNS // 20)
    try:
        with audited():
            cost = turn([busy, few, "/etc/hostname"])
            section.rows.append(["the same, auditd with a rule for openat", f"{cost:.0f} ns", f"+{cost - plain:.0f} ns"])
    except (OSError, subprocess.SubprocessError, RuntimeError) as error:
        section.notes.append(f"auditd: not measured ({error})")
    try:
        cost = turn(["strace", "-f", "-e", "trace=openat", "-o", "/dev/null", busy, few, "/etc/hostname"])
        section.rows.append(["the same, strace of openat", f"{cost:.0f} ns", f"+{cost - plain:.0f} ns"])
    except (OSError, subprocess.SubprocessError) as error:
        section.notes.append(f"strace: not measured ({error})")


def flooded(folder, runs):
    """Events a second of each run, and whether the agent judged all of them."""
    (folder / "socket.yaml").write_text(EVERY_SOCKET)
    rates, processors = [], os.cpu_count()
    with Agent(folder / "socket.yaml") as agent:
        for _ in range(runs):
            began = time.monotonic()
            floods = [subprocess.Popen([folder / "flood", str(FLOOD)]) for _ in range(processors)]
            if any(flood.wait() for flood in floods):
                raise RuntimeError("the flood ended early")
            rates.append(processors * FLOOD / (time.monotonic() - began))
        return rates, agent.end()


def latency(folder):
    """Milliseconds from opens to the lines of their alerts."""
    (folder / "marked.yaml").write_text(MARKED.format(folder=folder.resolve()))
    late = []
    with Agent(folder / "marked.yaml") as agent:
        for number in range(SAMPLES):
            marked = folder / f"mark{number}"
            began = time.monotonic()
            marked.write_text("")
            agent.process.stdout.readline()
            late.append((time.monotonic() - began) * 1e3)
            time.sleep(0.003 * (number % 7))
    return late
