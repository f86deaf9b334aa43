use std::borrow::Cow;

use foldhash::{HashMap, HashMapExt, HashSet};

use super::found::{Found, Reason};
use super::{Change, ChangeKind};
use crate::distribution::{CustomHeader, HeaderValue, Origin, Part};

/// What stands for a value: it is a secret, and neither it nor a digest of it is printed.
const SECRET: &str = "(secret)";
const NONE: &str = "";
const OTHER_SECRET: &str = "(another secret)";

/// Notes the custom headers that differ, by name, whatever their order.
pub(super) fn compare(found: &mut Found, part: &Part, before: &Origin, after: &Origin) {
    let (old, new) = (keyed(before), keyed(after));
    let has_open_name =
        |headers: &[CustomHeader]| headers.iter().any(|it| it.name.known().is_none());
    // A name that only the deployment knows may be any of the others.
    if has_open_name(&before.custom_headers) || has_open_name(&after.custom_headers) {
        let field = Cow::Borrowed("custom headers");
        found.leave_open(part, Some(field), Reason::NotDecidedYet);
        return;
    }
    let before: HashMap<&Key, &CustomHeader> = old.iter().map(|(key, it)| (key, *it)).collect();
    let after: HashSet<&Key> = new.iter().map(|(key, _)| key).collect();
    for (key, header) in &new {
        match before.get(key) {
            Some(old) => compare_values(found, part, old, header),
            None => found.changes.push(changed(part, header, NONE, SECRET)),
        }
    }
    for (_, header) in old.iter().filter(|(key, _)| !after.contains(key)) {
        found.changes.push(changed(part, header, SECRET, NONE));
    }
}

/// A header's name, which has no case, and how many of that name stand before it.
type Key = (String, usize);

fn keyed(origin: &Origin) -> Vec<(Key, &CustomHeader)> {
    let mut count: HashMap<String, usize> = HashMap::new();
    let headers = origin.custom_headers.iter().map(|header| {
        // Header names have no case; two of one name are compared by their order.
        let name = header.name.spelling().to_ascii_lowercase();
        let number = count.entry(name.clone()).or_default();
        *number += 1;
        ((name, *number), header)
    });
    headers.collect()
}

fn compare_values(found: &mut Found, part: &Part, old: &CustomHeader, new: &CustomHeader) {
    match (&old.value, &new.value) {
        // CloudTrail and the XML reader hide values: equal or not cannot be said, so it is listed
        // as open.
        (HeaderValue::Hidden, _) | (_, HeaderValue::Hidden) => {
            found.leave_open(part, Some(field(new)), Reason::Hidden);
        }
        (HeaderValue::Known(one), HeaderValue::Known(other)) => {
            if one != other {
                found.changes.push(changed(part, new, SECRET, OTHER_SECRET));
            }
        }
        (one, other) => {
            if !(found.has_exact_expressions && one == other) {
                found.leave_open(part, Some(field(new)), Reason::NotDecidedYet);
            }
        }
    }
}

fn field(header: &CustomHeader) -> Cow<'static, str> {
    Cow::Owned(format!("custom header `{}`", header.name))
}

fn changed(part: &Part, header: &CustomHeader, before: &str, after: &str) -> Change {
    Change {
        kind: ChangeKind::Changed,
        subject: part.clone(),
        field: Some(field(header)),
        place: header.place.clone(),
        before: Some(before.to_owned()),
        after: Some(after.to_owned()),
    }
}
