//! A config, in whatever envelope it comes, and the world around it: both to be modified.

use std::sync::Arc;

use origin_guard::candidate::{Candidate, Source, read_document};
use origin_guard::distribution::{Distribution, Origin, OriginKind};
use origin_guard::facts::{OriginHost, UnknownCause, gather};
use origin_guard::finding::{Finding, NeededUnknown};
use origin_guard::rules::{Case, Judgement, Limits, judge};
use serde_json::{Value, json};

use crate::world::World;

#[derive(Debug, Clone)]
pub(crate) struct Scene {
    pub name: String,
    pub document: Value,
    pub world: World,
    /// The config before it was modified.
    pub healthy: Arc<Distribution>,
    /// How it is written: the text of `document` unless something else is wanted.
    pub write: fn(&Value) -> String,
    root: String,
}

/// The unknowns that are more than a grant that no call of the guard reads.
pub(crate) fn more_than_unread_grants(unknowns: Vec<NeededUnknown>) -> Vec<NeededUnknown> {
    let is_unread = |needed: &NeededUnknown| {
        matches!(
            &needed.unknown.cause,
            UnknownCause::Undecidable { on, .. } if on == "no call of the guard reads it"
        )
    };
    unknowns.into_iter().filter(|it| !is_unread(it)).collect()
}

impl Scene {
    /// A config and a world in which all is well with it; `None` if it is no config.
    pub(crate) fn read(name: &str, content: &[u8]) -> Option<Self> {
        let text = str::from_utf8(content).ok()?;
        let mut document: Value = serde_json::from_str(text).ok()?;
        let root = read(text).ok()?.distribution.place.pointer;
        // Who reads a bucket can be judged only of a distribution that exists.
        if root.is_empty() {
            document =
                json!({"Id": "E2EXAMPLE1GUARD", "IfMatch": "E1", "DistributionConfig": document});
        } else if !root.starts_with("/Distribution/") {
            document["Id"] = "E2EXAMPLE1GUARD".into();
        }
        let distribution = read(&document.to_string()).ok()?.distribution;
        let mut scene = Self {
            name: name.to_owned(),
            world: World::of(&distribution),
            root: distribution.place.pointer.clone(),
            healthy: Arc::new(distribution),
            write: Value::to_string,
            document,
        };
        for list in ["Aliases", "Origins", "OriginGroups", "CacheBehaviors"] {
            scene.list(list);
            scene.count(list);
        }
        scene.healthy = Arc::new(read(&scene.document.to_string()).ok()?.distribution);
        Some(scene)
    }

    /// What the rules say, with every fact known.
    pub(crate) async fn judge(&self) -> Judgement {
        let text = (self.write)(&self.document);
        let candidate =
            read(&text).unwrap_or_else(|error| panic!("{}: {error}\n{text}", self.name));
        let needs = origin_guard::facts::Needs::of(&candidate.distribution);
        let facts = gather(&self.world, &needs).await;
        judge(&Case::new(
            &candidate.distribution,
            &facts,
            &Limits::default(),
        ))
    }

    pub(crate) async fn findings(&self) -> Vec<Finding> {
        self.judge().await.findings
    }

    /// A pointer from the document's root to a place in the config.
    pub(crate) fn place(&self, within: &str) -> String {
        format!("{}{within}", self.root)
    }

    pub(crate) fn config(&mut self) -> &mut Value {
        self.document.pointer_mut(&self.root).unwrap()
    }

    /// The items of a list, which is there from now on.
    pub(crate) fn list(&mut self, name: &str) -> &mut Vec<Value> {
        let list = &mut self.config()[name];
        if list.is_array() {
            *list = json!({"Items": list.take()});
        } else if list["Items"].is_null() {
            *list = json!({"Items": []});
        }
        list["Items"].as_array_mut().unwrap()
    }

    /// Sets a list's `Quantity` right.
    pub(crate) fn count(&mut self, name: &str) {
        let count = self.list(name).len();
        self.config()[name]["Quantity"] = count.into();
    }

    pub(crate) fn push(&mut self, list: &str, item: Value) {
        self.list(list).push(item);
        self.count(list);
    }

    pub(crate) fn remove(&mut self, list: &str, at: usize) -> Value {
        let removed = self.list(list).remove(at);
        self.count(list);
        removed
    }

    pub(crate) fn origin(&mut self, at: usize) -> &mut Value {
        &mut self.list("Origins")[at]
    }

    pub(crate) fn group(&mut self, at: usize) -> &mut Value {
        &mut self.list("OriginGroups")[at]
    }

    /// A behavior; the first is the default one.
    pub(crate) fn behavior(&mut self, at: usize) -> &mut Value {
        match at.checked_sub(1) {
            None => &mut self.config()["DefaultCacheBehavior"],
            Some(at) => &mut self.list("CacheBehaviors")[at],
        }
    }

    /// As the model has it, before it was modified.
    pub(crate) fn origin_was(&self, at: usize) -> &Origin {
        &self.healthy.origins[at]
    }

    pub(crate) fn id(&self, at: usize) -> String {
        self.origin_was(at).id.to_string()
    }

    pub(crate) fn domain(&self, at: usize) -> String {
        self.origin_was(at).domain_name.to_string()
    }

    /// The bucket and region of an origin that is one in S3, not a website endpoint.
    pub(crate) fn s3(&self, at: usize) -> Option<(String, String)> {
        let origin = self.origin_was(at);
        let endpoint = origin.s3_endpoint.as_ref()?;
        let bucket = endpoint.bucket()?.as_str().to_owned();
        let region = self.world.buckets.get(&bucket)?.region.clone();
        (origin.kind() == OriginKind::S3 && !endpoint.is_website()).then_some((bucket, region))
    }

    /// The host of a custom origin.
    pub(crate) fn host(&self, at: usize) -> Option<String> {
        let origin = self.origin_was(at);
        let mut hosts = OriginHost::all(&self.healthy).into_iter();
        hosts
            .find(|host| std::ptr::eq(host.origin, origin))
            .map(|host| host.name)
    }

    pub(crate) fn has_control(&self, at: usize) -> bool {
        self.origin_was(at).origin_access_control().is_some()
    }

    pub(crate) fn has_identity(&self, at: usize) -> bool {
        self.origin_was(at).origin_access_identity_field().is_some()
    }

    /// The places of a field of every origin that fits.
    pub(crate) fn origins_where(&self, field: &str, fits: impl Fn(usize) -> bool) -> Vec<String> {
        let all = 0..self.healthy.origins.len();
        all.filter(|at| fits(*at))
            .map(|at| format!("/Origins/Items/{at}/{field}"))
            .collect()
    }

    /// The places that target an ID.
    pub(crate) fn targets(&self, id: &str) -> Vec<String> {
        let behaviors = self.healthy.all_behaviors();
        behaviors
            .filter(|behavior| behavior.target_origin_id.is(id))
            .map(|behavior| self.within(&behavior.target_origin_id.place.pointer))
            .collect()
    }

    /// The places of the group members of an ID.
    pub(crate) fn members(&self, id: &str) -> Vec<String> {
        let members = self
            .healthy
            .origin_groups
            .iter()
            .flat_map(|group| &group.members);
        members
            .filter(|member| member.is(id))
            .map(|member| self.within(&member.place.pointer))
            .collect()
    }

    pub(crate) fn within(&self, pointer: &str) -> String {
        pointer.strip_prefix(&self.root).unwrap().to_owned()
    }
}

fn read(text: &str) -> Result<Candidate, origin_guard::error::GuardError> {
    read_document(Source::File, "distribution.json", text.as_bytes())
}
