"""Tests of the pure parts of the bench scripts."""
