//! Numbers as people read them: sizes and ages in docker's words, rates and durations in the same style.

use std::time::Duration;

use jiff::Timestamp;

const UNITS: [&str; 7] = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
/// What docker shows where no time is known.
const UNKNOWN: &str = "N/A";

/// `bytes` with three significant digits, as docker's tables have them: `48.5MB`.
pub(crate) fn size(bytes: u64) -> String {
    scaled(real(bytes), 3)
}

/// `bytes` with four significant digits, as docker's progress has them: `69.21kB`.
pub(crate) fn precise_size(bytes: u64) -> String {
    scaled(real(bytes), 4)
}

/// Bytes per second.
pub(crate) fn rate(bytes: u64, within: Duration) -> String {
    let seconds = within.as_secs_f64().max(0.001);
    format!("{}/s", scaled(real(bytes) / seconds, 3))
}

#[allow(
    clippy::cast_precision_loss,
    reason = "at most four digits of it are shown"
)]
fn real(bytes: u64) -> f64 {
    bytes as f64
}

fn scaled(mut value: f64, digits: usize) -> String {
    for (at, unit) in UNITS.iter().enumerate() {
        // What rounds to a thousand belongs to the next unit.
        let text = significant(value, digits);
        let full = text.len() > 3 && text.parse::<f64>().is_ok_and(|shown| shown >= 1000.0);
        if !full || at + 1 == UNITS.len() {
            return format!("{text}{unit}");
        }
        value /= 1000.0;
    }
    unreachable!("the last unit takes every value")
}

fn significant(value: f64, digits: usize) -> String {
    let before_point = match value {
        v if v < 10.0 => 1,
        v if v < 100.0 => 2,
        v if v < 1000.0 => 3,
        _ => 4,
    };
    let text = format!("{value:.*}", digits.saturating_sub(before_point));
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A short time: `850ms`, `3.4s`, `2m05s`, `1h02m`.
pub(crate) fn duration(of: Duration) -> String {
    let seconds = of.as_secs();
    match seconds {
        0 => format!("{}ms", of.as_millis()),
        1..=9 => format!("{seconds}.{}s", of.subsec_millis() / 100),
        10..=59 => format!("{seconds}s"),
        60..=3599 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h{:02}m", seconds / 3600, seconds % 3600 / 60),
    }
}

/// How long ago something was, in docker's words: `4 days ago`. A time to come reads as a moment ago, one before 1970 as
/// none: where Go's programs set no time it is the year 1.
pub(crate) fn ago(created: Option<Timestamp>, now: Timestamp) -> String {
    match created.filter(|created| created.as_second() >= 0) {
        None => UNKNOWN.to_owned(),
        Some(created) => {
            let seconds = now.as_second().saturating_sub(created.as_second());
            format!("{} ago", age(u64::try_from(seconds).unwrap_or(0)))
        }
    }
}

/// An age in the steps and roundings of docker: minutes are cut, hours rounded, the rest counted from hours.
fn age(seconds: u64) -> String {
    let minutes = seconds / 60;
    let hours = (seconds + 1800) / 3600;
    match (seconds, minutes, hours) {
        (0, ..) => "Less than a second".to_owned(),
        (1, ..) => "1 second".to_owned(),
        (2..=59, ..) => format!("{seconds} seconds"),
        (_, 1, _) => "About a minute".to_owned(),
        (_, 2..=59, _) => format!("{minutes} minutes"),
        (_, _, 1) => "About an hour".to_owned(),
        (_, _, ..48) => format!("{hours} hours"),
        (_, _, ..336) => format!("{} days", hours / 24),
        (_, _, ..1440) => format!("{} weeks", hours / 24 / 7),
        (_, _, ..17520) => format!("{} months", hours / 24 / 30),
        _ => format!("{} years", seconds / 3600 / 24 / 365),
    }
}

/// A time as docker's `.CreatedAt`: `2025-01-01 00:00:00 +0000 UTC`.
pub(crate) fn moment(created: Option<Timestamp>) -> String {
    created.map_or_else(
        || UNKNOWN.to_owned(),
        |created| created.strftime("%Y-%m-%d %H:%M:%S +0000 UTC").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_dockers() {
        let cases = [
            (0, "0B"),
            (999, "999B"),
            (1000, "1kB"),
            (1_982_000, "1.98MB"),
            (146_600_000, "147MB"),
            (17_500_000, "17.5MB"),
            (48_468_000, "48.5MB"),
            (999_499, "999kB"),
            (999_600, "1MB"),
            (1_073_741_824, "1.07GB"),
            (u64::MAX, "18.4EB"),
        ];
        for (bytes, text) in cases {
            assert_eq!(size(bytes), text, "{bytes}");
        }
    }

    #[test]
    fn progress_sizes_have_four_digits() {
        let cases = [
            (69_210, "69.21kB"),
            (6_208_000, "6.208MB"),
            (1_982_000, "1.982MB"),
            (146_600_000, "146.6MB"),
            (999_960, "1MB"),
            (220, "220B"),
        ];
        for (bytes, text) in cases {
            assert_eq!(precise_size(bytes), text, "{bytes}");
        }
    }

    #[test]
    fn ages_are_dockers() {
        const HOUR: u64 = 3600;
        const DAY: u64 = 24 * HOUR;
        let cases = [
            (0, "Less than a second"),
            (1, "1 second"),
            (59, "59 seconds"),
            (60, "About a minute"),
            (119, "About a minute"),
            (120, "2 minutes"),
            (13 * 60, "13 minutes"),
            (59 * 60 + 59, "59 minutes"),
            (HOUR, "About an hour"),
            (89 * 60, "About an hour"),
            (90 * 60, "2 hours"),
            (47 * HOUR, "47 hours"),
            (48 * HOUR, "2 days"),
            (4 * DAY, "4 days"),
            (13 * DAY, "13 days"),
            (14 * DAY, "2 weeks"),
            (59 * DAY, "8 weeks"),
            (60 * DAY, "2 months"),
            (690 * DAY, "23 months"),
            (729 * DAY, "24 months"),
            (731 * DAY, "2 years"),
        ];
        for (seconds, text) in cases {
            assert_eq!(age(seconds), text, "{seconds}");
        }
    }

    #[test]
    fn a_missing_time_is_said_and_a_future_one_is_now() {
        let now = Timestamp::from_second(1_000_000).unwrap();
        let later = Timestamp::from_second(2_000_000).unwrap();
        assert_eq!(ago(None, now), "N/A");
        assert_eq!(ago(Some(later), now), "Less than a second ago");
        assert_eq!(moment(Some(now)), "1970-01-12 13:46:40 +0000 UTC");
    }

    #[test]
    fn durations_and_rates_are_short() {
        assert_eq!(duration(Duration::from_millis(850)), "850ms");
        assert_eq!(duration(Duration::from_millis(3450)), "3.4s");
        assert_eq!(duration(Duration::from_secs(125)), "2m05s");
        assert_eq!(duration(Duration::from_secs(3725)), "1h02m");
        assert_eq!(rate(10_000_000, Duration::from_secs(2)), "5MB/s");
    }
}
