//! Durations and rates as people write them: `500ms`, `30s`, `1m`; `5M`, `512Ki`, `1.5GiB/s`.
//!
//! A unit is always asked for with a duration, because a bare number means seconds to one program and milliseconds to
//! the next. Zero and what does not fit are refused or allowed by whoever knows what the quantity is for.

use std::time::Duration;

/// Why a text is no duration or no rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid {kind} {text:?}: {reason}")]
pub struct QuantityError {
    kind: &'static str,
    text: String,
    reason: &'static str,
}

/// Reads a duration with its unit: `ms`, `s`, `m`, `h` or `d`; decimals are fine (`1.5s`).
///
/// # Errors
/// When there is no number, no unit, or more than a `Duration` holds.
pub fn parse_duration(text: &str) -> Result<Duration, QuantityError> {
    let wrong = |reason| QuantityError {
        kind: "duration",
        text: text.to_owned(),
        reason,
    };
    let (number, unit) = split(text).ok_or_else(|| wrong("it begins with no number"))?;
    let seconds = match unit {
        "ms" => number / 1000.0,
        "s" => number,
        "m" => number * 60.0,
        "h" => number * 3600.0,
        "d" => number * 86_400.0,
        "" => return Err(wrong("its unit is missing; write `10s` or `500ms`")),
        _ => return Err(wrong("its unit is not one of ms, s, m, h, d")),
    };
    Duration::try_from_secs_f64(seconds).map_err(|_| wrong("it is too long"))
}

/// Reads a rate in bytes per second. `K`, `M`, `G` are powers of 1000, `Ki`, `Mi`, `Gi` powers of 1024; a `B` and a
/// `/s` may follow. A bare number is bytes.
///
/// # Errors
/// When there is no number, an unknown unit, less than one byte, or more than 64 bits.
pub fn parse_rate(text: &str) -> Result<u64, QuantityError> {
    let wrong = |reason| QuantityError {
        kind: "rate",
        text: text.to_owned(),
        reason,
    };
    let (number, unit) = split(text).ok_or_else(|| wrong("it begins with no number"))?;
    let unit = unit.strip_suffix("/s").unwrap_or(unit);
    let unit = unit.strip_suffix(['B', 'b']).unwrap_or(unit);
    let factor: u32 = match unit {
        "" => 1,
        "k" | "K" => 1000,
        "m" | "M" => 1_000_000,
        "g" | "G" => 1_000_000_000,
        "ki" | "Ki" => 1 << 10,
        "mi" | "Mi" => 1 << 20,
        "gi" | "Gi" => 1 << 30,
        _ => return Err(wrong("its unit is not one of K, M, G, Ki, Mi, Gi")),
    };
    let bytes = number * f64::from(factor);
    if bytes < 1.0 {
        return Err(wrong("nothing would ever move"));
    }
    // 2^53: up to here every whole number is exact as a float.
    if bytes > 9_007_199_254_740_992.0 {
        return Err(wrong("it is too large"));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 1 and 2^53; a fraction of a byte is dropped"
    )]
    let bytes = bytes as u64;
    Ok(bytes)
}

/// Splits the leading number from its unit. Only digits and one dot make a number: no sign, no exponent, no `inf`.
fn split(text: &str) -> Option<(f64, &str)> {
    let end = text
        .find(|character: char| !(character.is_ascii_digit() || character == '.'))
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    Some((number.parse().ok()?, unit.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_carry_a_unit() {
        assert_eq!(parse_duration("2s"), Ok(Duration::from_secs(2)));
        assert_eq!(parse_duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse_duration("1m"), Ok(Duration::from_secs(60)));
        assert_eq!(parse_duration("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(parse_duration("0s"), Ok(Duration::ZERO));
        assert_eq!(parse_duration("2d"), Ok(Duration::from_secs(172_800)));
        let missing = parse_duration("10").unwrap_err().to_string();
        assert!(missing.contains("its unit is missing"), "{missing}");
        for bad in [
            "",
            "s",
            "-1s",
            "+1s",
            "1w",
            "1e3s",
            "inf",
            ".s",
            "1.2.3s",
            "9".repeat(40).as_str(),
            "99999999999999999999h",
        ] {
            assert!(parse_duration(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn rates_tell_decimal_from_binary_units() {
        assert_eq!(parse_rate("5M"), Ok(5_000_000));
        assert_eq!(parse_rate("5MB/s"), Ok(5_000_000));
        assert_eq!(parse_rate("5Mi"), Ok(5 << 20));
        assert_eq!(parse_rate("1.5GiB"), Ok(3 << 29));
        assert_eq!(parse_rate("100k"), Ok(100_000));
        assert_eq!(parse_rate("4096"), Ok(4096));
        for bad in ["", "M", "0", "0.4", "-5M", "5T", "5 %", "999999999G", "NaN"] {
            assert!(parse_rate(bad).is_err(), "{bad:?}");
        }
    }
}
