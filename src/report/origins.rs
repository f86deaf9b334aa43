use super::placed::PlacedUnknowns;
use super::v1::{self, OriginType, Status};
use crate::distribution::{self, OriginAccessIdentity, OriginKind};
use crate::facts::{Bucket, Facts, Owner};
use crate::verdict::Decision;

pub(super) fn origins(
    model: &distribution::Distribution,
    facts: &Facts,
    decision: &Decision,
    placed: &PlacedUnknowns<'_>,
) -> Vec<v1::Origin> {
    let reach = distribution::Reach::of(model);
    model
        .origins
        .iter()
        .map(|origin| {
            let id = origin.id.to_string();
            let endpoint = origin.s3_endpoint.as_ref();
            let bucket = endpoint.and_then(distribution::S3Endpoint::bucket);
            // Region and account are shown only where S3 said so; what a domain claims is in
            // `domainName` already.
            let known = bucket.and_then(|bucket| facts.buckets.get(bucket)?.known());
            let (region, account) = match known {
                Some(Bucket::Exists { region, owner }) => {
                    (region.clone(), owner.known().and_then(owner_text))
                }
                _ => (None, None),
            };
            v1::Origin {
                kind: match origin.kind() {
                    _ if endpoint.is_some_and(distribution::S3Endpoint::is_website) => {
                        OriginType::S3Website
                    }
                    OriginKind::S3 => OriginType::S3,
                    OriginKind::Custom => OriginType::Custom,
                    OriginKind::Vpc => OriginType::Vpc,
                    OriginKind::Ambiguous => OriginType::Ambiguous,
                    OriginKind::Undecided => OriginType::Undecided,
                },
                domain_name: origin.domain_name.to_string(),
                bucket: bucket.map(ToString::to_string),
                region: region.map(|region| region.to_string()),
                account,
                access: access(origin),
                path_patterns: reach.path_patterns_to(&id).0,
                status: status(origin, decision, placed),
                pointer: Some(origin.place.pointer.clone()),
                id,
            }
        })
        .collect()
}

fn owner_text(owner: &Owner) -> Option<String> {
    match owner {
        Owner::Ours => Some("own".to_owned()),
        Owner::Allowed(account) => Some(account.to_string()),
        Owner::Foreign => Some("foreign".to_owned()),
        // It may be an allowed account's: "foreign" would be a claim that no answer supports.
        Owner::NotOurs(_) => None,
    }
}

fn access(origin: &distribution::Origin) -> String {
    let control = origin.origin_access_control();
    let identity = origin.origin_access_identity();
    match (control, identity) {
        (Some(_), Some(_)) => "both".to_owned(),
        (Some(id), None) => format!("oac {id}"),
        (None, Some(OriginAccessIdentity::Id(id) | OriginAccessIdentity::Malformed(id))) => {
            format!("oai {id}")
        }
        (None, Some(OriginAccessIdentity::Symbolic)) => "oai".to_owned(),
        (None, None) => "none".to_owned(),
    }
}

fn status(
    origin: &distribution::Origin,
    decision: &Decision,
    placed: &PlacedUnknowns<'_>,
) -> Status {
    let id = origin.id.to_string();
    let broken = decision
        .findings
        .iter()
        // By ID and not by place, since a rule on behaviors or on the contract may find the origin
        // broken from elsewhere in the document.
        .any(|finding| finding.blocks() && finding.origin.as_deref() == Some(&id));
    if broken {
        Status::Broken
    } else if placed.is_about(&origin.place.pointer) {
        Status::Unknown
    } else {
        Status::Ok
    }
}
