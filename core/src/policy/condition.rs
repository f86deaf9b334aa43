use std::net::IpAddr;

use super::pattern::{Glob, Truth, equal_truth};
use super::{Asker, Element, Expected, Question, Text, Via};
use crate::distribution::is_open;

/// One key below one operator
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Condition {
    operator: Operator,
    key: String,
    expected: Expected,
    variables: bool,
    subject: Subject,
}

/// How a condition compares
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Operator {
    spelling: String,
    test: Test,
    negated: bool,
    if_exists: bool,
    quantifier: Option<Quantifier>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quantifier {
    All,
    Any,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Test {
    Equals { ignore_case: bool },
    Like,
    Arn,
    Bool,
    Null,
    Ip,
    Number(Order),
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// The keys that CloudFront's requests say something about
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    SourceArn,
    SourceAccount,
    SecureTransport,
    TlsVersion,
    IsService,
    ServiceName,
    SourceIp,
    /// `aws:SourceVpc` and its like: only of requests through a VPC endpoint.
    Vpc,
    /// `aws:PrincipalOrgID` and its like: only of principals of an organization.
    Organization,
    ResourceAccount,
    /// `s3:DataAccessPointArn`: only of requests through an access point.
    AccessPoint,
    AccessPointAccount,
    FunctionUrlAuthType,
    ViaFunctionUrl,
    Other,
}

/// What a request's context says about a key.
enum Value<'a> {
    Known(Text<'a>),
    /// TLS 1.2 or 1.3.
    Tls,
    /// One of CloudFront's addresses.
    CloudFrontAddress,
    Absent,
    Unknown,
}

impl Operator {
    pub(super) fn parse(spelling: &str) -> Self {
        let lower = spelling.to_ascii_lowercase();
        let (quantifier, rest) = match lower.split_once(':') {
            Some(("forallvalues", rest)) => (Some(Quantifier::All), rest),
            Some(("foranyvalue", rest)) => (Some(Quantifier::Any), rest),
            _ => (None, lower.as_str()),
        };
        let (rest, if_exists) = match rest.strip_suffix("ifexists") {
            Some(rest) => (rest, true),
            None => (rest, false),
        };
        // The prefix and the suffix are taken off first, since an operator can have both:
        // `ForAllValues:StringNotEqualsIfExists`.
        let (test, negated) = test(rest);
        Self {
            spelling: spelling.to_owned(),
            test,
            negated,
            if_exists,
            quantifier,
        }
    }
}

impl Condition {
    pub(super) fn new(operator: Operator, key: &str, values: Vec<String>, variables: bool) -> Self {
        Self {
            operator,
            key: key.to_owned(),
            variables: variables && values.iter().any(|value| is_open(value)),
            expected: Expected::new(key, values),
            subject: subject(key),
        }
    }

    pub(super) fn element(&self) -> Element<'_> {
        Element::Condition {
            operator: &self.operator.spelling,
            key: &self.key,
            expected: &self.expected,
        }
    }

    /// Whether it names the distributions to which the statement does not apply.
    pub(super) fn excepts_sources(&self) -> bool {
        self.subject == Subject::SourceArn && self.operator.negated
    }

    pub(super) fn holds(&self, question: &Question<'_>) -> Truth {
        let value = self.subject.value(question);
        // Before the value is read: `Null` asks whether the key is there, not what it holds.
        if self.operator.test == Test::Null {
            return self.is_null(&value);
        }
        match value {
            Value::Unknown => Truth::Maybe,
            Value::Absent => self.without_key(),
            // A date or binary comparison, or an operator newer than this program.
            _ if self.operator.test == Test::Other => Truth::Maybe,
            value => {
                let any = self.any(&value);
                let holds = if self.operator.negated {
                    any.not()
                } else {
                    any
                };
                // A service's request may come without an address.
                let absent_too = matches!(value, Value::CloudFrontAddress);
                if absent_too && self.without_key() != holds {
                    Truth::Maybe
                } else {
                    holds
                }
            }
        }
    }

    /// Of a key that the request does not have, a negated operator holds, and so does `IfExists`
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html>).
    fn without_key(&self) -> Truth {
        let holds = match self.operator.quantifier {
            _ if self.operator.if_exists => true,
            // IAM's `ForAllValues` is true of an empty set, `ForAnyValue` is false of one.
            Some(Quantifier::All) => true,
            Some(Quantifier::Any) => false,
            None => self.operator.negated,
        };
        holds.into()
    }

    fn is_null(&self, value: &Value<'_>) -> Truth {
        let absent = match value {
            Value::Unknown | Value::CloudFrontAddress => return Truth::Maybe,
            Value::Absent => "true",
            Value::Known(_) | Value::Tls => "false",
        };
        let fits = |expected: &String| expected.eq_ignore_ascii_case(absent);
        self.expected.values().iter().any(fits).into()
    }

    fn any(&self, value: &Value<'_>) -> Truth {
        if matches!(value, Value::CloudFrontAddress) {
            return self.holds_cloudfront();
        }
        let truths = self.expected.values().iter().map(|expected| match value {
            Value::Known(text) => {
                let open = || self.variables && is_open(expected) || text.is_open();
                self.compare(expected, *text).unless_open(open)
            }
            _ if self.variables && is_open(expected) => Truth::Maybe,
            Value::Tls => self.compare_tls(expected),
            _ => Truth::Maybe,
        });
        Truth::any(truths)
    }

    fn compare(&self, expected: &str, text: Text<'_>) -> Truth {
        match self.operator.test {
            Test::Equals { ignore_case } => equal_truth(expected, text, ignore_case),
            Test::Like => Glob::of(expected).truth(text),
            Test::Arn => arn_truth(expected, text),
            Test::Bool => equal_truth(expected, text, true),
            Test::Number(Order::Equal) => equal_truth(expected, text, false),
            _ => Truth::Maybe,
        }
    }

    fn compare_tls(&self, expected: &str) -> Truth {
        let (Test::Number(order), Ok(expected)) =
            (self.operator.test, expected.trim().parse::<f64>())
        else {
            return Truth::Maybe;
        };
        let holds = |version: f64| match order {
            // The versions are 1.2 and 1.3 as decimal numbers, which binary floating point does not
            // hold exactly.
            Order::Equal => (version - expected).abs() < 0.01,
            Order::Less => version < expected,
            Order::LessOrEqual => version <= expected,
            Order::Greater => version > expected,
            Order::GreaterOrEqual => version >= expected,
        };
        match (holds(1.2), holds(1.3)) {
            // CloudFront speaks TLS 1.2 and 1.3 with S3, and which one is not in the question: what
            // holds for both holds.
            (true, true) => Truth::Yes,
            (false, false) => Truth::No,
            _ => Truth::Maybe,
        }
    }

    /// Whether CloudFront's addresses are in the list: not in one of narrow ranges only, since some
    /// of CloudFront's own are wide (<https://ip-ranges.amazonaws.com/ip-ranges.json>); where
    /// one is wide, it may be CloudFront's.
    fn holds_cloudfront(&self) -> Truth {
        if self.operator.test != Test::Ip || self.variables {
            return Truth::Maybe;
        }
        Truth::any(self.expected.values().iter().map(|range| {
            let (address, bits) = match range.split_once('/') {
                Some((address, bits)) => (address, bits.parse::<u8>().ok()),
                None => (range.as_str(), Some(u8::MAX)),
            };
            match (address.trim().parse::<IpAddr>(), bits) {
                (Ok(_), Some(0)) => Truth::Yes,
                (Ok(IpAddr::V4(address)), Some(bits)) => {
                    // CloudFront's IPv4 ranges in ip-ranges.json have prefixes much shorter than
                    // /20 among them, so a list of narrow ranges cannot hold them all. A wide range
                    // may be one of them, which is not decided here.
                    let narrow = bits >= 20 || address.is_private();
                    if narrow { Truth::No } else { Truth::Maybe }
                }
                (Ok(IpAddr::V6(_)), Some(48..)) => Truth::No,
                _ => Truth::Maybe,
            }
        }))
    }
}

