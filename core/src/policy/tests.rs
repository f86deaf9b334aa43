use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const ARN: &str = "arn:aws:cloudfront::111122223333:distribution/E1";
const ANY: &str = "arn:aws:cloudfront::111122223333:distribution/";

fn cloudfront(arn: Text<'static>) -> Question<'static> {
    Question {
        asker: Asker::CloudFront {
            source_arn: Some(arn),
            source_account: Some("111122223333"),
        },
        action: "s3:GetObject",
        resource: Text::Below("arn:aws:s3:::assets/"),
        resource_account: Some("111122223333"),
        via: Via::Directly,
    }
}

fn identity() -> Question<'static> {
    Question {
        asker: Asker::Identity {
            id: "E1OAI",
            canonical_user: Some("abc"),
        },
        ..cloudfront(Text::Is(ARN))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "tables are read more easily")]
fn policy(statements: Value) -> Policy {
    Policy::parse(&json!({"Version": "2012-10-17", "Statement": statements}).to_string()).unwrap()
}

/// A statement that lets CloudFront in, with other elements in the place of its own.
#[expect(clippy::needless_pass_by_value, reason = "tables are read more easily")]
fn allow(over: Value) -> Value {
    let mut statement = json!({"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject", "Resource": "arn:aws:s3:::assets/*"});
    for (key, value) in over.as_object().unwrap() {
        if let Some(positive) = key.strip_prefix("Not") {
            statement.as_object_mut().unwrap().remove(positive);
        }
        statement[key.as_str()] = value.clone();
    }
    statement
}

