//! What a plan makes or keeps, as facts: after it is applied it is there.

use serde_json::Value;
use std::borrow::Borrow as _;

use super::grants;
use super::names::{bucket_of, name_of};
use super::plan::{Plan, Resource};
use crate::distribution::{BucketName, Region};
use crate::facts::{
    Acls, Bucket, BucketAccess, Encryption, Fact, Facts, Identity, OriginAccessControl, Owner,
    PublicAccessBlock, Unknown, VpcOrigin, Website,
};
use crate::policy::Policy;

/// What the plan's resources say.
pub(super) fn of(plan: &Plan) -> Facts {
    // Deleted ones first: a bucket that is made anew under its name replaces the entry.
    let mut facts = Facts::default();
    for resource in &plan.deleted {
        if resource.kind == "aws_s3_bucket"
            && let Some(name) = bucket_before(resource)
        {
            facts.buckets.insert(name, Fact::Known(Bucket::Deleted));
        }
    }
    for resource in &plan.resources {
        let own = name_of(resource, "id").to_string();
        match resource.kind.as_str() {
            "aws_s3_bucket" => bucket(resource, &mut facts),
            "aws_cloudfront_origin_access_control" => {
                let control = origin_access_control(resource, &own);
                facts.origin_access_controls.insert(own, control);
            }
            "aws_cloudfront_origin_access_identity" => {
                let user = resource.text("s3_canonical_user_id").unwrap_or_default();
                let identity = Identity {
                    canonical_user: user.to_owned(),
                };
                let identity = Fact::Known(Some(identity));
                facts.origin_access_identities.insert(own, identity);
            }
            "aws_cloudfront_vpc_origin" => {
                let origin = VpcOrigin {
                    // The plan does not have the account's ID, and no rule may guess it.
                    account: None,
                    status: "Deployed".to_owned(),
                };
                facts.vpc_origins.insert(own, Fact::Known(Some(origin)));
            }
            "aws_kms_key" => {
                let key = name_of(resource, "arn").to_string();
                facts.key_policies.insert(key, policy(resource));
            }
            _ => {}
        }
    }
    settings(plan, &mut facts);
    grants::add(plan, &mut facts);
    facts
}

fn origin_access_control(resource: &Resource, own: &str) -> Fact<Option<OriginAccessControl>> {
    let text = |name: &str| resource.text(name).map(str::to_owned);
    let fields = (
        text("origin_access_control_origin_type"),
        text("signing_behavior"),
    );
    let (Some(origin_type), Some(signing_behavior)) = fields else {
        return Fact::Unknown(Unknown::not_decided("origin access control", own));
    };
    Fact::Known(Some(OriginAccessControl {
        name: text("name").unwrap_or_default(),
        origin_type,
        signing_behavior,
        signing_protocol: text("signing_protocol"),
    }))
}

/// The bucket that a deleted resource was, or was for.
fn bucket_before(resource: &Resource) -> Option<BucketName> {
    let name = resource.before.get("bucket")?.as_str()?;
    Some(BucketName::new(name))
}

fn bucket(resource: &Resource, facts: &mut Facts) {
    let name = BucketName::new(name_of(resource, "bucket"));
    let known = Bucket::Exists {
        region: resource.region.as_deref().and_then(Region::parse),
        owner: Fact::Known(Owner::Ours),
    };
    facts.buckets.insert(name.clone(), Fact::Known(known));
    // Versions of the provider before 4 have it all in the bucket.
    let has_website = resource.after.get("website").is_some_and(is_filled);
    let website = match (has_website, resource.is_new()) {
        (true, _) => Fact::Known(Website::On),
        // A new bucket has only what the plan gives it; one that is there may have a website from
        // elsewhere.
        (false, true) => Fact::Known(Website::Off),
        (false, false) => not_said("website hosting", &name),
    };
    facts.websites.insert(name.clone(), website);
    let access = BucketAccess {
        policy: resource
            .text("policy")
            .and_then(|text| Policy::parse(text).ok())
            .map_or_else(
                || not_said("bucket policy", &name),
                |it| Fact::Known(Some(it)),
            ),
        encryption: not_said("bucket encryption", &name),
        public_access_block: not_said("public access block", &name),
        acls: not_said("object ownership", &name),
        ..BucketAccess::not_asked(name.as_str())
    };
    facts.bucket_access.insert(name, access);
}

/// What resources beside the buckets say about them.
fn settings(plan: &Plan, facts: &mut Facts) {
    deleted_websites(plan, facts);
    for resource in plan.of_kind("aws_s3_bucket_website_configuration") {
        if let Some(name) = bucket_of(plan, resource) {
            let website = Fact::Known(website(resource));
            facts.websites.insert(BucketName::new(name), website);
        }
    }
    for resource in plan.of_kind("aws_s3_bucket_policy") {
        if let Some(name) = bucket_of(plan, resource) {
            facts.put_bucket_policy(BucketName::new(name), policy(resource));
        }
    }
    deleted_policies(plan, facts);
    for resource in &plan.resources {
        let set: fn(&Resource, &mut BucketAccess) = match resource.kind.as_str() {
            "aws_s3_bucket_public_access_block" => public_access_block,
            "aws_s3_bucket_ownership_controls" => acls,
            "aws_s3_bucket_server_side_encryption_configuration" => encryption,
            _ => continue,
        };
        let name = bucket_of(plan, resource).map(BucketName::new);
        if let Some(access) = name.and_then(|name| facts.bucket_access.get_mut(&name)) {
            set(resource, access);
        }
    }
}

