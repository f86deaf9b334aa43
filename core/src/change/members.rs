use std::borrow::Cow;
use std::cmp::Ordering;

use super::found::{Found, Reason};
use super::{Change, ChangeKind};
use crate::distribution::{HIDDEN, Member, Members, Part, Place};

/// What stands for a value that must not be printed.
const NOT_SHOWN: &str = "(not shown)";

/// Notes the members of a part that differ and that `counts`; `place` is where the part stands.
pub(super) fn compare(
    found: &mut Found,
    (part, place): (&Part, &Place),
    before: &Members,
    after: &Members,
    counts: impl Fn(&str) -> bool,
) {
    for (old, new) in pairs(before, after) {
        let Some(member) = new.or(old) else {
            continue;
        };
        if !counts(&member.path) || is_same(old, new) {
            continue;
        }
        let field = Some(Cow::Owned(member.path.clone()));
        // CloudTrail hides more than header values, such as the Comment.
        if is_hidden(old) || is_hidden(new) {
            found.leave_open(part, field, Reason::Hidden);
            continue;
        }
        if [old, new].into_iter().flatten().all(|it| it.is_decided) {
            let shown = |side: Option<&Member>| {
                let shown = side.map_or_else(|| Some(member.default.to_owned()), Member::shown);
                Some(shown.unwrap_or_else(|| NOT_SHOWN.to_owned()))
            };
            found.changes.push(Change {
                kind: ChangeKind::Changed,
                subject: part.clone(),
                field,
                place: new.map_or(place, |new| &new.place).clone(),
                before: shown(old),
                after: shown(new),
            });
        } else if !(values(old) == values(new) && found.is_exact(&member.values)) {
            found.leave_open(part, field, Reason::NotDecidedYet);
        }
    }
}

/// Whether two sides are known to be the same.
fn is_same(old: Option<&Member>, new: Option<&Member>) -> bool {
    match (old, new) {
        (Some(old), Some(new)) => old.is_decided && new.is_decided && old.values == new.values,
        // CloudFront fills these in itself, so their absence on one side is no change.
        (Some(only), None) | (None, Some(only)) => only.is_filled_in,
        (None, None) => true,
    }
}

fn is_hidden(member: Option<&Member>) -> bool {
    member.is_some_and(|member| member.values == [HIDDEN])
}

fn values(member: Option<&Member>) -> Option<&[String]> {
    member.map(|member| member.values.as_slice())
}

/// The members of both sides by their path, in its order.
fn pairs<'a>(
    before: &'a Members,
    after: &'a Members,
) -> impl Iterator<Item = (Option<&'a Member>, Option<&'a Member>)> {
    let (mut before, mut after) = (
        before.all().iter().peekable(),
        after.all().iter().peekable(),
    );
    std::iter::from_fn(move || {
        // Both are sorted by path: one way through both finds each pair.
        let order = match (before.peek(), after.peek()) {
            (None, None) => return None,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(old), Some(new)) => old.path.cmp(&new.path),
        };
        let old = if order.is_le() { before.next() } else { None };
        let new = if order.is_ge() { after.next() } else { None };
        Some((old, new))
    })
}
