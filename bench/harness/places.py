"""Where things are: the product, the peers, the corpora, and facts about the machine. Reads the environment only."""

import os
import pathlib
import platform
import shutil
import subprocess

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


def corpora():
    """The directory of the corpora: $BARTIZAN_CORPORA, or `corpora` beside the repository."""
    return pathlib.Path(os.environ.get("BARTIZAN_CORPORA", REPOSITORY.parent / "corpora")).resolve()


def corpus(*parts):
    """A corpus directory, or None when it is absent."""
    path = corpora().joinpath(*parts)
    return path if path.exists() else None


def testdata():
    """Where public data of conformance tests is: $BARTIZAN_TESTDATA, or `../shared/testdata`."""
    return pathlib.Path(os.environ.get("BARTIZAN_TESTDATA", REPOSITORY.parent / "shared" / "testdata"))


def environment():
    """The environment for the product: what configures this harness is no setting of it."""
    return {name: value for name, value in os.environ.items() if not name.startswith("BARTIZAN_")}


def product():
    """The product's executable: $BARTIZAN, or the release build; None when there is none."""
    named = os.environ.get("BARTIZAN")
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target"))
    path = pathlib.Path(named) if named else target / "release" / "bartizan"
    return path.resolve() if path.is_file() else None


def peer(name):
    """A peer's executable in $BARTIZAN_PEERS/bin or on PATH; None when it is not installed."""
    home = os.environ.get("BARTIZAN_PEERS")
    search = os.pathsep.join(filter(None, [home and os.path.join(home, "bin"), os.environ.get("PATH")]))
    found = shutil.which(name, path=search)
    return pathlib.Path(os.path.abspath(found)) if found else None


def output_of(argv):
    """The first line a command prints, or an empty string when it cannot be run."""
    try:
        done = subprocess.run([str(part) for part in argv], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    lines = (done.stdout or done.stderr).strip().splitlines()
    return lines[0] if lines else ""


def machine():
    """The facts a reader needs to compare figures: processor, cores, memory, kernel."""
    model = "unknown processor"
    memory = 0
    for line in _lines("/proc/cpuinfo"):
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    for line in _lines("/proc/meminfo"):
        if line.startswith("MemTotal"):
            memory = int(line.split()[1]) * 1024
            break
    cores = len(os.sched_getaffinity(0))
    return {
        "processor": model,
        "cores": str(cores),
        "memory": f"{memory / 2**30:.0f} GiB",
        "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
        "load at start": " ".join(f"{value:.2f}" for value in os.getloadavg()),
    }


def _lines(path):
    try:
        return pathlib.Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def shown(argv, scratch=None):
    """A command as a reader can repeat it: executables by name, corpora, test data and scratch directories by variable."""
    words = []
    for place, part in enumerate(str(part) for part in argv):
        if place == 0:
            part = os.path.basename(part)
        part = part.replace(str(corpora()), "$BARTIZAN_CORPORA").replace(str(testdata()), "$BARTIZAN_TESTDATA")
        if scratch:
            part = part.replace(str(scratch), "$TMP")
        words.append(f"'{part}'" if any(mark in part for mark in " *|") else part)
    return " ".join(words)


def tree_size(root):
    """(files, bytes) of the regular files under `root`."""
    files = size = 0
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.isfile(path) and not os.path.islink(path):
                files += 1
                size += os.path.getsize(path)
    return files, size
