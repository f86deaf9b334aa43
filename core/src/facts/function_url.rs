use super::{Facts, Unknown};
use crate::distribution::{At, Value};
use crate::document::Referent;
use crate::policy::Policy;

/// A Lambda function URL that a source makes, and who may call it
/// (<https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionUrl {
    /// The function, by its logical ID, address or name.
    pub function: String,
    /// Whom it answers; `None` where only the deployment knows.
    pub auth_type: Option<AuthType>,
    /// The policy that the source's permissions make for the function.
    pub policy: Policy,
    /// What beside them may let more callers in.
    pub others: Option<Unknown>,
}

/// `AuthType` of a function URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthType {
    /// `AWS_IAM`: only signed requests.
    Iam,
    /// `NONE`: also requests without a signature.
    None,
}

impl AuthType {
    /// Reads what a source spells.
    #[must_use]
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "AWS_IAM" => Some(Self::Iam),
            "NONE" => Some(Self::None),
            _ => None,
        }
    }

    /// As AWS spells it.
    #[must_use]
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Iam => "AWS_IAM",
            Self::None => "NONE",
        }
    }
}

impl Facts {
    /// The function URL that an origin's domain names, where the source makes it.
    #[must_use]
    pub(crate) fn function_url(&self, domain: &At<String>) -> Option<&FunctionUrl> {
        if self.function_urls.is_empty() {
            return None;
        }
        match &domain.value {
            Value::Known(host) => self.function_urls.get(host.as_str()),
            Value::Symbolic(expression) => {
                let referent = &expression.only_symbol()?.symbol?.referent;
                self.function_urls.get(function_url_of(referent)?)
            }
        }
    }
}

/// The logical ID or address of the function URL whose host something is a piece of.
fn function_url_of(referent: &Referent) -> Option<&str> {
    match referent {
        Referent::PieceOf(whole) => function_url_of(whole),
        Referent::Attribute { of, attribute } if attribute == "FunctionUrl" => Some(of),
        // A plan tells no more of an origin's domain than what it is made from.
        Referent::MadeFrom(references) if !references.contains(' ') => references
            .strip_suffix(".function_url")
            .or(references.strip_suffix(".url_id")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_is_found_by_what_the_domain_is_made_from() {
        let attribute = |name: &str| Referent::Attribute {
            of: "FnUrl".to_owned(),
            attribute: name.to_owned(),
        };
        let piece = |of: Referent| Referent::PieceOf(Box::new(of));
        let made = |text: &str| Referent::MadeFrom(text.to_owned());
        for (referent, url) in [
            (piece(attribute("FunctionUrl")), Some("FnUrl")),
            (piece(piece(attribute("FunctionUrl"))), Some("FnUrl")),
            (piece(attribute("FunctionArn")), None),
            (
                made("module.a.aws_lambda_function_url.api.url_id"),
                Some("module.a.aws_lambda_function_url.api"),
            ),
            (
                made("aws_lambda_function_url.api.function_url"),
                Some("aws_lambda_function_url.api"),
            ),
            (made("aws_lambda_function_url.api.url_id var.region"), None),
            (made("aws_s3_bucket.a.id"), None),
        ] {
            assert_eq!(function_url_of(&referent), url, "{referent:?}");
        }
    }
}
