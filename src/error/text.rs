//! Parts of what errors say.

use std::fmt;
use std::time::Duration;

use crate::oci::Platform;

pub(super) fn outside(refusals: Option<&str>) -> String {
    match refusals {
        None => "it lists outside addresses, which are not fetched".to_owned(),
        Some(why) => format!("no address that it lists gave it: {why}"),
    }
}

pub(super) fn images(count: usize) -> String {
    match count {
        1 => "one image that is".to_owned(),
        more => format!("{more} images that are"),
    }
}

pub(super) fn offer(platforms: &[Platform]) -> String {
    if platforms.is_empty() {
        "it is an index of no images".to_owned()
    } else {
        format!("it has: {}", list(platforms))
    }
}

pub(super) fn list<T: fmt::Display>(items: &[T]) -> String {
    items
        .iter()
        .map(T::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

pub(super) fn seconds(duration: Duration) -> String {
    match duration.as_secs() {
        0 => format!("{} ms", duration.as_millis()),
        whole => format!("{whole} s"),
    }
}