fn test(name: &str) -> (Test, bool) {
    const EXACT: Test = Test::Equals { ignore_case: false };
    const FOLDED: Test = Test::Equals { ignore_case: true };
    match name {
        "stringequals" => (EXACT, false),
        "stringnotequals" => (EXACT, true),
        "stringequalsignorecase" => (FOLDED, false),
        "stringnotequalsignorecase" => (FOLDED, true),
        "stringlike" => (Test::Like, false),
        "stringnotlike" => (Test::Like, true),
        // Both compare alike.
        "arnequals" | "arnlike" => (Test::Arn, false),
        "arnnotequals" | "arnnotlike" => (Test::Arn, true),
        "bool" => (Test::Bool, false),
        "null" => (Test::Null, false),
        "ipaddress" => (Test::Ip, false),
        "notipaddress" => (Test::Ip, true),
        "numericequals" => (Test::Number(Order::Equal), false),
        "numericnotequals" => (Test::Number(Order::Equal), true),
        "numericlessthan" => (Test::Number(Order::Less), false),
        "numericlessthanequals" => (Test::Number(Order::LessOrEqual), false),
        "numericgreaterthan" => (Test::Number(Order::Greater), false),
        "numericgreaterthanequals" => (Test::Number(Order::GreaterOrEqual), false),
        // Negation matters also for an unknown operator: on a key that the request lacks, a negated
        // one holds.
        name => (Test::Other, name.contains("not")),
    }
}

