//! Who may read a bucket: origin access controls and identities, bucket and key policies.

use origin_guard::distribution::OriginAccessIdentity;
use origin_guard::facts::Encryption;
use origin_guard::finding::Severity;
use serde_json::{Value, json};

use super::scene::Scene;
use super::world::{ACCOUNT, arn, let_in};
use super::{Each, Mutation, mutation};

pub static MUTATIONS: &[Mutation] = &[
    mutation(
        "control and identity at once",
        "mixed-origin-access",
        Each::Origin(|scene, at| {
            scene.s3(at).filter(|_| scene.has_control(at))?;
            scene.world.identities.insert("EOTHEROAI1".to_owned());
            scene.origin(at)["S3OriginConfig"]["OriginAccessIdentity"] =
                "origin-access-identity/cloudfront/EOTHEROAI1".into();
            identity_field(at)
        }),
    )
    .with(&["legacy-origin-access-identity"]),
    mutation(
        "a control of another type",
        "mismatched-origin-access-control",
        Each::Origin(|scene, at| {
            let id = control(scene, at)?;
            let kind = &mut scene.world.controls.get_mut(&id)?.origin_type;
            let other = if kind == "mediastore" {
                "s3"
            } else {
                "mediastore"
            };
            other.clone_into(kind);
            Some(controlled_by(scene, &id))
        }),
    ),
    mutation(
        "a control that never signs",
        "unsigned-origin-access-control",
        Each::Origin(|scene, at| {
            let id = control(scene, at)?;
            scene.world.controls.get_mut(&id)?.signing_behavior = "never".to_owned();
            Some(controlled_by(scene, &id))
        }),
    )
    .weighs(Severity::Warning),
    mutation(
        "a control deleted",
        "unknown-origin-access-control",
        Each::Origin(|scene, at| {
            let id = control(scene, at)?;
            scene.world.controls.remove(&id)?;
            Some(controlled_by(scene, &id))
        }),
    ),
    mutation(
        "a control named instead of its ID",
        "unknown-origin-access-control",
        Each::Origin(|scene, at| {
            let id = control(scene, at)?;
            scene.origin(at)["OriginAccessControlId"] = format!("{id}-name").into();
            Some(vec![format!("/Origins/Items/{at}/OriginAccessControlId")])
        }),
    ),
    mutation(
        "a control at a server that takes none",
        "mismatched-origin-access-control",
        Each::Origin(|scene, at| {
            let domain = scene.host(at).filter(|_| !scene.has_control(at))?;
            if domain.contains(".lambda-url.") || domain.contains("media") {
                return None;
            }
            scene.world.put_control("EOTHEROAC1", "s3");
            scene.origin(at)["OriginAccessControlId"] = "EOTHEROAC1".into();
            Some(vec![format!("/Origins/Items/{at}/OriginAccessControlId")])
        }),
    ),
    mutation(
        "an identity deleted",
        "unknown-origin-access-identity",
        Each::Origin(|scene, at| {
            let id = identity(scene, at)?;
            scene.world.identities.remove(&id);
            let fits = |at| identity(scene, at).as_deref() == Some(&id);
            Some(scene.origins_where("S3OriginConfig/OriginAccessIdentity", fits))
        }),
    ),
    mutation(
        "an identity without its prefix",
        "unknown-origin-access-identity",
        Each::Origin(|scene, at| {
            let id = identity(scene, at)?;
            scene.origin(at)["S3OriginConfig"]["OriginAccessIdentity"] = id.into();
            identity_field(at)
        }),
    ),
    mutation(
        "an identity in place of the control",
        "legacy-origin-access-identity",
        Each::Origin(|scene, at| {
            let (bucket, _) = scene
                .s3(at)
                .filter(|(bucket, _)| scene.has_control(at) && !bucket.contains("-kms"))?;
            scene.world.identities.insert("EOTHEROAI1".to_owned());
            scene.world.buckets.get_mut(&bucket)?.policy.push(
                json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
            "Principal": {"CanonicalUser": "canonical-EOTHEROAI1"}}),
            );
            scene.origin(at)["OriginAccessControlId"] = "".into();
            scene.origin(at)["S3OriginConfig"]["OriginAccessIdentity"] =
                "origin-access-identity/cloudfront/EOTHEROAI1".into();
            identity_field(at)
        }),
    )
    .weighs(Severity::Info),
    mutation(
        "no access mode at a bucket",
        "open-s3-origin",
        Each::Origin(|scene, at| {
            scene
                .s3(at)
                .filter(|_| scene.has_control(at) || scene.has_identity(at))?;
            unsign(scene, at);
            Some(vec![format!("/Origins/Items/{at}")])
        }),
    )
    .weighs(Severity::Warning),
    mutation(
        "no control at an access point",
        "unsigned-access-point",
        Each::Origin(|scene, at| {
            if !scene.domain(at).contains("-s3alias.") {
                return None;
            }
            unsign(scene, at);
            Some(vec![format!("/Origins/Items/{at}/OriginAccessControlId")])
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
            domain(at)
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
            domain(at)
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
            domain(at)
        }),
    ),
    mutation(
        "a key deleted",
        "ungranted-kms-access",
        Each::Origin(|scene, at| {
            let key = key(scene, at)?;
            scene.world.keys.remove(&key);
            domain(at)
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

fn control(scene: &Scene, at: usize) -> Option<String> {
    scene
        .origin_was(at)
        .origin_access_control()?
        .known()
        .cloned()
}

fn controlled_by(scene: &Scene, id: &str) -> Vec<String> {
    scene.origins_where("OriginAccessControlId", |at| {
        control(scene, at).as_deref() == Some(id)
    })
}

fn identity(scene: &Scene, at: usize) -> Option<String> {
    match scene.origin_was(at).origin_access_identity()? {
        OriginAccessIdentity::Id(id) => Some(id.to_owned()),
        OriginAccessIdentity::Malformed(_) | OriginAccessIdentity::Symbolic => None,
    }
}

fn key(scene: &Scene, at: usize) -> Option<String> {
    let (bucket, _) = scene.s3(at)?;
    match &scene.world.buckets.get(&bucket)?.encryption {
        Encryption::CustomerKey(key) => Some(key.clone()),
        _ => None,
    }
}

fn unsign(scene: &mut Scene, at: usize) {
    scene.origin(at)["OriginAccessControlId"] = "".into();
    scene.origin(at)["S3OriginConfig"]["OriginAccessIdentity"] = "".into();
}

fn domain(at: usize) -> Option<Vec<String>> {
    Some(vec![format!("/Origins/Items/{at}/DomainName")])
}

fn identity_field(at: usize) -> Option<Vec<String>> {
    Some(vec![format!(
        "/Origins/Items/{at}/S3OriginConfig/OriginAccessIdentity"
    )])
}
