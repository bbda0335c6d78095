//! Tests that policies bring along.
