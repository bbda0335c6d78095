"""The runner of rule files of Semgrep against the test files beside them, which figures about such rules read."""

import subprocess

from harness import places
from harness.section import not_measured


def told(module, corpus, *arguments):
    """(what the runner prints about a corpus, None), or (None, a section that says what is missing).

    `module` holds the NAME, TITLE and TARGET of the script that asks.
    """
    root, product = places.corpus(corpus), places.product()
    runner = product.with_name("examples") / "semgrep_rules" if product else None
    missing = None
    if not root:
        missing = f"the corpus `{corpus}` is not there"
    elif not runner or not runner.is_file():
        missing = "the runner is not built: `cargo build --release -p bartizan-code --example semgrep_rules`"
    if missing:
        return None, not_measured(module["NAME"], module["TITLE"], module["TARGET"], missing)
    done = subprocess.run([str(runner), str(root), *arguments], capture_output=True, text=True, check=True)
    return done.stdout, None
