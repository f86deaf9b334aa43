//! Bucket and key policies, asked by every kind of reader.
#![no_main]

use libfuzzer_sys::fuzz_target;
use origin_guard_core::policy::{Asker, Policy, Question, Text, Via};
use origin_guard_fuzz::mutate_as_json;

mutate_as_json!();

const ASKERS: [Asker<'static>; 5] = [
    Asker::CloudFront {
        source_arn: Some(Text::Is(
            "arn:aws:cloudfront::111122223333:distribution/E2EXAMPLE1GUARD",
        )),
        source_account: Some("111122223333"),
    },
    Asker::CloudFront {
        source_arn: Some(Text::Below(
            "arn:aws:cloudfront::111122223333:distribution/",
        )),
        source_account: None,
    },
    Asker::Identity {
        id: "E2QWRUHEXAMPLE",
        canonical_user: Some("79a59df900b949e5"),
    },
    Asker::Identity {
        id: "E2QWRUHEXAMPLE",
        canonical_user: None,
    },
    Asker::Anonymous { tls: true },
];

const WAYS: [Via<'static>; 3] = [
    Via::Directly,
    Via::AccessPoint {
        arn: "arn:aws:s3:eu-west-1:111122223333:accesspoint/example-site",
        account: Some("111122223333"),
    },
    Via::FunctionUrl("AWS_IAM"),
];

const RESOURCES: [Text<'static>; 2] = [
    Text::Is("arn:aws:s3:::example-site/index.html"),
    Text::Below("arn:aws:s3:::example-site/"),
];

fn ask(policy: &Policy) {
    let ways = WAYS.into_iter();
    let asked = ways.flat_map(|via| RESOURCES.map(|resource| (via, resource)));
    for (via, resource) in asked {
        for asker in ASKERS {
            let question = Question {
                asker,
                action: "s3:GetObject",
                resource,
                resource_account: Some("111122223333"),
                via,
            };
            let answer = policy.grants(&question);
            assert!(
                answer == policy.grants(&question),
                "two answers to one question"
            );
        }
    }
}

fuzz_target!(|text: &str| {
    if let Ok(policy) = Policy::parse(text) {
        ask(&policy);
    }
    if let Ok(document) = serde_json::from_str(text)
        && let Ok(policy) = Policy::of_template(&document)
    {
        ask(&policy);
    }
});
