use super::At;

/// One of CloudFront's managed cache or origin request policies: what of a viewer's request it sends to
/// the origin.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html>,
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html>
#[derive(Debug, PartialEq, Eq)]
pub struct ManagedPolicy {
    /// Its ID, the same in every account.
    pub id: &'static str,
    /// Its name, without the `Managed-` of the API.
    pub name: &'static str,
    /// The viewer's headers.
    pub headers: Sent,
    /// The viewer's cookies.
    pub cookies: Sent,
    /// The viewer's query strings.
    pub query: Sent,
}

/// What of a kind is sent to the origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// Nothing.
    Nothing,
    /// These.
    Only(&'static [&'static str]),
    /// Everything but these.
    AllExcept(&'static [&'static str]),
}

use Sent::{AllExcept, Nothing, Only};

const ALL: Sent = AllExcept(&[]);

impl ManagedPolicy {
    /// The managed cache policy of this ID.
    #[must_use]
    pub fn cache(id: &At<String>) -> Option<&'static Self> {
        CACHE.iter().find(|policy| id.is(policy.id))
    }

    /// The managed origin request policy of this ID.
    #[must_use]
    pub fn origin_request(id: &At<String>) -> Option<&'static Self> {
        ORIGIN_REQUEST.iter().find(|policy| id.is(policy.id))
    }

    /// Whether the viewer's `Host` is among the headers.
    #[must_use]
    pub fn sends_host(&self) -> bool {
        match self.headers {
            Nothing => false,
            Only(names) => names.contains(&"Host"),
            AllExcept(names) => !names.contains(&"Host"),
        }
    }
}

const fn policy(
    name: &'static str,
    id: &'static str,
    headers: Sent,
    cookies: Sent,
    query: Sent,
) -> ManagedPolicy {
    ManagedPolicy {
        id,
        name,
        headers,
        cookies,
        query,
    }
}

const CACHE_CONTROL: Sent = Only(&[
    "Host",
    "Origin",
    "X-HTTP-Method-Override",
    "X-HTTP-Method",
    "X-Method-Override",
]);

const CORS: Sent = Only(&[
    "Origin",
    "Access-Control-Request-Headers",
    "Access-Control-Request-Method",
]);

#[rustfmt::skip]
static CACHE: [ManagedPolicy; 7] = [
    policy("Amplify", "2e54312d-136d-493c-8eb9-b001f22f67d2",
        Only(&["Authorization", "CloudFront-Viewer-Country", "Host"]), ALL, ALL),
    policy("CachingDisabled", "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", Nothing, Nothing, Nothing),
    policy("CachingOptimized", "658327ea-f89d-4fab-a63d-7e88639e58f6", Nothing, Nothing, Nothing),
    policy("CachingOptimizedForUncompressedObjects", "b2884449-e4de-46a7-ac36-70bc7f1ddd6d",
        Nothing, Nothing, Nothing),
    policy("Elemental-MediaPackage", "08627262-05a9-4f76-9ded-b50ca2e3a84f",
        Only(&["Origin"]), Nothing, Only(&["aws.manifestfilter", "end", "m", "start"])),
    policy("UseOriginCacheControlHeaders", "83da9c7e-98b4-4e11-a168-04f0df8e2c65",
        CACHE_CONTROL, ALL, Nothing),
    policy("UseOriginCacheControlHeaders-QueryStrings", "4cc15a8a-d715-48a4-82b8-cc0b614638fe",
        CACHE_CONTROL, ALL, ALL),
];

#[rustfmt::skip]
static ORIGIN_REQUEST: [ManagedPolicy; 8] = [
    policy("AllViewer", "216adef6-5c7f-47e4-b989-5492eafa07d3", ALL, ALL, ALL),
    policy("AllViewerAndCloudFrontHeaders-2022-06", "33f36d7e-f396-46d9-90e0-52428a34d9dc", ALL, ALL, ALL),
    policy("AllViewerExceptHostHeader", "b689b0a8-53d0-40ab-baf2-68738e2966ac",
        AllExcept(&["Host"]), ALL, ALL),
    policy("CORS-CustomOrigin", "59781a5b-3903-41f3-afcb-af62929ccde1", Only(&["Origin"]), Nothing, Nothing),
    policy("CORS-S3Origin", "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf", CORS, Nothing, Nothing),
    policy("Elemental-MediaTailor-PersonalizedManifests", "775133bc-15f2-49f9-abea-afb2e0bf67d2",
        Only(&["Origin", "Access-Control-Request-Headers", "Access-Control-Request-Method", "User-Agent",
            "X-Forwarded-For"]), Nothing, ALL),
    policy("HostHeaderOnly", "bf0718e1-ba1e-49d1-88b1-f726733018ae", Only(&["Host"]), Nothing, Nothing),
    policy("UserAgentRefererHeaders", "acba4595-bd28-49b8-b9fe-13317c0390fa",
        Only(&["User-Agent", "Referer"]), Nothing, Nothing),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_policy_has_a_name_and_an_id_of_its_own() {
        let all = CACHE.iter().chain(&ORIGIN_REQUEST);
        let ids: BTreeSet<&str> = all.clone().map(|policy| policy.id).collect();
        let names: BTreeSet<&str> = all.map(|policy| policy.name).collect();
        assert_eq!(ids.len(), CACHE.len() + ORIGIN_REQUEST.len());
        assert_eq!(names.len(), ids.len());
        assert!(ids.iter().all(|id| id.len() == 36));
    }

    #[test]
    fn the_policies_that_send_the_viewers_host_are_known() {
        let all = CACHE.iter().chain(&ORIGIN_REQUEST);
        let senders: Vec<&str> = all
            .filter(|policy| policy.sends_host())
            .map(|policy| policy.name)
            .collect();
        assert_eq!(
            senders,
            [
                "Amplify",
                "UseOriginCacheControlHeaders",
                "UseOriginCacheControlHeaders-QueryStrings",
                "AllViewer",
                "AllViewerAndCloudFrontHeaders-2022-06",
                "HostHeaderOnly",
            ]
        );
    }
}
