//! Who may read a bucket: origin access controls and identities, bucket and key policies.

use origin_guard::distribution::{AwsHost, OriginAccessIdentity, Reach, S3EndpointKind};
use origin_guard::facts::Acls;
use origin_guard::rule::Severity;
use serde_json::json;

use super::{Each, Mutation, mutation};
use crate::scene::Scene;

pub(super) static MUTATIONS: &[Mutation] = &[
    mutation(
        "control and identity at once",
        "mixed-origin-access",
        Each::Origin(|scene, at| {
            scene.s3(at).filter(|_| scene.has_control(at))?;
            scene.world.identities.insert("EOTHEROAI1".to_owned());
            scene.origin(at)["S3OriginConfig"]["OriginAccessIdentity"] =
                "origin-access-identity/cloudfront/EOTHEROAI1".into();
            Some(identity_field(at))
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
            // What an access point is sent without a signature is another rule's, and an error.
            let warned = scene.origins_where("OriginAccessControlId", |at| {
                control(scene, at).as_deref() == Some(&id) && !is_access_point(scene, at)
            });
            (!warned.is_empty()).then_some(warned)
        }),
    )
    .weighs(Severity::Warning)
    .with(&[
        "ungranted-bucket-access",
        "ungranted-kms-access",
        "unsigned-access-point",
    ]),
    mutation(
        "a private bucket behind a control that never signs",
        "ungranted-bucket-access",
        Each::Origin(|scene, at| {
            let id = control(scene, at)?;
            let (bucket, _) = scene.s3(at)?;
            scene.world.buckets.get_mut(&bucket)?.acls = Acls::Off;
            scene.world.controls.get_mut(&id)?.signing_behavior = "never".to_owned();
            let is_alone = controlled_by(scene, &id).len() == 1;
            // Where code at the edge may sign, the guard only warns.
            let is_proven = !Reach::of(&scene.healthy).edge_decides(scene.origin_was(at));
            (is_alone && is_proven).then(|| vec![format!("/Origins/Items/{at}/DomainName")])
        }),
    )
    .with(&["unsigned-origin-access-control", "ungranted-kms-access"]),
    mutation(
        "a Multi-Region Access Point signed for one Region",
        "mismatched-signing-protocol",
        Each::Origin(|scene, at| {
            control(scene, at)?;
            scene.s3(at)?;
            let domain = "mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com";
            scene.origin(at)["DomainName"] = domain.into();
            Some(vec![format!("/Origins/Items/{at}/OriginAccessControlId")])
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
            // AWS may let CloudFront sign for more of its own hosts.
            if AwsHost::parse(&domain).is_some() {
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
            Some(identity_field(at))
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
            Some(identity_field(at))
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
    .weighs(Severity::Warning)
    .with(&["ungranted-kms-access"]),
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
];

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

fn is_access_point(scene: &Scene, at: usize) -> bool {
    let endpoint = scene.origin_was(at).s3_endpoint.as_ref();
    endpoint.is_some_and(|it| matches!(it.kind, S3EndpointKind::AccessPointAlias(_)))
}

fn identity(scene: &Scene, at: usize) -> Option<String> {
    match scene.origin_was(at).origin_access_identity()? {
        OriginAccessIdentity::Id(id) => Some(id.to_owned()),
        OriginAccessIdentity::Malformed(_) | OriginAccessIdentity::Symbolic => None,
    }
}

fn unsign(scene: &mut Scene, at: usize) {
    scene.origin(at)["OriginAccessControlId"] = "".into();
    scene.origin(at)["S3OriginConfig"]["OriginAccessIdentity"] = "".into();
}

fn identity_field(at: usize) -> Vec<String> {
    vec![format!(
        "/Origins/Items/{at}/S3OriginConfig/OriginAccessIdentity"
    )]
}
