//! How many files and connections the system lets this process have open, and how much work that carries.

/// What is open besides the work itself, at most: standard streams, the runtime, the store's locks, a helper's pipes.
const OWN: u64 = 24;
/// What one request may hold at once: a connection to the registry and one to where that redirects, the partial file
/// and its journal, and the same two files of a large blob whose ranges it waits for.
const EACH: u64 = 8;

/// How many requests the system has room for; at least one. The limit is raised first as far as this user may.
#[cfg(unix)]
pub(crate) fn requests() -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: maximum,
        maximum,
    };
    // A system that refuses keeps the limit it has.
    let limit = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => maximum,
        Err(_) => current,
    };
    limit.map_or(usize::MAX, room)
}

/// As many as are wanted: such systems have no limit worth the name.
#[cfg(not(unix))]
pub(crate) fn requests() -> usize {
    usize::MAX
}

/// How many requests `limit` descriptors are enough for.
#[cfg_attr(not(unix), allow(dead_code))]
fn room(limit: u64) -> usize {
    let room = limit.saturating_sub(OWN) / EACH;
    usize::try_from(room).unwrap_or(usize::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_descriptors_are_for_few_requests_and_never_for_none() {
        assert_eq!([0, 24, 64, 1024].map(room), [1, 1, 5, 125]);
    }
}
