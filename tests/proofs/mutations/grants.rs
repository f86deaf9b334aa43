//! What the policies of buckets and keys let CloudFront do.

use origin_guard::distribution::S3Endpoint;
use origin_guard::facts::Encryption;
use origin_guard::rule::Severity;
use serde_json::{Value, json};

use super::{Each, Mutation, mutation};
use crate::scene::Scene;
use crate::world::{ACCOUNT, Bucket, arn, let_in};

pub(super) static MUTATIONS: &[Mutation] = &[
    mutation(
        "the public access block of new buckets at a website",
        "ungranted-bucket-access",
        Each::Origin(|scene, at| {
            let bucket = website(scene, at)?;
            bucket.public_access_block.restrict_public_buckets = true;
            Some(vec![format!("/Origins/Items/{at}/DomainName")])
        }),
    ),
    mutation(
        "a website's policy that denies plain HTTP",
        "ungranted-bucket-access",
        Each::Origin(|scene, at| {
            let bucket = website(scene, at)?;
            bucket.policy.push(
                json!({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}}}),
            );
            Some(vec![format!("/Origins/Items/{at}/DomainName")])
        }),
    ),
    mutation(
        "a website of encrypted objects",
        "ungranted-kms-access",
        Each::Origin(|scene, at| {
            website(scene, at)?.encryption = Encryption::AwsManagedKey;
            Some(vec![format!("/Origins/Items/{at}/DomainName")])
        }),
    ),
    mutation(
        "a bucket policy dropped",
        "ungranted-bucket-access",
        Each::Origin(|scene, at| set_policy(scene, at, |_| Vec::new())),
    ),
    mutation(
        "a bucket policy without the identity",
        "ungranted-bucket-access",
        Each::Origin(|scene, at| {
            let (bucket, _) = scene.s3(at).filter(|_| scene.has_identity(at))?;
            scene.world.buckets.get_mut(&bucket)?.policy.clear();
            Some(readers(scene, &bucket))
        }),
    )
    .weighs(Severity::Warning),
    mutation(
        "a bucket policy for another distribution",
        "ungranted-bucket-access",
        Each::Origin(|scene, at| {
            set_policy(scene, at, |_| {
                vec![let_in(&other_distribution(), "s3:GetObject")]
            })
        }),
    ),
    mutation(
        "a bucket policy for another account",
        "ungranted-bucket-access",
        Each::Origin(|scene, at| {
            set_policy(scene, at, |_| {
                vec![
                    json!({"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject",
            "Resource": "*", "Condition": {"StringEquals": {"AWS:SourceAccount": "444455556666"}}}),
                ]
            })
        }),
    ),
    mutation(
        "a bucket policy for the bucket and not its objects",
        "ungranted-bucket-access",
        Each::Origin(|scene, at| {
            let (bucket, _) = scene.s3(at)?;
            set_policy(scene, at, |own| {
                let mut statement = own.clone();
                statement["Resource"] = format!("arn:aws:s3:::{bucket}").into();
                vec![statement]
            })
        }),
    ),
    mutation(
        "a bucket policy for another folder",
        "ungranted-bucket-access",
        Each::Origin(|scene, at| {
            let (bucket, _) = scene.s3(at)?;
            // Who reads the whole bucket may need no more than that folder.
            scene
                .origin_was(at)
                .origin_path
                .as_ref()
                .filter(|path| !path.is_empty())?;
            set_policy(scene, at, |own| {
                let mut statement = own.clone();
                statement["Resource"] = format!("arn:aws:s3:::{bucket}/elsewhere/*").into();
                vec![statement]
            })
        }),
    ),
    mutation(
        "a bucket policy that lets list and not read",
        "ungranted-bucket-access",
        Each::Origin(|scene, at| {
            set_policy(scene, at, |own| {
                let mut statement = own.clone();
                statement["Action"] = "s3:ListBucket".into();
                vec![statement]
            })
        }),
    ),
    mutation(
        "a bucket policy that denies all",
        "ungranted-bucket-access",
        Each::Origin(|scene, at| {
            set_policy(scene, at, |own| {
                vec![
                    own.clone(),
                    json!({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}),
                ]
            })
        }),
    ),
    mutation(
        "a bucket policy that denies other distributions",
        "ungranted-bucket-access",
        Each::Origin(|scene, at| {
            let other = other_distribution();
            set_policy(scene, at, |own| {
                vec![
                    own.clone(),
                    json!({"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "*",
            "Condition": {"StringNotEquals": {"AWS:SourceArn": other}}}),
                ]
            })
        }),
    ),
    mutation(
        "a key policy without the grant",
        "ungranted-kms-access",
        Each::Origin(|scene, at| {
            let key = key(scene, at)?;
            let root = json!({"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")}, "Action": "kms:*", "Resource": "*"});
            scene.world.keys.insert(key, vec![root]);
            Some(domain(at))
        }),
    ),
    mutation(
        "a key policy for another distribution",
        "ungranted-kms-access",
        Each::Origin(|scene, at| {
            let key = key(scene, at)?;
            scene
                .world
                .keys
                .insert(key, vec![let_in(&other_distribution(), "kms:Decrypt")]);
            Some(domain(at))
        }),
    ),
    mutation(
        "a key policy that lets encrypt and not decrypt",
        "ungranted-kms-access",
        Each::Origin(|scene, at| {
            let key = key(scene, at)?;
            let own = arn(&scene.healthy);
            scene
                .world
                .keys
                .insert(key, vec![let_in(&own, "kms:Encrypt")]);
            Some(domain(at))
        }),
    ),
    mutation(
        "a key deleted",
        "ungranted-kms-access",
        Each::Origin(|scene, at| {
            let key = key(scene, at)?;
            scene.world.keys.remove(&key);
            Some(domain(at))
        }),
    ),
    mutation(
        "a bucket encrypted with the key of AWS",
        "ungranted-kms-access",
        Each::Origin(|scene, at| {
            let (bucket, _) = scene.s3(at).filter(|_| scene.has_control(at))?;
            scene.world.buckets.get_mut(&bucket)?.encryption = Encryption::AwsManagedKey;
            Some(readers(scene, &bucket))
        }),
    ),
    mutation(
        "a bucket encrypted with KMS behind an identity",
        "ungranted-kms-access",
        Each::Origin(|scene, at| {
            let (bucket, _) = scene.s3(at).filter(|_| scene.has_identity(at))?;
            scene.world.keys.insert("any-key".to_owned(), vec![json!({"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"})]);
            scene.world.buckets.get_mut(&bucket)?.encryption =
                Encryption::CustomerKey("any-key".to_owned());
            Some(readers(scene, &bucket))
        }),
    ),
];

