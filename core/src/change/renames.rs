use foldhash::{HashMap, HashMapExt, HashSet};

use crate::distribution::{Distribution, Origin, OriginGroup};

/// The IDs that a candidate has renamed: the same origin, or a group of the same origins.
#[derive(Debug, Default)]
pub struct Renames<'a> {
    by_old: HashMap<&'a str, &'a str>,
    by_new: HashMap<&'a str, &'a str>,
}

impl<'a> Renames<'a> {
    /// Pairs the IDs that only one side has. Two that could both be the new name are none.
    #[must_use]
    pub fn between(baseline: &'a Distribution, candidate: &'a Distribution) -> Self {
        let mut renames = Self::default();
        let old = ids(baseline);
        let new = ids(candidate);
        let gone = baseline.origins.iter().filter(|origin| {
            let id = origin.id.known();
            id.is_some_and(|id| !id.is_empty() && !new.contains(id.as_str()))
        });
        let come = candidate.origins.iter().filter(|origin| {
            let id = origin.id.known();
            id.is_some_and(|id| !id.is_empty() && !old.contains(id.as_str()))
        });
        renames.pair(
            gone.filter_map(|origin| Some((origin.id.known()?.as_str(), address(origin)?))),
            come.filter_map(|origin| Some((origin.id.known()?.as_str(), address(origin)?))),
        );
        let groups = |groups: &'a [OriginGroup], other: &HashSet<&str>| -> Vec<_> {
            let only_here = |group: &&OriginGroup| {
                let id = group.id.known();
                id.is_some_and(|id| !id.is_empty() && !other.contains(id.as_str()))
            };
            let found = groups.iter().filter(only_here);
            found
                .filter_map(|group| Some((group.id.known()?.as_str(), members(group)?)))
                .collect()
        };
        let gone: Vec<_> = groups(&baseline.origin_groups, &new)
            .into_iter()
            .map(|(id, members)| {
                // Origins are paired before groups: a group whose members were only renamed is the
                // same group.
                let members: Vec<&str> = members.into_iter().map(|id| renames.now(id)).collect();
                (id, members)
            })
            .collect();
        renames.pair(
            gone.into_iter(),
            groups(&candidate.origin_groups, &old).into_iter(),
        );
        renames
    }

    fn pair<K: Eq + std::hash::Hash>(
        &mut self,
        gone: impl Iterator<Item = (&'a str, K)>,
        come: impl Iterator<Item = (&'a str, K)>,
    ) {
        let mut by_key: HashMap<K, (Vec<&'a str>, Vec<&'a str>)> = HashMap::new();
        for (id, key) in gone {
            by_key.entry(key).or_default().0.push(id);
        }
        for (id, key) in come {
            by_key.entry(key).or_default().1.push(id);
        }
        for (gone, come) in by_key.into_values() {
            // Two origins of one address cannot be distinguished by it: a wrong pair would show a
            // rename that nothing supports, while "removed" and "added" are true.
            if let ([old], [new]) = (gone.as_slice(), come.as_slice()) {
                self.by_old.insert(old, new);
                self.by_new.insert(new, old);
            }
        }
    }

    /// What the candidate calls a baseline's ID.
    #[must_use]
    pub fn now<'b>(&self, old: &'b str) -> &'b str
    where
        'a: 'b,
    {
        self.by_old.get(old).copied().unwrap_or(old)
    }

    /// What the baseline called a candidate's ID.
    #[must_use]
    pub fn before<'b>(&self, new: &'b str) -> &'b str
    where
        'a: 'b,
    {
        self.by_new.get(new).copied().unwrap_or(new)
    }
}

/// The IDs of origins and groups, which share one space of names.
fn ids(distribution: &Distribution) -> HashSet<&str> {
    let origins = distribution.origins.iter().map(|origin| &origin.id);
    let groups = distribution.origin_groups.iter().map(|group| &group.id);
    origins
        .chain(groups)
        .filter_map(|id| id.known().map(String::as_str))
        .collect()
}

/// What makes an origin the same one under another ID; `None` while the deployment decides.
pub(super) fn address(origin: &Origin) -> Option<(String, &str)> {
    let domain = origin.domain_name.known().filter(|text| !text.is_empty())?;
    let path = match &origin.origin_path {
        None => "",
        Some(path) => path.known()?,
    };
    // Hosts have no case; paths do.
    Some((domain.to_ascii_lowercase(), path))
}

fn members(group: &OriginGroup) -> Option<Vec<&str>> {
    let members = group.members.iter();
    members
        .map(|member| member.known().map(String::as_str))
        .collect()
}
