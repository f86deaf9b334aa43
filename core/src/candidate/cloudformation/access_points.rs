//! The access points that a template makes.

use foldhash::{HashMap, HashMapExt};

use super::TemplateError;
use super::evaluate::{Evaluator, spelling};
use super::planned::Reader;
use super::template::Resource;
use crate::distribution::BucketName;
use crate::document::{Node, NodeKind};
use crate::facts::{AccessPoint, Fact};
use crate::policy::Policy;

/// By the alias, which stands in the domains of origins.
pub(super) fn of(
    evaluator: &Evaluator<'_>,
    of_all: Option<&str>,
) -> Result<HashMap<String, AccessPoint>, TemplateError> {
    let mut all = HashMap::new();
    for resource in evaluator.template.resources() {
        let is_multi_region = match resource.kind {
            "AWS::S3::AccessPoint" => false,
            "AWS::S3::MultiRegionAccessPoint" => true,
            _ => continue,
        };
        if evaluator.is_left_out(&resource)? {
            continue;
        }
        let reader = Reader {
            evaluator,
            resource,
            of_all,
        };
        let point = if is_multi_region {
            multi_region(&reader)?
        } else {
            regional(&reader)?
        };
        // By the attribute that an origin's domain is made of: the alias itself is known after the
        // deployment.
        all.insert(format!("${{{}.Alias}}", resource.id), point);
    }
    Ok(all)
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-accesspoint.html>
fn regional(reader: &Reader<'_, '_>) -> Result<AccessPoint, TemplateError> {
    let id = reader.resource.id;
    let name = reader.property("Name")?.as_ref().and_then(spelling);
    let name = name.map_or_else(|| format!("${{{id}}}"), |it| it.to_string());
    let bucket = reader.property("Bucket")?.as_ref().and_then(spelling);
    let region = pseudo(reader, "AWS::Region");
    let account = pseudo(reader, "AWS::AccountId");
    Ok(AccessPoint {
        arns: vec![
            format!("arn:aws:s3:{region}:{account}:accesspoint/{name}"),
            format!("${{{id}.Arn}}"),
        ],
        buckets: bucket.map(BucketName::new).into_iter().collect(),
        policy: policy(reader, "Policy")?,
        ..of_name(reader)
    })
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-multiregionaccesspoint.html>
fn multi_region(reader: &Reader<'_, '_>) -> Result<AccessPoint, TemplateError> {
    let id = reader.resource.id;
    let account = pseudo(reader, "AWS::AccountId");
    let regions = reader.property("Regions")?;
    let regions = match regions.as_ref().map(|node| &node.kind) {
        Some(NodeKind::List(regions)) => regions.as_slice(),
        _ => &[],
    };
    let bucket = |region: &Node| region.get("Bucket").and_then(spelling);
    let mut point = AccessPoint {
        arns: vec![
            format!("arn:aws:s3::{account}:accesspoint/${{{id}.Alias}}"),
            format!("${{{id}.Arn}}"),
        ],
        buckets: regions
            .iter()
            .filter_map(bucket)
            .map(BucketName::new)
            .collect(),
        is_multi_region: true,
        ..of_name(reader)
    };
    let own = format!("${{{id}}}");
    for resource in reader.evaluator.template.resources() {
        let evaluator = reader.evaluator;
        // The policy of a Multi-Region Access Point is a resource of its own, that of a regional
        // one a property.
        if resource.kind != "AWS::S3::MultiRegionAccessPointPolicy"
            || evaluator.is_left_out(&resource)?
        {
            continue;
        }
        let named = evaluator.property(&resource, "MrapName")?;
        if named
            .as_ref()
            .and_then(spelling)
            .is_some_and(|it| it.spelling() == own)
        {
            let reader = Reader {
                resource,
                ..*reader
            };
            point.policy = policy(&reader, "Policy")?;
        }
    }
    Ok(point)
}

fn of_name(reader: &Reader<'_, '_>) -> AccessPoint {
    AccessPoint {
        name: reader.resource.id.to_owned(),
        arns: Vec::new(),
        account: reader.evaluator.pseudo("AWS::AccountId"),
        policy: Fact::Known(None),
        buckets: Vec::new(),
        is_multi_region: false,
    }
}

/// The policy, `None` where the template has none; unknown while the resource's condition is open.
fn policy(reader: &Reader<'_, '_>, property: &str) -> Result<Fact<Option<Policy>>, TemplateError> {
    let Resource { id, .. } = reader.resource;
    if let Some(open) = reader.made_or_not("access point policy", id)? {
        return Ok(open);
    }
    match reader.property(property)? {
        Some(_) => reader.policy(property),
        None => Ok(Fact::Known(None)),
    }
}

fn pseudo(reader: &Reader<'_, '_>, name: &str) -> String {
    let known = reader.evaluator.pseudo(name);
    known.unwrap_or_else(|| format!("${{{name}}}"))
}