/// Gives the bucket of an origin that has a control a policy made of the healthy statement.
/// The bucket of an origin that is its website endpoint.
fn website(scene: &mut Scene, at: usize) -> Option<&mut Bucket> {
    let endpoint = scene.origin_was(at).s3_endpoint.clone();
    let endpoint = endpoint.filter(S3Endpoint::is_website)?;
    scene.world.buckets.get_mut(endpoint.bucket()?.as_str())
}

fn set_policy(
    scene: &mut Scene,
    at: usize,
    make: impl Fn(&Value) -> Vec<Value>,
) -> Option<Vec<String>> {
    let (bucket, _) = scene.s3(at).filter(|_| scene.has_control(at))?;
    let own = let_in(&arn(&scene.healthy), "s3:GetObject");
    scene.world.buckets.get_mut(&bucket)?.policy = make(&own);
    let readers = readers(scene, &bucket);
    // Who reads through an identity too would be warned about, beside.
    let alone = scene
        .healthy
        .origins
        .iter()
        .all(|origin| origin.origin_access_identity_field().is_none());
    alone.then_some(readers)
}

fn other_distribution() -> String {
    format!("arn:aws:cloudfront::{ACCOUNT}:distribution/E9OTHEREXAMPLE")
}

/// The origins that read a bucket signed.
fn readers(scene: &Scene, bucket: &str) -> Vec<String> {
    scene.origins_where("DomainName", |at| {
        let signed = scene.has_control(at) || scene.has_identity(at);
        signed && scene.s3(at).is_some_and(|(name, _)| name == bucket)
    })
}

fn key(scene: &Scene, at: usize) -> Option<String> {
    let (bucket, _) = scene.s3(at)?;
    match &scene.world.buckets.get(&bucket)?.encryption {
        Encryption::CustomerKey(key) => Some(key.clone()),
        _ => None,
    }
}

fn domain(at: usize) -> Vec<String> {
    vec![format!("/Origins/Items/{at}/DomainName")]
}
