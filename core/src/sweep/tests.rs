//! What readers get of sweeps that run one after another, side by side, and halfway.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::sample::subsequence;
use serde_json::json;
use time::UtcDateTime;

use super::*;
use crate::distribution::{AccountId, DistributionId};
use crate::rule::Severity;
use crate::rules::testing::{Scene, ours};
use crate::rules::{Case, judge};
use crate::timestamp::Timestamp;
use crate::verdict::{OnUnknown, decide};

fn seen(rule: &str) -> Seen {
    Seen {
        rule: rule.to_owned(),
        severity: Severity::Error,
        message: format!("{rule} is broken"),
        remediation: "fix it".to_owned(),
        origin: Some("main".to_owned()),
    }
}

fn moment(second: u64) -> Timestamp {
    let seconds = 1_800_000_000 + i64::try_from(second).unwrap();
    Timestamp::of(UtcDateTime::from_unix_timestamp(seconds).unwrap())
}

fn observation(id: &str, at: u64, depth: Depth, rules: &[&str]) -> Observation {
    let findings = rules
        .iter()
        .map(|rule| (Fingerprint::from(*rule), seen(rule)));
    Observation {
        distribution: DistributionId::from(id),
        name: format!("{id}.example.com"),
        at: moment(at),
        depth,
        findings: findings.collect(),
        doubts: Doubts::default(),
        report: None,
    }
}

fn pass(run: &str, now: u64) -> Pass {
    Pass {
        run: RunId::from(run),
        now: moment(now),
        until: moment(now + 10),
    }
}

fn rules(items: &[Item]) -> Vec<&str> {
    items.iter().map(|item| item.seen.rule.as_str()).collect()
}

/// One sweep of one distribution, from the reading of it to the confirmation.
fn sweep(state: &mut State, run: &str, observation: &Observation, now: u64) -> News {
    let pass = pass(run, now);
    state.take_in(&pass, observation);
    let news = state.news(&pass);
    state.confirm(&pass.run, &news);
    news
}

#[test]
fn what_is_new_gone_and_stays() {
    let mut state = State::default();
    let first = observation("E1", 1, Depth::Full, &["a", "b"]);
    let news = sweep(&mut state, "one", &first, 1);
    assert_eq!((rules(&news.new), news.stays), (vec!["a", "b"], 0));
    let second = observation("E1", 2, Depth::Full, &["b", "c"]);
    let news = sweep(&mut state, "two", &second, 2);
    assert_eq!(rules(&news.new), ["c"]);
    assert_eq!(rules(&news.gone), ["a"]);
    assert_eq!(news.stays, 1);
    let news = sweep(
        &mut state,
        "three",
        &observation("E1", 3, Depth::Full, &["b", "c"]),
        3,
    );
    assert!(news.is_empty());
    assert_eq!(news.stays, 2);
    let entry = &state.distributions[&DistributionId::from("E1")].findings[&Fingerprint::from("b")];
    assert_eq!((entry.first_seen, entry.last_seen), (moment(1), moment(3)));
}

#[test]
fn a_lesser_sweep_says_nothing_of_what_only_a_full_one_finds() {
    let mut state = State::default();
    sweep(
        &mut state,
        "one",
        &observation("E1", 1, Depth::Full, &["grant", "bucket"]),
        1,
    );
    // The bucket is found without asking for more.
    let news = sweep(
        &mut state,
        "two",
        &observation("E1", 2, Depth::Existence, &["bucket"]),
        2,
    );
    assert!(news.is_empty(), "{news:?}");
    let news = sweep(
        &mut state,
        "three",
        &observation("E1", 3, Depth::Existence, &[]),
        3,
    );
    assert_eq!(rules(&news.gone), ["bucket"]);
    let news = sweep(
        &mut state,
        "four",
        &observation("E1", 4, Depth::Full, &[]),
        4,
    );
    assert_eq!(rules(&news.gone), ["grant"]);
}

#[test]
fn what_could_not_be_checked_is_not_gone() {
    let doubt = |rule, origins: Option<&[&str]>| {
        let mut observation = observation("E1", 2, Depth::Full, &[]);
        let origins = origins.map(|ids| ids.iter().map(|id| (*id).to_owned()).collect());
        observation.doubts.add(rule, origins);
        observation
    };
    for (observation, is_gone) in [
        (doubt("a", None), false),
        (doubt("a", Some(&["main"])), false),
        (doubt("a", Some(&["other"])), true),
        (doubt("b", None), true),
    ] {
        let mut state = State::default();
        sweep(
            &mut state,
            "one",
            &self::observation("E1", 1, Depth::Full, &["a"]),
            1,
        );
        let news = sweep(&mut state, "two", &observation, 2);
        assert_eq!(news.gone.len() == 1, is_gone, "{:?}", observation.doubts);
        assert_eq!(news.stays == 1, !is_gone);
    }
}