fn subject(key: &str) -> Subject {
    match key.to_ascii_lowercase().as_str() {
        "aws:sourcearn" => Subject::SourceArn,
        "aws:sourceaccount" => Subject::SourceAccount,
        "aws:securetransport" => Subject::SecureTransport,
        "s3:tlsversion" => Subject::TlsVersion,
        "aws:principalisawsservice" => Subject::IsService,
        "aws:principalservicename" => Subject::ServiceName,
        "aws:sourceip" => Subject::SourceIp,
        "aws:sourcevpc" | "aws:sourcevpce" | "aws:vpcsourceip" | "aws:sourcevpcarn" => Subject::Vpc,
        "aws:principalorgid" | "aws:principalorgpaths" => Subject::Organization,
        "aws:resourceaccount" | "s3:resourceaccount" => Subject::ResourceAccount,
        "s3:dataaccesspointarn" => Subject::AccessPoint,
        "s3:dataaccesspointaccount" => Subject::AccessPointAccount,
        "lambda:functionurlauthtype" => Subject::FunctionUrlAuthType,
        "lambda:invokedviafunctionurl" => Subject::ViaFunctionUrl,
        _ => Subject::Other,
    }
}

impl Subject {
    fn value<'a>(self, question: &Question<'a>) -> Value<'a> {
        let known = |text: Option<&'a str>| {
            text.map_or(Value::Unknown, |text| Value::Known(Text::Is(text)))
        };
        match (self, question.asker) {
            (Self::SourceArn, Asker::CloudFront { source_arn, .. }) => {
                source_arn.map_or(Value::Unknown, Value::Known)
            }
            (Self::SourceAccount, Asker::CloudFront { source_account, .. }) => {
                known(source_account)
            }
            // Of an identity's requests those of HTTPS viewers: they are the ones that must work.
            (Self::SecureTransport, Asker::CloudFront { .. } | Asker::Identity { .. }) => {
                known(Some("true"))
            }
            (Self::SecureTransport, Asker::Anonymous { tls }) => {
                known(Some(if tls { "true" } else { "false" }))
            }
            (
                Self::TlsVersion,
                Asker::CloudFront { .. } | Asker::Identity { .. } | Asker::Anonymous { tls: true },
            ) => Value::Tls,
            (Self::IsService, Asker::CloudFront { .. }) => known(Some("true")),
            (Self::ServiceName, Asker::CloudFront { .. }) => known(Some(Asker::CLOUDFRONT)),
            // Only services name the resource that they act for.
            (Self::SourceArn | Self::SourceAccount | Self::ServiceName | Self::Vpc, _)
            | (Self::Organization, Asker::CloudFront { .. } | Asker::Anonymous { .. }) => {
                Value::Absent
            }
            // Which of CloudFront's addresses a request comes from changes, so a list has to hold
            // all of them.
            (Self::SourceIp, _) => Value::CloudFrontAddress,
            (Self::ResourceAccount, _) => known(question.resource_account),
            _ => self.of_way(question.via),
        }
    }

    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html#access-points-condition-keys>,
    /// <https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html>
    fn of_way(self, via: Via<'_>) -> Value<'_> {
        match (self, via) {
            (Self::AccessPoint, Via::AccessPoint { arn, .. }) => Value::Known(Text::Is(arn)),
            (Self::AccessPointAccount, Via::AccessPoint { account, .. }) => {
                account.map_or(Value::Unknown, |it| Value::Known(Text::Is(it)))
            }
            (Self::AccessPoint | Self::AccessPointAccount, Via::Directly) => Value::Absent,
            (Self::FunctionUrlAuthType, Via::FunctionUrl(auth_type)) => {
                Value::Known(Text::Is(auth_type))
            }
            (Self::ViaFunctionUrl, Via::FunctionUrl(_)) => Value::Known(Text::Is("true")),
            _ => Value::Unknown,
        }
    }
}

/// Each of an ARN's six parts is matched by itself, so that no `*` reaches over a colon.
fn arn_truth(pattern: &str, text: Text<'_>) -> Truth {
    let (arn, rest_is_open) = match text {
        Text::Is(arn) => (arn, false),
        Text::Below(arn) => (arn, true),
    };
    let mut patterns = pattern.splitn(6, ':');
    let mut parts = arn.splitn(6, ':');
    let mut all = Truth::Yes;
    for at in 0..6 {
        // What is no ARN is for AWS to read.
        let (Some(pattern), Some(part)) = (patterns.next(), parts.next()) else {
            return all.and(Truth::Maybe);
        };
        // Only the last part, the resource, has the distribution's ID, which does not exist before
        // the creation.
        let part = if at == 5 && rest_is_open {
            Text::Below(part)
        } else {
            Text::Is(part)
        };
        all = all.and(Glob::of(pattern).truth(part));
    }
    all
}
