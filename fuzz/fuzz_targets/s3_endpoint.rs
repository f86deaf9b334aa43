//! Origins' domains: which form of S3's hosts they have, and whether they are host names at all.
#![no_main]

use libfuzzer_sys::fuzz_target;
use origin_guard_core::distribution::{At, HostNameError, Place, S3Endpoint, S3EndpointKind};

fuzz_target!(|domain: &str| {
    let _ = HostNameError::of(domain);
    let _ = S3Endpoint::of(&At::text(domain, Place::default()));
    let Some(endpoint) = S3Endpoint::parse(domain) else {
        return;
    };
    let shouted = S3Endpoint::parse(&domain.to_ascii_uppercase());
    assert_eq!(shouted.as_ref(), Some(&endpoint), "case matters");
    if let (S3EndpointKind::Regional(bucket), Some(region)) = (&endpoint.kind, &endpoint.region) {
        let written = S3Endpoint::regional_domain(bucket, region, endpoint.partition);
        let again = S3Endpoint::parse(&written);
        let again = again.map(|again| (again.kind, again.region));
        assert_eq!(
            again,
            Some((endpoint.kind.clone(), endpoint.region.clone())),
            "{written}"
        );
    }
});
