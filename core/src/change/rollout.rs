//! The way from one config to another, where not all of it can change at once: first the union of
//! the origins, then the behaviors, then what is retired goes. Each config on the way is valid by
//! itself, and the last one is the candidate.

use serde_json::{Value, json};

use super::{Change, ChangeKind, Difference};
use crate::distribution::Part;

/// One step of the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step<T> {
    /// `origins`, `behaviors` or `removal`
    pub name: &'static str,
    /// Why it is a step of its own.
    pub why: &'static str,
    /// What it is made of: a whole config, or what it changes.
    pub content: T,
}

/// The names of the steps, in their order.
pub const NAMES: [&str; 3] = [ORIGINS.0, BEHAVIORS.0, REMOVAL.0];

const ORIGINS: (&str, &str) = (
    "origins",
    "what the new behaviors will target is there before they do, and nothing reaches it yet",
);
const BEHAVIORS: (&str, &str) = (
    "behaviors",
    "requests move to the new origins; what they leave is still there, so this can be undone alone",
);
const REMOVAL: (&str, &str) = (
    "removal",
    "nothing reaches what is retired any more, so it can go",
);

fn step<T>((name, why): (&'static str, &'static str), content: T) -> Step<T> {
    Step { name, why, content }
}

/// What a step changes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Patch<'d> {
    /// What differs in the origin contract.
    pub changes: Vec<&'d Change>,
    /// The members outside of it that differ.
    pub outside: &'d [String],
}

/// What each step changes; none where all of it is one step.
#[must_use]
pub fn steps(difference: &Difference) -> Vec<Step<Patch<'_>>> {
    // A new or retired origin has steps of its own; a changed field of one that stays is live with
    // the next update, so it belongs to the requests that it changes.
    let is_map = |change: &Change| {
        matches!(change.subject, Part::Origin(_) | Part::OriginGroup(_)) && change.field.is_none()
    };
    let comes = |kind| matches!(kind, ChangeKind::Added | ChangeKind::Renamed);
    let goes = |kind| matches!(kind, ChangeKind::Removed | ChangeKind::Renamed);
    let of = |fits: &dyn Fn(&Change) -> bool, outside| Patch {
        changes: difference.changes.iter().filter(|it| fits(it)).collect(),
        outside,
    };
    let all = [
        step(
            ORIGINS,
            of(&|change| is_map(change) && comes(change.kind), &[]),
        ),
        // With the behaviors goes what is no part of the map, also outside the origin contract: the
        // config of this step is the candidate with the origins of before (`configs`).
        step(
            BEHAVIORS,
            of(
                &|change| !is_map(change) || matches!(change.kind, ChangeKind::Changed),
                &difference.outside,
            ),
        ),
        step(
            REMOVAL,
            of(&|change| is_map(change) && goes(change.kind), &[]),
        ),
    ];
    let steps: Vec<_> = all
        .into_iter()
        .filter(|step| step.content != Patch::default())
        .collect();
    // One step is the candidate itself, and needs no plan.
    if steps.len() > 1 { steps } else { Vec::new() }
}

/// The configs of the way from `live` to `candidate`, both a whole `DistributionConfig` as
/// CloudFront's API has it. Steps that change nothing are left out.
#[must_use]
pub fn configs(live: &Value, candidate: &Value) -> Vec<Step<Value>> {
    let mut first = live.clone();
    let mut second = candidate.clone();
    for list in TARGETS {
        let comes = beside(candidate, live, list);
        let goes = beside(live, candidate, list);
        // The first config is live with more origins, the second the candidate with the old ones:
        // each one resolves every target of its own.
        extend(&mut first, list, comes);
        extend(&mut second, list, goes);
    }
    let mut steps = Vec::new();
    let mut now = live;
    for (name, config) in [
        (ORIGINS, &first),
        (BEHAVIORS, &second),
        (REMOVAL, candidate),
    ] {
        // A step that changes nothing would be an update that CloudFront deploys for minutes.
        if !same(config, now) {
            steps.push(step(name, config.clone()));
            now = config;
        }
    }
    steps
}

