use super::{AccessMode, Contract, OriginTerms};
use crate::distribution::{At, Distribution, Origin, S3Endpoint};

/// The contract that a config keeps: each origin as it is, and the targets of its behaviors.
#[must_use]
pub fn init(distribution: &Distribution) -> Contract {
    let origins = distribution.origins.iter().filter_map(|origin| {
        let id = origin.id.known()?;
        Some((id.clone(), terms(origin)))
    });
    let behaviors = distribution.all_behaviors().filter_map(|behavior| {
        let target = behavior.target_origin_id.known()?;
        Some((behavior.pattern_text(), target.clone()))
    });
    Contract {
        origins: origins.collect(),
        behaviors: behaviors.collect(),
        ..Contract::default()
    }
}

fn terms(origin: &Origin) -> OriginTerms {
    let endpoint = origin.s3_endpoint.as_ref();
    let bucket = endpoint
        .and_then(S3Endpoint::bucket)
        .filter(|bucket| !bucket.is_symbolic());
    let region = endpoint.and_then(|endpoint| endpoint.region.as_ref());
    let protocols = origin
        .custom
        .as_ref()
        .map(|it| it.origin_ssl_protocols.as_slice());
    OriginTerms {
        bucket: bucket.map(ToString::to_string),
        region: region.map(ToString::to_string),
        // Only a probe knows the owner, and `init` asks for none.
        account: None,
        domain: match bucket {
            // The bucket says it, and its domain may change its form without a change of the
            // contract.
            Some(_) => None,
            None => origin.domain_name.known().cloned(),
        },
        access: Some(access_of(origin)),
        lowest_tls: protocols.and_then(lowest).map(str::to_owned),
    }
}

/// How an origin is declared to show who it is; what has both has the newer.
#[must_use]
pub fn access_of(origin: &Origin) -> AccessMode {
    if origin.origin_access_control().is_some() {
        AccessMode::Oac
    } else if origin.origin_access_identity_field().is_some() {
        AccessMode::Oai
    } else {
        AccessMode::None
    }
}

/// The lowest of some protocols that are known.
pub(super) fn lowest(protocols: &[At<String>]) -> Option<&'static str> {
    let names = super::read::PROTOCOLS;
    names
        .into_iter()
        .find(|name| protocols.iter().any(|protocol| protocol.is(name)))
}
