//! A mail server may say anything: reading its answer ends with an answer or an error.

#![no_main]

use bartizan_source::smtp::read_reply;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut rest = bytes;
    while let Ok(reply) = read_reply(&mut rest) {
        let _ = (reply.offers("STARTTLS"), reply.offers_mechanism("PLAIN"));
        assert!(reply.shown().chars().count() <= 300);
    }
});