/// The config that is there once a step is done: its own, that of the step before where it changes
/// nothing, or else what is live.
#[must_use]
pub fn config_after(live: &Value, candidate: &Value, step: &str) -> Value {
    let place = |name: &str| NAMES.iter().position(|it| *it == name);
    let mut steps = configs(live, candidate).into_iter();
    // A step that changes nothing is not in the list, and then the one before it is what is live.
    let done = steps.rfind(|it| place(it.name) <= place(step));
    done.map_or_else(|| live.clone(), |it| it.content)
}

/// The lists of what a cache behavior can target. Their IDs are of one kind: no origin and no origin
/// group may have the same.
const TARGETS: [&str; 2] = ["Origins", "OriginGroups"];

/// What only `one` has of a list, by ID; an ID that is of the other list over there has to wait for
/// the step in which that goes.
fn beside(one: &Value, other: &Value, list: &str) -> Vec<Value> {
    let taken: Vec<&Value> = TARGETS
        .iter()
        .flat_map(|targets| items(other, targets))
        .filter_map(|item| item.get("Id"))
        .collect();
    let is_new = |item: &&Value| item.get("Id").is_some_and(|id| !taken.contains(&id));
    items(one, list).iter().filter(is_new).cloned().collect()
}

pub(super) fn items<'v>(config: &'v Value, list: &str) -> &'v [Value] {
    let list = config.get(list);
    // The API wraps its lists, templates do not.
    let items = list.and_then(|list| list.get("Items").or(Some(list)));
    items.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

pub(super) fn items_mut<'v>(config: &'v mut Value, list: &str) -> std::slice::IterMut<'v, Value> {
    let items = match config.get_mut(list) {
        Some(Value::Object(list)) => list.get_mut("Items"),
        list => list,
    };
    let items = items.and_then(Value::as_array_mut);
    items.map_or_else(Default::default, |items| items.iter_mut())
}

fn extend(config: &mut Value, list: &str, more: Vec<Value>) {
    if more.is_empty() {
        return;
    }
    let mut all = items(config, list).to_vec();
    all.extend(more);
    if let Some(config) = config.as_object_mut() {
        config.insert(
            list.to_owned(),
            // CloudFront refuses a Quantity that does not match (InconsistentQuantities).
            json!({"Quantity": all.len(), "Items": all}),
        );
    }
}

/// Whether two configs say the same: an empty list is none, with or without its `Quantity`.
fn same(one: &Value, other: &Value) -> bool {
    plain(one) == plain(other)
}

fn plain(value: &Value) -> Value {
    match value {
        Value::Object(map) if map.contains_key("Quantity") => {
            let items = map.get("Items").map_or_else(|| json!([]), plain);
            let rest = map
                .iter()
                .filter(|(key, _)| *key != "Quantity" && *key != "Items");
            let mut rest: serde_json::Map<String, Value> = rest
                .map(|(key, value)| (key.clone(), plain(value)))
                .collect();
            rest.insert("Items".to_owned(), items);
            sorted(rest)
        }
        Value::Object(map) => sorted(
            map.iter()
                .map(|(key, value)| (key.clone(), plain(value)))
                .collect(),
        ),
        Value::Array(items) => items.iter().map(plain).collect(),
        other => other.clone(),
    }
}