/// One rule reports that the bucket could not be checked; the others pass over it.
#[test]
fn whatever_was_found_at_an_origin_stays_while_that_could_not_be_checked() {
    let of = |scene: &Scene, at: u64| {
        let case = Case::new(&scene.candidate, &scene.facts, &scene.limits);
        let decision = decide(judge(&case), OnUnknown::Block);
        let id = DistributionId::from("E1");
        Observation::of(
            &scene.candidate,
            &id,
            "a",
            &decision,
            Depth::Full,
            moment(at),
        )
    };
    let scene = || {
        let mut scene = Scene::s3("assets").origin_access_control("EOAC", "s3", "always");
        scene.candidate.id = Some("E1".into());
        scene.facts.account = AccountId::parse("111122223333");
        scene
    };
    let broken = scene()
        .bucket("assets", ours("us-east-1"))
        .bucket_policy("assets", None);
    let mut state = State::default();
    let news = sweep(&mut state, "one", &of(&broken, 1), 1);
    let found = news.new.len();
    assert!(found > 0);
    let denied = scene().bucket_denied("assets");
    let news = sweep(&mut state, "two", &of(&denied, 2), 2);
    assert!(news.gone.is_empty(), "{news:#?}");
    assert_eq!(news.stays, found);
    let grant = json!({"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject", "Resource": "arn:aws:s3:::assets/*", "Condition": {
            "StringEquals": {"AWS:SourceArn": "arn:aws:cloudfront::111122223333:distribution/E1"}}});
    let fixed = scene().bucket("assets", ours("us-east-1")).bucket_policy(
        "assets",
        Some(&json!({"Version": "2012-10-17", "Statement": [grant]})),
    );
    let news = sweep(&mut state, "three", &of(&fixed, 3), 3);
    assert_eq!((news.gone.len(), news.stays), (found, 0), "{news:#?}");
}

#[test]
fn what_gets_worse_is_new_again_and_what_gets_better_is_not() {
    let of = |severity, at| {
        let mut observation = observation("E1", at, Depth::Full, &["a"]);
        let seen = observation
            .findings
            .get_mut(&Fingerprint::from("a"))
            .unwrap();
        seen.severity = severity;
        observation
    };
    let mut state = State::default();
    for (at, severity, news) in [
        (1, Severity::Warning, 1),
        (2, Severity::Error, 1),
        (3, Severity::Error, 0),
        (4, Severity::Warning, 0),
        (5, Severity::Error, 1),
    ] {
        let run = format!("run {at}");
        let found = sweep(&mut state, &run, &of(severity, at), at);
        assert_eq!((found.new.len(), found.gone.len()), (news, 0), "{at}");
    }
}

#[test]
fn of_a_distribution_that_is_removed_everything_is_gone() {
    let mut state = State::default();
    sweep(
        &mut state,
        "one",
        &observation("E1", 1, Depth::Full, &["a"]),
        1,
    );
    sweep(
        &mut state,
        "one",
        &observation("E2", 1, Depth::Full, &["b"]),
        1,
    );
    let listed = BTreeSet::from([DistributionId::from("E2")]);
    let pass = pass("two", 2);
    state.keep_only(&pass, &listed, moment(2));
    let news = state.news(&pass);
    assert_eq!(rules(&news.gone), ["a"]);
    state.confirm(&pass.run, &news);
    state.keep_only(&pass, &listed, moment(3));
    assert_eq!(state.distributions.len(), 1);
}

#[test]
fn a_distribution_that_was_created_during_a_listing_is_kept() {
    let mut state = State::default();
    sweep(
        &mut state,
        "other",
        &observation("E9", 5, Depth::Full, &["a"]),
        5,
    );
    state.keep_only(&pass("one", 6), &BTreeSet::new(), moment(4));
    assert_eq!(state.distributions.len(), 1);
    assert!(state.news(&pass("one", 6)).is_empty());
}

