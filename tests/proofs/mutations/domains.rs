//! Domain names and buckets: malformed names, and buckets that are gone, elsewhere or of another account.

use origin_guard::facts::{Owner, Website};
use origin_guard::rule::Severity;

use super::origins::custom_config;
use super::{Each, Mutation, mutation};
use crate::scene::Scene;

pub(super) static MUTATIONS: &[Mutation] = &[
    mutation(
        "a bucket deleted",
        "missing-bucket",
        Each::Origin(|scene, at| {
            let bucket = any_bucket(scene, at)?;
            scene.world.buckets.remove(&bucket)?;
            Some(sharing(scene, &bucket))
        }),
    ),
    mutation(
        "a bucket's name misspelt",
        "missing-bucket",
        Each::Origin(|scene, at| {
            let bucket = any_bucket(scene, at)?;
            let domain = scene.domain(at);
            let (last, other) = (bucket.len() - 1, ["0", "1"]);
            let misspelt = format!(
                "{}{}",
                &bucket[..last],
                other[usize::from(bucket.ends_with('0'))]
            );
            modify(scene, at, domain.replacen(&bucket, &misspelt, 1))
        }),
    ),
    mutation(
        "a bucket moved to another region",
        "wrong-bucket-region",
        Each::Origin(|scene, at| {
            let bucket = any_bucket(scene, at)?;
            let endpoint = scene.origin_was(at).s3_endpoint.clone()?;
            if endpoint.region.is_none() || endpoint.bucket()?.account_regional().is_some() {
                return None;
            }
            scene.world.buckets.get_mut(&bucket)?.region = "ap-south-1".to_owned();
            Some(sharing(scene, &bucket))
        }),
    ),
    mutation(
        "a bucket behind the global name moved to a newer region",
        "global-s3-endpoint",
        Each::Origin(|scene, at| {
            let bucket = any_bucket(scene, at)?;
            if scene.origin_was(at).s3_endpoint.as_ref()?.region.is_some() {
                return None;
            }
            scene.world.buckets.get_mut(&bucket)?.region = "af-south-1".to_owned();
            Some(sharing(scene, &bucket))
        }),
    ),
    mutation(
        "a bucket deleted and claimed by another account",
        "foreign-bucket",
        Each::Origin(|scene, at| {
            let bucket = any_bucket(scene, at)?;
            scene.world.buckets.get_mut(&bucket)?.owner = Owner::Foreign;
            Some(sharing(scene, &bucket))
        }),
    ),
    mutation(
        "website hosting switched off",
        "website-hosting-disabled",
        Each::Origin(|scene, at| {
            let endpoint = scene.origin_was(at).s3_endpoint.clone()?;
            let bucket = any_bucket(scene, at).filter(|_| endpoint.is_website())?;
            scene.world.buckets.get_mut(&bucket)?.website = Website::Off;
            Some(sharing(scene, &bucket))
        }),
    ),
    mutation(
        "a website endpoint asked over HTTPS",
        "website-endpoint-over-https",
        Each::Origin(|scene, at| {
            scene
                .origin_was(at)
                .s3_endpoint
                .as_ref()
                .filter(|it| it.is_website())?;
            scene.origin(at)["CustomOriginConfig"]["OriginProtocolPolicy"] = "https-only".into();
            Some(vec![format!(
                "/Origins/Items/{at}/CustomOriginConfig/OriginProtocolPolicy"
            )])
        }),
    )
    .with(&["deprecated-origin-tls"]),
    mutation(
        "the region in a domain replaced",
        "wrong-bucket-region",
        Each::Origin(|scene, at| {
            let (bucket, _) = scene.s3(at)?;
            modify(scene, at, format!("{bucket}.s3.ca-west-1.amazonaws.com"))
        }),
    ),
    mutation(
        "the region in a domain misspelt",
        "wrong-bucket-region",
        Each::Origin(|scene, at| {
            let (bucket, region) = scene.s3(at)?;
            let region = region
                .replacen("st", "ts", 1)
                .replacen("central", "centarl", 1);
            modify(scene, at, format!("{bucket}.s3.{region}.amazonaws.com"))
        }),
    ),
    mutation(
        "no dash in the region",
        "non-s3-domain-as-s3-origin",
        Each::Origin(|scene, at| {
            let (bucket, region) = scene.s3(at)?;
            let region = region.replace('-', "");
            modify(scene, at, format!("{bucket}.s3.{region}.amazonaws.com"))
        }),
    ),
    mutation(
        "the bucket in the path",
        "unsupported-s3-endpoint",
        Each::Origin(|scene, at| {
            let (bucket, region) = scene.s3(at)?;
            scene.origin(at)["OriginPath"] = format!("/{bucket}").into();
            modify(scene, at, format!("s3.{region}.amazonaws.com"))
        }),
    ),
    mutation(
        "transfer acceleration",
        "unsupported-s3-endpoint",
        Each::Origin(|scene, at| {
            let (bucket, _) = scene.s3(at)?;
            modify(scene, at, format!("{bucket}.s3-accelerate.amazonaws.com"))
        }),
    ),
    mutation(
        "a dual-stack domain",
        "unsupported-s3-endpoint",
        Each::Origin(|scene, at| {
            let (bucket, region) = scene.s3(at)?;
            modify(
                scene,
                at,
                format!("{bucket}.s3.dualstack.{region}.amazonaws.com"),
            )
        }),
    )
    .weighs(Severity::Warning),
    mutation(
        "the website endpoint of an S3 origin",
        "website-endpoint-as-s3-origin",
        Each::Origin(|scene, at| {
            let (bucket, region) = scene.s3(at)?;
            scene.world.buckets.get_mut(&bucket)?.website = Website::On;
            modify(
                scene,
                at,
                format!("{bucket}.s3-website.{region}.amazonaws.com"),
            )
        }),
    )
    .with(&["mismatched-origin-access-control"]),
    mutation(
        "the global name of a bucket elsewhere",
        "global-s3-endpoint",
        Each::Origin(|scene, at| {
            let (bucket, region) = scene.s3(at)?;
            scene.origin_was(at).s3_endpoint.as_ref()?.region.as_ref()?;
            if region == "us-east-1" {
                return None;
            }
            modify(scene, at, format!("{bucket}.s3.amazonaws.com"))
        }),
    )
    .weighs(Severity::Warning),
    mutation(
        "a bucket as a custom origin",
        "s3-endpoint-as-custom-origin",
        Each::Origin(|scene, at| {
            scene.s3(at)?;
            let origin = scene.origin(at).as_object_mut()?;
            origin.remove("S3OriginConfig");
            origin.insert("CustomOriginConfig".to_owned(), custom_config());
            Some(vec![format!("/Origins/Items/{at}/CustomOriginConfig")])
        }),
    )
    .weighs(Severity::Warning)
    .with(&["mismatched-origin-access-control"]),
    mutation(
        "a host as an S3 origin",
        "non-s3-domain-as-s3-origin",
        Each::Origin(|scene, at| {
            scene
                .host(at)
                .filter(|_| scene.origin_was(at).s3_endpoint.is_none())?;
            let origin = scene.origin(at).as_object_mut()?;
            origin.remove("CustomOriginConfig");
            origin.insert(
                "S3OriginConfig".to_owned(),
                serde_json::json!({"OriginAccessIdentity": ""}),
            );
            Some(vec![format!("/Origins/Items/{at}/DomainName")])
        }),
    )
    .with(&["mismatched-origin-access-control"]),
    mutation(
        "a dot at the end of a domain",
        "malformed-origin-domain",
        Each::Origin(|scene, at| {
            let domain = public(scene, at)?;
            modify(scene, at, format!("{domain}."))
        }),
    ),
    mutation(
        "a URL instead of a domain",
        "malformed-origin-domain",
        Each::Origin(|scene, at| {
            let domain = scene.domain(at);
            modify(scene, at, format!("https://{domain}/"))
        }),
    ),
    mutation(
        "a domain with a path",
        "malformed-origin-domain",
        Each::Origin(|scene, at| {
            let domain = scene.domain(at);
            modify(scene, at, format!("{domain}/public"))
        }),
    ),
    mutation(
        "a domain with a port",
        "malformed-origin-domain",
        Each::Origin(|scene, at| {
            let domain = scene.domain(at);
            modify(scene, at, format!("{domain}:8080"))
        }),
    ),
    mutation(
        "an empty domain",
        "malformed-origin-domain",
        Each::Origin(|scene, at| modify(scene, at, String::new())),
    ),
    mutation(
        "a space in a domain",
        "malformed-origin-domain",
        Each::Origin(|scene, at| {
            let domain = public(scene, at)?;
            modify(scene, at, format!("{domain} "))
        }),
    ),
    mutation(
        "an address instead of a domain",
        "malformed-origin-domain",
        Each::Origin(|scene, at| {
            scene.host(at)?;
            modify(scene, at, "203.0.113.7".to_owned())
        }),
    )
    .with(&["mismatched-origin-access-control"]),
    mutation(
        "a wildcard in a domain",
        "malformed-origin-domain",
        Each::Origin(|scene, at| {
            scene.host(at)?;
            modify(scene, at, "*.origin.example.com".to_owned())
        }),
    )
    .with(&["mismatched-origin-access-control", "unencrypted-origin"]),
    mutation(
        "a bare bucket name",
        "malformed-origin-domain",
        Each::Origin(|scene, at| {
            let (bucket, _) = scene.s3(at).filter(|(bucket, _)| !bucket.contains('.'))?;
            modify(scene, at, bucket)
        }),
    ),
    mutation(
        "an underscore in a bucket's name",
        "invalid-bucket-name",
        Each::Origin(|scene, at| {
            let (bucket, region) = scene.s3(at)?;
            modify(scene, at, format!("{bucket}_.s3.{region}.amazonaws.com"))
        }),
    ),
    mutation(
        "a placeholder that was not filled in",
        "invalid-bucket-name",
        Each::Origin(|scene, at| {
            let (_, region) = scene.s3(at)?;
            modify(scene, at, format!("<BUCKET>.s3.{region}.amazonaws.com"))
        }),
    ),
    mutation(
        "a bucket's name too short",
        "invalid-bucket-name",
        Each::Origin(|scene, at| {
            let (_, region) = scene.s3(at)?;
            modify(scene, at, format!("ab.s3.{region}.amazonaws.com"))
        }),
    ),
];

fn modify(scene: &mut Scene, at: usize, domain: String) -> Option<Vec<String>> {
    scene.origin(at)["DomainName"] = domain.into();
    Some(vec![format!("/Origins/Items/{at}/DomainName")])
}

/// The bucket, of a website endpoint too.
fn any_bucket(scene: &Scene, at: usize) -> Option<String> {
    let bucket = scene.origin_was(at).s3_endpoint.as_ref()?.bucket()?;
    Some(bucket.as_str().to_owned())
}

/// A domain that is not one of a VPC, which CloudFront never resolves.
fn public(scene: &Scene, at: usize) -> Option<String> {
    scene.origin_was(at).vpc.is_none().then(|| scene.domain(at))
}

fn sharing(scene: &Scene, bucket: &str) -> Vec<String> {
    scene.origins_where("DomainName", |at| {
        any_bucket(scene, at).as_deref() == Some(bucket)
    })
}
