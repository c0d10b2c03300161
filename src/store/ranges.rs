//! A set of byte ranges: what of a blob is there.

use std::ops::Range;

/// Disjoint, ascending, merged ranges of bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ranges(Vec<Range<u64>>);

impl Ranges {
    /// Adds `range`, merging it with what it touches.
    pub fn insert(&mut self, range: Range<u64>) {
        if range.is_empty() {
            return;
        }
        let first = self.0.partition_point(|have| have.end < range.start);
        let last = self.0.partition_point(|have| have.start <= range.end);
        let mut merged = range;
        if first < last {
            merged.start = merged.start.min(self.0[first].start);
            merged.end = merged.end.max(self.0[last - 1].end);
        }
        self.0.splice(first..last, [merged]);
    }

    /// How many bytes are in the set.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().map(|range| range.end - range.start).sum()
    }

    /// Where the run of bytes that starts at 0 ends.
    #[must_use]
    pub fn prefix(&self) -> u64 {
        self.0
            .first()
            .filter(|range| range.start == 0)
            .map_or(0, |range| range.end)
    }

    /// Whether every byte of `range` is in the set.
    #[must_use]
    pub fn contains(&self, range: &Range<u64>) -> bool {
        self.0
            .iter()
            .any(|have| have.start <= range.start && range.end <= have.end)
    }

    /// The gaps below `size`, cut into pieces of at most `piece` bytes.
    #[must_use]
    pub fn gaps(&self, size: u64, piece: u64) -> Vec<Range<u64>> {
        let mut pieces = Vec::new();
        for gap in self.gaps_in(&(0..size)) {
            let mut start = gap.start;
            while start < gap.end {
                let end = gap.end.min(start.saturating_add(piece));
                pieces.push(start..end);
                start = end;
            }
        }
        pieces
    }

    /// The gaps inside `within`.
    #[must_use]
    pub fn gaps_in(&self, within: &Range<u64>) -> Vec<Range<u64>> {
        let mut gaps = Vec::new();
        let mut at = within.start;
        let first = self.0.partition_point(|have| have.end <= within.start);
        for range in self.0[first..]
            .iter()
            .take_while(|range| range.start < within.end)
        {
            if at < range.start {
                gaps.push(at..range.start);
            }
            at = range.end;
        }
        if at < within.end {
            gaps.push(at..within.end);
        }
        gaps
    }

    /// The parts of `within` that are in the set.
    #[must_use]
    pub fn overlap(&self, within: &Range<u64>) -> Vec<Range<u64>> {
        let first = self.0.partition_point(|have| have.end <= within.start);
        let touched = self.0[first..]
            .iter()
            .take_while(|have| have.start < within.end);
        touched
            .map(|have| have.start.max(within.start)..have.end.min(within.end))
            .collect()
    }

    /// The ranges, ascending.
    pub fn iter(&self) -> impl Iterator<Item = &Range<u64>> {
        self.0.iter()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

impl FromIterator<Range<u64>> for Ranges {
    fn from_iter<I: IntoIterator<Item = Range<u64>>>(ranges: I) -> Self {
        let mut set = Self::default();
        for range in ranges {
            set.insert(range);
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn touching_ranges_become_one() {
        let set: Ranges = [10..20, 0..5, 5..10, 30..40, 15..31].into_iter().collect();
        assert_eq!(set.iter().cloned().collect::<Vec<_>>(), vec![0..40]);
        assert_eq!((set.total(), set.prefix()), (40, 40));
    }

    #[test]
    fn gaps_come_in_pieces() {
        let set: Ranges = [4..8, 12..14].into_iter().collect();
        assert_eq!(
            set.gaps(20, 3),
            vec![0..3, 3..4, 8..11, 11..12, 14..17, 17..20]
        );
        assert_eq!(set.gaps(6, 100), vec![0..4]);
        assert!(Ranges::default().gaps(0, 8).is_empty());
        assert!(set.contains(&(5..8)) && !set.contains(&(7..9)));
    }

    proptest::proptest! {
        #[test]
        fn the_set_agrees_with_a_bitmap(ranges in proptest::collection::vec((0u64..64, 0u64..16), 0..20)) {
            let mut bitmap = [false; 96];
            let mut set = Ranges::default();
            for (start, length) in ranges {
                set.insert(start..start + length);
                for at in start..start + length {
                    bitmap[usize::try_from(at).unwrap()] = true;
                }
            }
            proptest::prop_assert_eq!(set.total(), bitmap.iter().filter(|bit| **bit).count() as u64);
            for gap in set.gaps(96, 7) {
                proptest::prop_assert!(gap.end - gap.start <= 7);
                for at in gap {
                    proptest::prop_assert!(!bitmap[usize::try_from(at).unwrap()]);
                    bitmap[usize::try_from(at).unwrap()] = true;
                }
            }
            proptest::prop_assert!(bitmap.iter().all(|bit| *bit));
        }
    }
}
