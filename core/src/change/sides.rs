use std::cell::OnceCell;

use super::behaviors::Patterns;
use crate::distribution::{BucketName, Distribution, Origin, OriginMap, Resolution, Target};

/// A baseline and a candidate side by side. What several questions need is put together once.
#[derive(Debug)]
pub struct Sides<'a> {
    /// What there was.
    pub baseline: &'a Distribution,
    /// What there is to be.
    pub candidate: &'a Distribution,
    map: OnceCell<OriginMap<'a>>,
    patterns: OnceCell<[Patterns<'a>; 2]>,
    swaps: OnceCell<Vec<Swap<'a>>>,
}

/// An origin that moves from one bucket to another.
#[derive(Debug, Clone, Copy)]
pub struct Swap<'a> {
    /// The origin in the candidate.
    pub origin: &'a Origin,
    /// Its bucket in the baseline.
    pub was: &'a BucketName,
    /// Its bucket in the candidate.
    pub is: &'a BucketName,
}

impl<'a> Sides<'a> {
    /// Two configs of one distribution.
    #[must_use]
    pub fn new(baseline: &'a Distribution, candidate: &'a Distribution) -> Self {
        Self {
            baseline,
            candidate,
            map: OnceCell::new(),
            patterns: OnceCell::new(),
            swaps: OnceCell::new(),
        }
    }

    /// What the baseline's IDs name.
    pub fn baseline_map(&self) -> &OriginMap<'a> {
        self.map.get_or_init(|| OriginMap::of(self.baseline))
    }

    /// The path patterns of the baseline, and those of the candidate.
    pub(super) fn patterns(&self) -> &[Patterns<'a>; 2] {
        self.patterns
            .get_or_init(|| [self.baseline, self.candidate].map(Patterns::of))
    }

    /// The origins whose bucket is another one, under the same ID. A bucket that only the deployment
    /// names is neither.
    pub fn swapped_buckets(&self) -> impl Iterator<Item = Swap<'a>> {
        let swaps = self.swaps.get_or_init(|| self.find_swaps().collect());
        swaps.iter().copied()
    }

    fn find_swaps(&self) -> impl Iterator<Item = Swap<'a>> {
        let bucket = |origin: &'a Origin| origin.s3_endpoint.as_ref()?.bucket();
        self.candidate.origins.iter().filter_map(move |origin| {
            let is = bucket(origin)?;
            origin.id.known()?;
            let Resolution::Found(Target::Origin(before)) = self.baseline_map().resolve(&origin.id)
            else {
                return None;
            };
            let was = bucket(before)?;
            // What the deployment names may be the same bucket.
            let same = was == is || was.is_symbolic() || is.is_symbolic();
            (!same).then_some(Swap { origin, was, is })
        })
    }
}
