//! CloudFormation templates in JSON and YAML, each distribution judged.
#![no_main]

use libfuzzer_sys::fuzz_target;
use origin_guard_core::candidate::{Deployment, Format, ReadOptions, Source, read_documents};
use origin_guard_core::distribution::AccountId;
use origin_guard_fuzz::{judge, mutate_as_json};

mutate_as_json!();

fuzz_target!(|data: &[u8]| {
    let mut deployment = Deployment {
        region: Some("eu-west-1".to_owned()),
        account: AccountId::parse("111122223333"),
        outputs: vec![(
            "Url".to_owned(),
            "https://abc.lambda-url.eu-west-1.on.aws/".to_owned(),
        )],
        ..Deployment::default()
    };
    deployment.parameters.set("Stage", "prod");
    let options = ReadOptions {
        format: Some(Format::CloudFormation),
        deployment,
        ..ReadOptions::default()
    };
    for candidate in
        read_documents(Source::Artifact, "template.yaml", data, &options).unwrap_or_default()
    {
        judge(&candidate);
    }
});