#[test]
fn what_a_sweep_did_not_send_the_next_one_does() {
    let found = |at| observation("E1", at, Depth::Full, &["a"]);
    let mut state = State::default();
    // Ended before it sent.
    state.take_in(&pass("one", 1), &found(1));
    assert_eq!(state.news(&pass("one", 1)).new.len(), 1);
    // While that may still run, it is not reported twice.
    let news = sweep(&mut state, "two", &found(2), 2);
    assert!(news.is_empty() && news.stays == 0, "{news:?}");
    let news = sweep(&mut state, "three", &found(20), 20);
    assert_eq!(news.new.len(), 1);
    // It comes late.
    let late = News {
        new: news.new,
        ..News::default()
    };
    state.confirm(&RunId::from("one"), &late);
    assert!(sweep(&mut state, "four", &found(40), 40).is_empty());
}

#[test]
fn a_sweep_that_could_not_send_leaves_it_to_the_next() {
    let mut state = State::default();
    state.take_in(&pass("one", 1), &observation("E1", 1, Depth::Full, &["a"]));
    state.release(&RunId::from("one"));
    let news = sweep(
        &mut state,
        "two",
        &observation("E1", 2, Depth::Full, &["a"]),
        2,
    );
    assert_eq!(news.new.len(), 1);
}

#[test]
fn what_is_fixed_while_it_is_being_reported_is_reported_as_gone_after_that() {
    let mut state = State::default();
    let first = pass("one", 1);
    state.take_in(&first, &observation("E1", 1, Depth::Full, &["a"]));
    let sent = state.news(&first);
    let news = sweep(
        &mut state,
        "two",
        &observation("E1", 2, Depth::Full, &[]),
        2,
    );
    assert!(news.is_empty(), "{news:?}");
    state.confirm(&first.run, &sent);
    let news = sweep(
        &mut state,
        "three",
        &observation("E1", 3, Depth::Full, &[]),
        3,
    );
    assert_eq!(rules(&news.gone), ["a"]);
}

#[test]
fn what_was_read_earlier_does_not_undo_what_was_read_later() {
    let mut state = State::default();
    sweep(
        &mut state,
        "late",
        &observation("E1", 5, Depth::Existence, &["a"]),
        5,
    );
    let news = sweep(
        &mut state,
        "early",
        &observation("E1", 4, Depth::Existence, &[]),
        6,
    );
    assert!(news.is_empty(), "{news:?}");
    // A full one knows more, but not of that.
    let news = sweep(
        &mut state,
        "full",
        &observation("E1", 4, Depth::Full, &["b"]),
        7,
    );
    assert_eq!((rules(&news.new), news.gone.len()), (vec!["b"], 0));
}

#[test]
fn a_state_of_another_version_or_none_is_refused() {
    for (content, problem) in [
        (&b"{\"schemaVersion\":\"2\",\"all\":[]}"[..], "`2`"),
        (b"{\"schemaVersion\":\"1\"}", "distributions"),
        (b"[]", "cannot be read"),
        (b"\xff", "cannot be read"),
        (b"", "cannot be read"),
    ] {
        let error = State::from_json(content).unwrap_err();
        assert!(error.to_string().contains(problem), "{error}");
    }
}

/// What happens in an account, and to the sweeps of it.
#[derive(Debug, Clone)]
enum Event {
    /// These are the defects from now on, by distribution.
    Changes(BTreeSet<(u8, u8)>),
    /// A sweep reads the account; it writes later, if at all.
    Reads(Depth, BTreeSet<u8>),
    /// The oldest, or the newest, sweep that has read writes what it saw.
    Writes(bool),
    /// The oldest, or the newest, that has written sends what it claimed, and confirms it.
    Sends(bool),
    /// The oldest that has read or written ends without a trace.
    Ends,
    /// Every claim runs out.
    Waits,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let depth = prop_oneof![Just(Depth::Existence), Just(Depth::Full)];
    let event = prop_oneof![
        2 => btree_set((0..3_u8, 0..4_u8), 0..6).prop_map(Event::Changes),
        3 => (depth, btree_set(0..4_u8, 0..2)).prop_map(|(depth, open)| Event::Reads(depth, open)),
        3 => any::<bool>().prop_map(Event::Writes),
        3 => any::<bool>().prop_map(Event::Sends),
        1 => Just(Event::Ends),
        1 => Just(Event::Waits),
    ];
    vec(event, 0..40)
}

/// An account, its sweeps, and what their readers know.
#[derive(Default)]
struct Story {
    now: u64,
    defects: BTreeSet<(u8, u8)>,
    state: State,
    read: Vec<(String, u64, Vec<Observation>)>,
    written: Vec<String>,
    readers: BTreeSet<(u8, u8)>,
    runs: usize,
}