fn public_access_block(resource: &Resource, access: &mut BucketAccess) {
    let flag = |name: &str| resource.after.get(name).and_then(Value::as_bool);
    if let (Some(ignore_public_acls), Some(restrict_public_buckets)) =
        (flag("ignore_public_acls"), flag("restrict_public_buckets"))
    {
        access.public_access_block = Fact::Known(PublicAccessBlock {
            ignore_public_acls,
            restrict_public_buckets,
        });
    }
}

fn acls(resource: &Resource, access: &mut BucketAccess) {
    let rule = resource.after.pointer("/rule/0/object_ownership");
    if let Some(acls) = rule.and_then(Value::as_str).and_then(Acls::of_ownership) {
        access.acls = Fact::Known(acls);
    }
}

fn encryption(resource: &Resource, access: &mut BucketAccess) {
    let rule = "/rule/0/apply_server_side_encryption_by_default/0";
    let rule = resource.after.pointer(rule);
    let text = |name: &str| rule?.get(name)?.as_str();
    let key = text("kms_master_key_id");
    // Which key it is may be known only after the plan is applied.
    if let Some(algorithm) = text("sse_algorithm")
        && (key.is_some() || algorithm == "AES256")
    {
        access.encryption = Fact::Known(Encryption::of(algorithm, key));
    }
}

/// Without the websites that are deleted; where the plan does not say of which bucket some website
/// is, it may be the one that loses another.
fn deleted_websites(plan: &Plan, facts: &mut Facts) {
    const KIND: &str = "aws_s3_bucket_website_configuration";
    for name in deleted(plan, KIND) {
        facts.websites.insert(name, Fact::Known(Website::Off));
    }
    if is_open(plan, KIND) {
        for (bucket, website) in facts.websites.iter_mut() {
            if *website == Fact::Known(Website::Off) {
                *website = not_said("website hosting", bucket.borrow());
            }
        }
    }
}

/// Without the policies that are deleted, also those of buckets that another plan makes; one that the
/// plan puts in their place stays.
fn deleted_policies(plan: &Plan, facts: &mut Facts) {
    const KIND: &str = "aws_s3_bucket_policy";
    let may_be_another = is_open(plan, KIND);
    for name in deleted(plan, KIND) {
        let policy = if may_be_another {
            not_said("bucket policy", &name)
        } else {
            Fact::Known(None)
        };
        facts.bucket_policies.entry(name).or_insert(policy);
    }
}

/// The buckets that lose a setting of a type.
fn deleted(plan: &Plan, kind: &str) -> impl Iterator<Item = BucketName> {
    let deleted = plan.deleted.iter().filter(move |it| it.kind == kind);
    deleted.filter_map(bucket_before)
}

/// Whether the plan does not say of which bucket some setting of a type is.
fn is_open(plan: &Plan, kind: &str) -> bool {
    let mut all = plan.of_kind(kind);
    all.any(|resource| bucket_of(plan, resource).is_none())
}

fn website(resource: &Resource) -> Website {
    let redirect = resource
        .after
        .pointer("/redirect_all_requests_to/0/host_name");
    let has_rules = ["routing_rule", "routing_rules"]
        .iter()
        .any(|rules| resource.after.get(rules).is_some_and(is_filled));
    match redirect.and_then(Value::as_str) {
        Some(host) => Website::RedirectsTo(host.to_owned()),
        None if has_rules => Website::Routes,
        None => Website::On,
    }
}

/// A policy whose text the plan has; one that names what is made in the same run is not decided.
pub(super) fn policy(resource: &Resource) -> Fact<Option<Policy>> {
    let policy = resource
        .text("policy")
        .and_then(|text| Policy::parse(text).ok());
    match policy {
        Some(policy) => Fact::Known(Some(policy)),
        None => Fact::Unknown(Unknown::not_decided(
            "policy",
            &format!("${{{}.policy}}", resource.address),
        )),
    }
}

fn is_filled(value: &Value) -> bool {
    match value {
        Value::Array(items) => !items.is_empty(),
        Value::String(text) => !text.is_empty(),
        _ => false,
    }
}

fn not_said<T>(fact: &'static str, bucket: &BucketName) -> Fact<T> {
    let what = format!("the {fact} of `{bucket}`");
    Fact::Unknown(Unknown::known_later(
        fact,
        bucket.as_str(),
        &what,
        "the plan does not say",
    ))
}