#[expect(clippy::needless_pass_by_value, reason = "tables are read more easily")]
fn deny(condition: Value) -> Value {
    json!({"Sid": "no", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": ["arn:aws:s3:::assets", "arn:aws:s3:::assets/*"], "Condition": condition})
}

fn word(policy: &Policy, question: &Question<'_>) -> String {
    match policy.grants(question) {
        Grant::Granted => "granted".to_owned(),
        Grant::NotGranted { nearest: None } => "not granted".to_owned(),
        Grant::NotGranted {
            nearest: Some(reason),
        } => format!("not granted: {}", reason.element),
        Grant::Denied(reason) => format!("denied: {}", reason.element),
        Grant::Undecided(reason) => format!("undecided: {}", reason.element),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "tables are read more easily")]
#[track_caller]
fn says(statements: Value, question: &Question<'_>, expected: &str) {
    let policy = policy(statements.clone());
    let word = word(&policy, question);
    assert!(
        word.starts_with(expected),
        "{word}, not {expected}: {statements:#}"
    );
}

#[test]
fn one_statement_allows_or_says_by_what_it_fails() {
    for (over, expected) in [
        (json!({}), "granted"),
        (json!({"Principal": "*"}), "granted"),
        (json!({"Principal": {"AWS": "*"}}), "granted"),
        (
            json!({"Principal": {"AWS": ["111122223333"], "Service": ["a", "cloudfront.amazonaws.com"]}}),
            "granted",
        ),
        (
            json!({"Principal": {"AWS": "arn:aws:iam::111122223333:root"}}),
            "not granted: Principal",
        ),
        (
            json!({"Principal": {"Federated": "cognito-identity.amazonaws.com"}}),
            "not granted: Principal",
        ),
        (
            json!({"NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}}),
            "granted",
        ),
        (
            json!({"NotPrincipal": {"Service": "cloudfront.amazonaws.com"}}),
            "not granted: NotPrincipal",
        ),
        (
            json!({"Action": ["s3:PutObject", "S3:getobject"]}),
            "granted",
        ),
        (json!({"Action": "s3:Get*"}), "granted"),
        (json!({"Action": "s3:GetObjec?"}), "granted"),
        (json!({"Action": "*"}), "granted"),
        (
            json!({"Action": "s3:GetObjectVersion"}),
            "not granted: Action",
        ),
        (json!({"NotAction": "s3:Put*"}), "granted"),
        (json!({"NotAction": "s3:*"}), "not granted: NotAction"),
        (json!({"Resource": "*"}), "granted"),
        (json!({"Resource": "arn:aws:s3:::*"}), "granted"),
        (json!({"Resource": "arn:aws:s3:::assets*"}), "granted"),
        (json!({"Resource": "arn:aws:s3:::assets/?*"}), "granted"),
        (json!({"Resource": "arn:aws:s3:::assets/*?"}), "granted"),
        (
            json!({"Resource": "arn:aws:s3:::assets/public/*"}),
            "undecided: Resource",
        ),
        (
            json!({"Resource": "arn:aws:s3:::assets/*.html"}),
            "undecided: Resource",
        ),
        (
            json!({"Resource": "arn:aws:s3:::assets/${aws:username}/*"}),
            "undecided: Resource",
        ),
        (
            json!({"Resource": "arn:aws:s3:::assets"}),
            "not granted: Resource",
        ),
        (
            json!({"Resource": "arn:aws:s3:::assets/"}),
            "not granted: Resource",
        ),
        (
            json!({"Resource": "arn:aws:s3:::other/*"}),
            "not granted: Resource",
        ),
        (
            json!({"Resource": "arn:aws-cn:s3:::assets/*"}),
            "not granted: Resource",
        ),
        (json!({"NotResource": "arn:aws:s3:::other/*"}), "granted"),
        (
            json!({"NotResource": "arn:aws:s3:::assets/private/*"}),
            "undecided: NotResource",
        ),
        (
            json!({"NotResource": "arn:aws:s3:::*"}),
            "not granted: NotResource",
        ),
    ] {
        says(json!([allow(over)]), &cloudfront(Text::Is(ARN)), expected);
    }
}

#[test]
fn a_condition_holds_fails_or_is_not_decided() {
    const OTHER: &str = "arn:aws:cloudfront::111122223333:distribution/E2";
    for (condition, known, created) in [
        (
            json!({"StringEquals": {"AWS:SourceArn": ARN}}),
            "granted",
            "undecided",
        ),
        (
            json!({"StringEquals": {"aws:sourcearn": [OTHER, ARN]}}),
            "granted",
            "undecided",
        ),
        (
            json!({"StringEquals": {"AWS:SourceArn": OTHER}}),
            "not granted: StringEquals AWS:SourceArn arn",
            "undecided",
        ),
        // Without `Like` the star is a star.
        (
            json!({"StringEquals": {"AWS:SourceArn": "arn:aws:cloudfront::111122223333:distribution/*"}}),
            "not granted",
            "undecided",
        ),
        (
            json!({"StringLike": {"AWS:SourceArn": "arn:aws:cloudfront::111122223333:distribution/*"}}),
            "granted",
            "granted",
        ),
        (
            json!({"StringLike": {"AWS:SourceArn": "arn:aws:cloudfront::*"}}),
            "granted",
            "granted",
        ),
        (
            json!({"StringLike": {"AWS:SourceArn": "arn:aws:cloudfront::444455556666:distribution/*"}}),
            "not granted",
            "not granted",
        ),
        (
            json!({"StringEqualsIgnoreCase": {"AWS:SourceArn": ARN.to_lowercase()}}),
            "granted",
            "undecided",
        ),
        (
            json!({"ArnEquals": {"AWS:SourceArn": "arn:aws:cloudfront::111122223333:distribution/*"}}),
            "granted",
            "granted",
        ),
        (
            json!({"ArnLike": {"AWS:SourceArn": "arn:*:cloudfront::1111*:distribution/E?"}}),
            "granted",
            "undecided",
        ),
        (
            json!({"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::assets"}}),
            "not granted",
            "not granted",
        ),
        (
            json!({"ArnLike": {"AWS:SourceArn": "*"}}),
            "undecided",
            "undecided",
        ),
        (
            json!({"StringEquals": {"aws:SourceAccount": "111122223333"}}),
            "granted",
            "granted",
        ),
        (
            json!({"StringEquals": {"aws:SourceAccount": "444455556666"}}),
            "not granted",
            "not granted",
        ),
        (
            json!({"StringNotEquals": {"aws:SourceAccount": "444455556666"}}),
            "granted",
            "granted",
        ),
        (
            json!({"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}),
            "undecided",
            "undecided",
        ),
        (
            json!({"Bool": {"aws:SecureTransport": true}}),
            "granted",
            "granted",
        ),
        (
            json!({"Bool": {"aws:PrincipalIsAWSService": "true"}}),
            "granted",
            "granted",
        ),
        (
            json!({"Bool": {"aws:ViaAWSService": "true"}}),
            "undecided",
            "undecided",
        ),
        (
            json!({"Null": {"aws:SourceVpce": "true"}}),
            "granted",
            "granted",
        ),
        (
            json!({"Null": {"AWS:SourceArn": "true"}}),
            "not granted",
            "not granted",
        ),
        (
            json!({"StringEquals": {"aws:SourceVpce": "vpce-1"}}),
            "not granted",
            "not granted",
        ),
        (
            json!({"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}}),
            "granted",
            "granted",
        ),
        (
            json!({"ForAllValues:StringEquals": {"aws:SourceVpce": "vpce-1"}}),
            "granted",
            "granted",
        ),
        (
            json!({"ForAnyValue:StringNotEquals": {"aws:SourceVpce": "vpce-1"}}),
            "not granted",
            "not granted",
        ),
        (
            json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}),
            "not granted",
            "not granted",
        ),
        (
            json!({"IpAddress": {"aws:SourceIp": "130.176.0.0/17"}}),
            "undecided",
            "undecided",
        ),
        (
            json!({"StringLike": {"aws:Referer": "https://example.com/*"}}),
            "undecided: StringLike aws:Referer",
            "undecided",
        ),
        (
            json!({"DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}),
            "undecided",
            "undecided",
        ),
        (
            json!({"NumericGreaterThanEquals": {"s3:TlsVersion": 1.2}}),
            "granted",
            "granted",
        ),
        (
            json!({"NumericGreaterThanEquals": {"s3:TlsVersion": ["1.3"]}}),
            "undecided",
            "undecided",
        ),
        (
            json!({"Quantum": {"aws:SourceAccount": "1"}}),
            "undecided",
            "undecided",
        ),
        (
            json!({"StringEquals": {"AWS:SourceArn": ARN, "aws:SourceAccount": "444455556666"}}),
            "not granted: StringEquals aws:SourceAccount",
            "not granted",
        ),
    ] {
        let statements = json!([allow(json!({"Condition": condition}))]);
        says(statements.clone(), &cloudfront(Text::Is(ARN)), known);
        says(statements, &cloudfront(Text::Below(ANY)), created);
    }
}

#[test]
fn a_denial_locks_cloudfront_out_unless_its_condition_excepts_it() {
    for (condition, expected) in [
        (json!({"Bool": {"aws:SecureTransport": "false"}}), "granted"),
        (
            json!({"NumericLessThan": {"s3:TlsVersion": "1.2"}}),
            "granted",
        ),
        (
            json!({"NumericLessThan": {"s3:TlsVersion": "1.3"}}),
            "undecided",
        ),
        (
            json!({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}),
            "denied: StringNotEquals aws:SourceVpce vpce-1",
        ),
        (
            json!({"StringNotEqualsIfExists": {"aws:SourceVpc": "vpc-1"}}),
            "denied",
        ),
        (
            json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}),
            "denied",
        ),
        (
            json!({"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/48", "10.0.0.0/8"]}}),
            "denied",
        ),
        (
            json!({"NotIpAddress": {"aws:SourceIp": ["0.0.0.0/0"]}}),
            "undecided",
        ),
        (
            json!({"NotIpAddress": {"aws:SourceIp": ["130.176.0.0/16"]}}),
            "undecided",
        ),
        (
            json!({"IpAddress": {"aws:SourceIp": "198.51.100.7"}}),
            "granted",
        ),
        (
            json!({"NotIpAddressIfExists": {"aws:SourceIp": "203.0.113.0/24"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}),
            "granted",
        ),
        (
            json!({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}, "BoolIfExists": {"aws:ViaAWSService": "false"}}),
            "undecided",
        ),
        (
            json!({"StringNotEquals": {"AWS:SourceArn": ARN}}),
            "granted",
        ),
        (
            json!({"StringNotEquals": {"AWS:SourceArn": "arn:aws:cloudfront::111122223333:distribution/E2"}}),
            "denied",
        ),
        (
            json!({"StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/admin"}}),
            "undecided",
        ),
        (
            json!({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}, "StringEquals": {"aws:SourceAccount": "444455556666"}}),
            "granted",
        ),
    ] {
        let statements = json!([allow(json!({})), deny(condition)]);
        says(statements, &cloudfront(Text::Is(ARN)), expected);
    }
}

#[test]
fn a_denial_of_some_folders_leaves_the_others_open() {
    let mut closed = deny(json!({"Bool": {"aws:SecureTransport": "true"}}));
    closed["Resource"] = json!("arn:aws:s3:::assets/private/*");
    let statements = json!([allow(json!({})), closed]);
    says(statements.clone(), &cloudfront(Text::Is(ARN)), "granted");
    let below = Question {
        resource: Text::Below("arn:aws:s3:::assets/private/site/"),
        ..cloudfront(Text::Is(ARN))
    };
    says(statements, &below, "denied");
}

/// What a denial may close altogether is not taken for a folder.
#[test]
fn a_denial_of_all_but_a_folder_or_of_what_is_open_is_not_passed_over() {
    let question = Question {
        resource: Text::Below("arn:aws:s3:::${Assets}/"),
        ..cloudfront(Text::Is(ARN))
    };
    let bucket = "arn:aws:s3:::${Assets}";
    let below = |path: &str| format!("{bucket}/{path}");
    for (resources, expected) in [
        (
            json!({"NotResource": below("public/*")}),
            "undecided: NotResource",
        ),
        (
            json!({"Resource": "arn:aws:s3:::${Bucket}/*"}),
            "undecided: Resource",
        ),
        (json!({"Resource": "${BucketArn}/*"}), "undecided: Resource"),
        (
            json!({"Resource": "arn:aws:s3:::assets/*"}),
            "undecided: Resource",
        ),
        (
            json!({"Resource": [below("a/*"), "arn:aws:s3:::${Bucket}/*"]}),
            "undecided: Resource",
        ),
        (json!({"Resource": [bucket, below("*")]}), "denied"),
        (json!({"Resource": [bucket, below("private/*")]}), "granted"),
        (json!({"Resource": below("${Folder}/*")}), "granted"),
        (json!({"Resource": bucket}), "granted"),
    ] {
        let mut denial = json!({"Sid": "no", "Effect": "Deny", "Principal": "*", "Action": "s3:*"});
        denial
            .as_object_mut()
            .unwrap()
            .extend(resources.as_object().unwrap().clone());
        let statements = json!([allow(json!({"Resource": below("*")})), denial]);
        let policy = Policy::of_template(&json!({"Statement": statements})).unwrap();
        let word = word(&policy, &question);
        assert!(
            word.starts_with(expected),
            "{word}, not {expected}: {statements:#}"
        );
    }
}

#[test]
fn an_identity_is_named_by_its_arn_or_its_canonical_user() {
    for (principal, expected) in [
        (
            json!({"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1OAI"}),
            "granted",
        ),
        (
            json!({"AWS": "arn:aws-cn:iam::cloudfront:user/CloudFront Origin Access Identity E1OAI"}),
            "granted",
        ),
        (
            json!({"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2OAI"}),
            "not granted: Principal",
        ),
        (json!({"AWS": "AIDAEXAMPLE"}), "not granted: Principal"),
        (json!({"CanonicalUser": "abc"}), "granted"),
        (
            json!({"CanonicalUser": ["x", "def"]}),
            "not granted: Principal",
        ),
        (
            json!({"Service": "cloudfront.amazonaws.com"}),
            "not granted: Principal",
        ),
    ] {
        says(
            json!([allow(json!({"Principal": principal}))]),
            &identity(),
            expected,
        );
    }
    let unknown = Question {
        asker: Asker::Identity {
            id: "E1OAI",
            canonical_user: None,
        },
        ..identity()
    };
    let statements = json!([allow(json!({"Principal": {"CanonicalUser": "abc"}}))]);
    says(statements, &unknown, "undecided: Principal");
    let everyone =
        allow(json!({"Principal": "*", "Condition": {"StringEquals": {"AWS:SourceArn": ARN}}}));
    says(json!([everyone]), &identity(), "not granted");
}

#[test]
fn anonymous_is_every_principal_without_a_name() {
    let anonymous = Question {
        asker: Asker::Anonymous { tls: true },
        ..identity()
    };
    says(
        json!([allow(json!({"Principal": "*"}))]),
        &anonymous,
        "granted",
    );
    says(
        json!([allow(json!({}))]),
        &anonymous,
        "not granted: Principal",
    );
    let open = json!([allow(json!({"Principal": "*"})), {"Sid": "Tls", "Effect": "Deny", "Principal": "*",
        "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]);
    says(open.clone(), &anonymous, "granted");
    let plain = Question {
        asker: Asker::Anonymous { tls: false },
        ..identity()
    };
    says(open, &plain, "denied: Bool aws:SecureTransport false");
}

#[test]
fn the_nearest_statement_is_the_one_with_the_fewest_misses() {
    let statements = json!([
        allow(json!({"Sid": "far", "Principal": {"AWS": "1"}, "Action": "s3:PutObject"})),
        allow(json!({"Sid": "near", "Condition": {"StringEquals": {"AWS:SourceArn": "arn:x"}}})),
    ]);
    let policy = policy(statements);
    let Grant::NotGranted {
        nearest: Some(reason),
    } = policy.grants(&cloudfront(Text::Is(ARN)))
    else {
        panic!()
    };
    assert_eq!(reason.statement, "near");
    assert_eq!(
        reason.to_string(),
        "statement `near`: StringEquals AWS:SourceArn arn:x"
    );
}

#[test]
fn a_policy_of_2008_has_no_variables() {
    let old = json!({"Statement": allow(json!({"Resource": "arn:aws:s3:::${a}/*"}))}).to_string();
    let policy = Policy::parse(&old).unwrap();
    assert_eq!(
        word(&policy, &cloudfront(Text::Is(ARN))),
        "not granted: Resource"
    );
}

#[test]
fn what_is_no_policy_says_so() {
    for (text, expected) in [
        ("{", "it is not JSON"),
        ("[]", "a policy must be an object"),
        ("{}", "Statement must be a list"),
        (r#"{"Statement": [1]}"#, "statement 1 must be an object"),
        (
            r#"{"Statement": {"Effect": "allow"}}"#,
            "Effect of statement 1",
        ),
        (
            r#"{"Statement": {"Effect": "Deny"}}"#,
            "must have either Action or NotAction",
        ),
        (
            r#"{"Statement": {"Effect": "Deny", "Action": 1, "Resource": {}}}"#,
            "Resource of statement 1 must be a text",
        ),
        (
            r#"{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*", "Principal": "a"}}"#,
            "Principal of statement 1 must be",
        ),
        (
            r#"{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}"#,
            "either Principal or NotPrincipal",
        ),
        (
            r#"{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*", "Principal": "*", "Condition": []}}"#,
            "Condition of statement 1",
        ),
    ] {
        let error = Policy::parse(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        "[*?$ a{}:/é]{0,12}".prop_map(Value::String),
        prop::sample::select(vec![
            "*",
            "Allow",
            "Deny",
            "s3:*",
            ARN,
            "0.0.0.0/0",
            "::/0",
            "arn:aws:s3:::assets/*"
        ])
        .prop_map(|text| json!(text)),
    ];
    let keys = prop::sample::select(vec![
        "AWS",
        "Service",
        "StringLike",
        "ArnLike",
        "NotIpAddress",
        "Bool",
        "Null",
        "aws:SourceArn",
        "aws:SourceIp",
        "s3:TlsVersion",
        "NumericLessThan",
        "ForAllValues:StringEqualsIfExists",
    ]);
    leaf.prop_recursive(3, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec((keys.clone(), inner), 0..4)
                .prop_map(|pairs| pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()),
        ]
    })
}

proptest! {
    #[test]
    fn nothing_panics(effect in json_value(), principal in json_value(), action in json_value(),
        resource in json_value(), condition in json_value(), text in ".{0,40}") {
        let _ = Policy::parse(&text);
        for effect in [effect, json!("Allow"), json!("Deny")] {
            let document = json!({"Version": "2012-10-17", "Statement": {"Effect": effect, "Principal": principal,
                "Action": action, "Resource": resource, "Condition": condition}});
            if let Ok(policy) = Policy::parse(&document.to_string()) {
                for question in [cloudfront(Text::Is(ARN)), cloudfront(Text::Below(ANY)), identity()] {
                    let _ = policy.grants(&question);
                }
            }
        }
    }

    /// What a pattern covers it matches, and what it does not meet it never matches.
    #[test]
    fn below_a_prefix_says_what_each_text_says(pattern in "[ab*?]{0,6}", prefix in "[ab]{0,4}", rest in "[ab]{1,4}") {
        let one = super::pattern::Glob::of(&pattern).matches(&format!("{prefix}{rest}"));
        match super::pattern::Glob::of(&pattern).truth(Text::Below(&prefix)) {
            Truth::Yes => prop_assert!(one),
            Truth::No => prop_assert!(!one),
            Truth::Maybe => {}
        }
    }
}

#[test]
fn what_a_template_leaves_open_matches_only_itself() {
    const OPEN: &str = "arn:aws:cloudfront::111122223333:distribution/${Cdn}";
    let question = Question {
        resource: Text::Below("arn:aws:s3:::${Assets}/"),
        ..cloudfront(Text::Is(OPEN))
    };
    let source = |arn: &str| json!({"StringEquals": {"AWS:SourceArn": arn}});
    for (resource, arn, answer) in [
        ("arn:aws:s3:::${Assets}/*", OPEN, "granted"),
        (
            "*",
            "arn:aws:cloudfront::111122223333:distribution/*",
            "undecided: StringEquals AWS:SourceArn arn:aws:cloudfront::111122223333:distribution/*",
        ),
        ("arn:aws:s3:::${Other}/*", OPEN, "undecided: Resource"),
        ("arn:aws:s3:::assets/*", OPEN, "undecided: Resource"),
        (
            "arn:aws:s3:::${Assets}/*",
            ARN,
            &format!("undecided: StringEquals AWS:SourceArn {ARN}"),
        ),
    ] {
        let statement = allow(json!({"Resource": resource, "Condition": source(arn)}));
        let policy = Policy::of_template(&json!({"Statement": [statement]})).unwrap();
        assert_eq!(word(&policy, &question), answer, "{resource} {arn}");
    }
    let bucket = |name: &str| format!("arn:aws:s3:::${{Fn::If Prod {name}}}/");
    let below = bucket("${Name} b");
    let question = Question {
        resource: Text::Below(&below),
        ..question
    };
    for (name, answer) in [
        ("${Name} b", "granted"),
        ("${Name} a", "undecided: Resource"),
        ("${Other} b", "undecided: Resource"),
    ] {
        let statement = allow(json!({"Resource": bucket(name) + "*"}));
        let policy = Policy::of_template(&json!({"Statement": [statement]})).unwrap();
        assert_eq!(word(&policy, &question), answer, "{name}");
    }
    let user = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity ${Oai}";
    for (principal, answer) in [
        (json!({"AWS": user}), "granted"),
        (
            json!({"CanonicalUser": "${Oai.S3CanonicalUserId}"}),
            "granted",
        ),
        (json!({"AWS": "${Role.Arn}"}), "undecided: Principal"),
        (
            json!({"AWS": "arn:aws:iam::111122223333:root"}),
            "not granted: Principal",
        ),
    ] {
        let policy =
            Policy::of_template(&json!({"Statement": [allow(json!({"Principal": principal}))]}));
        let asker = Asker::Identity {
            id: "${Oai}",
            canonical_user: Some("${Oai.S3CanonicalUserId}"),
        };
        let question = Question {
            asker,
            ..cloudfront(Text::Is(OPEN))
        };
        assert_eq!(word(&policy.unwrap(), &question), answer, "{principal}");
    }
}