/// The rules that a sweep of depth existence can check.
const CHEAP: u8 = 2;

impl Story {
    fn read(&mut self, depth: Depth, open: &BTreeSet<u8>) {
        self.runs += 1;
        let distributions: BTreeSet<u8> = (0..3).collect();
        let observations = distributions.into_iter().map(|id| {
            let found = |rule: &u8| {
                let is_asked = depth == Depth::Full || *rule < CHEAP;
                is_asked && !open.contains(rule) && self.defects.contains(&(id, *rule))
            };
            let names: Vec<String> = (0..4).filter(found).map(name).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let mut it = observation(&format!("E{id}"), self.now, depth, &names);
            for rule in open {
                it.doubts.add(&name(*rule), None);
            }
            it
        });
        let observations = observations.collect();
        let run = format!("run {}", self.runs);
        self.read.push((run, self.now, observations));
    }

    fn write(&mut self, newest: bool) {
        let Some((run, _, observations)) = take(&mut self.read, newest) else {
            return;
        };
        let pass = pass(&run, self.now);
        for observation in &observations {
            // A conditional write: what it goes over is what it was merged with.
            self.state.take_in(&pass, observation);
        }
        self.written.push(run);
    }

    fn send(&mut self, newest: bool) -> Result<(), TestCaseError> {
        let Some(run) = take(&mut self.written, newest) else {
            return Ok(());
        };
        let news = self.state.news(&pass(&run, self.now));
        for item in &news.new {
            prop_assert!(self.readers.insert(key(item)), "reported twice: {item:?}");
        }
        for item in &news.gone {
            prop_assert!(self.readers.remove(&key(item)), "gone twice: {item:?}");
        }
        self.state.confirm(&RunId::from(run), &news);
        Ok(())
    }
}

fn take<T>(list: &mut Vec<T>, newest: bool) -> Option<T> {
    match (list.len(), newest) {
        (0, _) => None,
        (_, true) => list.pop(),
        (_, false) => Some(list.remove(0)),
    }
}

fn name(rule: u8) -> String {
    format!("rule-{rule}")
}

fn key(item: &Item) -> (u8, u8) {
    let digit = |text: &str| text.bytes().last().unwrap() - b'0';
    (digit(item.distribution.as_str()), digit(&item.seen.rule))
}

proptest! {
    /// Whatever sweeps do side by side, nothing is reported twice, nothing that was not reported is
    /// reported as gone, and one whole sweep later readers know just what is broken.
    #[test]
    fn readers_know_what_is_broken_and_are_told_once(events in events()) {
        let mut story = Story::default();
        for event in events {
            story.now += 1;
            match event {
                Event::Changes(defects) => story.defects = defects,
                Event::Reads(depth, open) => story.read(depth, &open),
                Event::Writes(newest) => story.write(newest),
                Event::Sends(newest) => story.send(newest)?,
                Event::Ends => {
                    let ended = take(&mut story.written, false);
                    if ended.is_none() {
                        take(&mut story.read, false);
                    }
                }
                Event::Waits => story.now += 100,
            }
        }
        let kept = State::from_json(&story.state.to_json()).unwrap();
        prop_assert_eq!(&kept, &story.state);
        // All others have ended by now.
        story.now += 100;
        story.read.clear();
        story.written.clear();
        story.read(Depth::Full, &BTreeSet::new());
        story.write(true);
        story.send(true)?;
        prop_assert_eq!(&story.readers, &story.defects);
    }

    /// In whatever order the distributions of a sweep are written, the state is the same.
    #[test]
    fn the_order_of_writing_makes_no_difference(
        defects in btree_set((0..5_u8, 0..4_u8), 0..12),
        order in Just((0..5_u8).collect::<Vec<_>>()).prop_shuffle(),
        twice in subsequence((0..5_u8).collect::<Vec<_>>(), 0..5),
    ) {
        let observed: BTreeMap<u8, Observation> = (0..5).map(|id| {
            let rules = (0..4).filter(|rule| defects.contains(&(id, *rule)));
            let names: Vec<String> = rules.map(name).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            (id, observation(&format!("E{id}"), 1, Depth::Full, &names))
        }).collect();
        let (mut one, mut other) = (State::default(), State::default());
        for observation in observed.values() {
            one.take_in(&pass("run", 1), observation);
        }
        // A retry writes some again.
        for id in order.iter().chain(&twice) {
            other.take_in(&pass("run", 1), &observed[id]);
        }
        prop_assert_eq!(one.to_json(), other.to_json());
    }
}