/// Keys have no order.
fn sorted(mut map: serde_json::Map<String, Value>) -> Value {
    map.sort_keys();
    Value::Object(map)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(origins: &[&str], target: &str) -> Value {
        let items: Vec<Value> = origins
            .iter()
            .map(|id| json!({"Id": id, "DomainName": format!("{id}.example.com")}))
            .collect();
        json!({"CallerReference": "x", "Comment": target, "Origins": {"Quantity": items.len(), "Items": items},
            "DefaultCacheBehavior": {"TargetOriginId": target}})
    }

    fn ids(config: &Value) -> Vec<&str> {
        items(config, "Origins")
            .iter()
            .filter_map(|it| it["Id"].as_str())
            .collect()
    }

    #[test]
    fn a_swap_is_three_steps_and_ends_in_the_candidate() {
        let (live, candidate) = (config(&["a", "old"], "old"), config(&["a", "new"], "new"));
        let steps = configs(&live, &candidate);
        let seen: Vec<_> = steps
            .iter()
            .map(|step| {
                let target = &step.content["DefaultCacheBehavior"]["TargetOriginId"];
                (step.name, ids(&step.content), target.as_str().unwrap())
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("origins", vec!["a", "old", "new"], "old"),
                ("behaviors", vec!["a", "new", "old"], "new"),
                ("removal", vec!["a", "new"], "new"),
            ]
        );
        assert_eq!(steps[0].content["Origins"]["Quantity"], 3);
        assert_eq!(steps[2].content, candidate);
    }

    #[test]
    fn a_step_without_a_change_leaves_what_was_before() {
        let (live, candidate) = (config(&["a"], "a"), config(&["a", "b"], "a"));
        for (step, ids_after) in [("origins", ["a", "b"]), ("behaviors", ["a", "b"])] {
            assert_eq!(ids(&config_after(&live, &candidate, step)), ids_after);
        }
        assert_eq!(config_after(&live, &config(&[], "a"), "origins"), live);
    }

    #[test]
    fn steps_that_change_nothing_are_left_out() {
        let live = config(&["a"], "a");
        assert!(configs(&live, &live).is_empty());
        let mut comment = live.clone();
        comment["Comment"] = "x".into();
        comment["Aliases"] = json!({"Quantity": 0});
        let steps = configs(&live, &comment);
        assert_eq!(steps.len(), 1);
        assert_eq!((steps[0].name, &steps[0].content), ("behaviors", &comment));
        let added = configs(&live, &config(&["a", "b"], "a"));
        assert_eq!(
            added.iter().map(|it| it.name).collect::<Vec<_>>(),
            ["origins"]
        );
        let gone = configs(&config(&["a", "b"], "a"), &live);
        assert_eq!(
            gone.iter().map(|it| it.name).collect::<Vec<_>>(),
            ["removal"]
        );
    }

    #[test]
    fn a_step_counts_what_changes_outside_of_the_contract() {
        let origin = |kind| Change {
            kind,
            subject: Part::Origin("a".to_owned()),
            field: None,
            place: crate::distribution::Place::default(),
            before: None,
            after: None,
        };
        let names = |changes: Vec<Change>, outside: &[&str]| -> Vec<(&str, usize, usize)> {
            let difference = Difference {
                changes,
                outside: outside.iter().map(|it| (*it).to_owned()).collect(),
                open: Vec::new(),
            };
            let steps = steps(&difference);
            let sizes = |step: &Step<Patch<'_>>| {
                let patch = &step.content;
                (step.name, patch.changes.len(), patch.outside.len())
            };
            steps.iter().map(sizes).collect()
        };
        assert_eq!(names(vec![origin(ChangeKind::Added)], &[]), []);
        assert_eq!(names(vec![], &["Comment"]), []);
        // As in the configs of the steps, what is outside does not wait for the last of them.
        assert_eq!(
            names(vec![origin(ChangeKind::Added)], &["Comment", "WebACLId"]),
            [("origins", 1, 0), ("behaviors", 0, 2)]
        );
        assert_eq!(
            names(vec![origin(ChangeKind::Removed)], &["Comment"]),
            [("behaviors", 0, 1), ("removal", 1, 0)]
        );
    }

    #[test]
    fn an_id_that_becomes_a_groups_waits_for_the_switch() {
        let live = config(&["a", "both"], "both");
        let mut candidate = config(&["a", "b"], "both");
        candidate["OriginGroups"] = json!({"Quantity": 1, "Items": [{"Id": "both"}]});
        let steps = configs(&live, &candidate);
        let names: Vec<_> = steps.iter().map(|it| it.name).collect();
        assert_eq!(names, ["origins", "behaviors"]);
        assert_eq!(ids(&steps[0].content), ["a", "both", "b"]);
        assert_eq!(steps[1].content, candidate);
    }
}
