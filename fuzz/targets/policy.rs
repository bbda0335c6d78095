//! Calendars, objectives and judgements are policy data: reading ends, what is read is written back the same, and whatever they say, nothing is due
//! before it was opened.

#![no_main]

use bartizan_ledger::calendar::Calendar;
use bartizan_ledger::judgement::Judgement;
use bartizan_ledger::schedule::{Schedule, Terms};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = Judgement::read(text);
    if let Some(terms) = Terms::read(text) {
        assert_eq!(Terms::read(&terms.to_text()), Some(terms));
    }
    let Some(calendar) = Calendar::read(text) else { return };
    assert_eq!(Calendar::read(&calendar.to_text()), Some(calendar.clone()));
    let schedule = Schedule { calendar, ..Schedule::default() };
    for opened in [0, 1_798_761_600_000, 253_402_300_799_000] {
        for due in [
            schedule.calendar.after(opened, 16 * 3_600_000),
            schedule.calendar.end_of_day(opened, 5),
            schedule.calendar.end_of_sprint(opened),
        ] {
            assert!(due >= opened, "{due} {opened}");
        }
    }
});
