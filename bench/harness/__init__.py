"""Shared parts of the bench scripts: running commands, reading reports, extracting examples, scoring, writing results."""
