//! What an origin's domain cannot be, while the deployment still decides some of it.

use super::host_name::{HostNameError, is_host_byte};
use super::region::SUFFIXES;
use super::{Expression, ExpressionPart, S3Endpoint};
use crate::document::{Nature, Open};

impl HostNameError {
    /// Why an expression is no host name whatever its open parts come to, and the part that decides it.
    #[must_use]
    pub fn of_expression(expression: &Expression) -> Option<(Self, ExpressionPart<'_>)> {
        if let Some(open) = expression.only_symbol() {
            let error = match open.nature() {
                Nature::Url => Self::Scheme,
                Nature::Arn | Nature::Scheme => Self::Port,
                Nature::HostWithPath => Self::Path,
                // A word alone is a host without a dot; as a part of a longer text it may be a
                // label of one.
                Nature::Word | Nature::MadeName => Self::NoDot,
                Nature::IpAddress => Self::IpAddress,
                Nature::Any | Nature::Host | Nature::OfUrl | Nature::OfIp => return None,
            };
            return Some((error, ExpressionPart::Open(open)));
        }
        let parts = || expression.parts().enumerate();
        let last = expression.parts().count() - 1;
        parts().find_map(|(at, part)| {
            let error = match part {
                ExpressionPart::Known(text) => of_part(text, at == 0, at == last),
                ExpressionPart::Open(open) => match open.nature() {
                    Nature::Url => Some(Self::Scheme),
                    Nature::Arn | Nature::Scheme => Some(Self::Port),
                    Nature::HostWithPath => Some(Self::Path),
                    _ => None,
                },
            };
            Some((error?, part))
        })
    }
}

/// Why a known part of a host name cannot be in one.
fn of_part(text: &str, is_first: bool, is_last: bool) -> Option<HostNameError> {
    use HostNameError as E;
    if text.contains("://") {
        return Some(E::Scheme);
    }
    if let Some(other) = text.chars().find(|c| !is_host_byte(*c)) {
        return Some(match other {
            _ if text.contains(':') => E::Port,
            _ if text.contains('/') => E::Path,
            '*' => E::Wildcard,
            _ => E::Character(other),
        });
    }
    if text.contains("..") || is_first && text.starts_with('.') {
        return Some(E::EmptyLabel);
    }
    (is_last && text.ends_with('.')).then_some(E::TrailingDot)
}

impl S3Endpoint {
    /// Whether an expression is no S3 host whatever its open parts come to.
    #[must_use]
    pub fn is_never(expression: &Expression) -> bool {
        if Self::is_form(expression) {
            return false;
        }
        match expression.parts().last() {
            None => true,
            Some(ExpressionPart::Open(open)) if !is_suffix(open) => match open.nature() {
                Nature::Url
                | Nature::Arn
                | Nature::IpAddress
                | Nature::Host
                | Nature::Scheme
                | Nature::HostWithPath
                | Nature::OfUrl
                | Nature::OfIp => true,
                Nature::Word | Nature::MadeName => expression.only_symbol().is_some(),
                Nature::Any => false,
            },
            _ => ends_otherwise(expression),
        }
    }
}

/// Whether the known end of an expression is not that of an S3 host.
fn ends_otherwise(expression: &Expression) -> bool {
    let end = known_end(expression);
    let may_be_s3 = |suffix: &str| end.ends_with(suffix) || suffix.ends_with(end.as_str());
    if !SUFFIXES.iter().any(|(suffix, _)| may_be_s3(suffix)) {
        return true;
    }
    // With the service and the region in it, S3's own reader has decided.
    let labels = SUFFIXES
        .iter()
        .find_map(|(suffix, _)| end.strip_suffix(suffix));
    labels.is_some_and(|labels| labels.matches('.').count() >= 2)
}

/// What follows the last part of which nothing is known; one word stands for another.
fn known_end(expression: &Expression) -> String {
    let mut end = String::new();
    for part in expression.parts() {
        match part {
            ExpressionPart::Known(text) => end.push_str(text),
            ExpressionPart::Open(open) if is_suffix(open) => end.push_str("amazonaws.com"),
            ExpressionPart::Open(open) if open.nature().is_word() => end.push('x'),
            // What is open may end with anything, a dot and more labels too, so only what follows
            // it is known.
            ExpressionPart::Open(_) => end.clear(),
        }
    }
    end.to_ascii_lowercase()
}

fn is_suffix(open: Open<'_>) -> bool {
    open.spelling == "${AWS::URLSuffix}"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Referent, Symbol};

    fn symbol(nature: Nature) -> Expression {
        let referent = Referent::Parameter("X".to_owned());
        Expression::of("${X}", Symbol { referent, nature })
    }

    /// `<` stands for a symbol of this nature.
    fn with(text: &str, nature: Nature) -> Expression {
        let mut whole = Expression::default();
        for (at, known) in text.split('<').enumerate() {
            if at > 0 {
                whole.push(&symbol(nature));
            }
            whole.push_str(known);
        }
        whole
    }

    fn error(text: &str, nature: Nature) -> Option<HostNameError> {
        HostNameError::of_expression(&with(text, nature)).map(|(error, _)| error)
    }

    #[test]
    fn known_parts_and_natures_decide_that_it_is_no_host() {
        use HostNameError as E;
        for (text, nature, expected) in [
            ("<", Nature::Url, E::Scheme),
            ("<", Nature::Arn, E::Port),
            ("<", Nature::Word, E::NoDot),
            ("<", Nature::IpAddress, E::IpAddress),
            ("http://<", Nature::Any, E::Scheme),
            ("<:8443", Nature::Any, E::Port),
            ("<.example.com/prod", Nature::Any, E::Path),
            ("*.<", Nature::Any, E::Wildcard),
            ("<..example.com", Nature::Any, E::EmptyLabel),
            ("<.example.com.", Nature::Any, E::TrailingDot),
            ("a<", Nature::Arn, E::Port),
        ] {
            assert_eq!(error(text, nature), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_may_be_a_host_is_left_open() {
        for (text, nature) in [
            ("<", Nature::Any),
            ("<", Nature::Host),
            ("<.example.com", Nature::Word),
            ("api.<", Nature::Any),
            ("<.<", Nature::Any),
            ("a.<", Nature::IpAddress),
        ] {
            assert_eq!(error(text, nature), None, "{text}");
        }
    }

    #[test]
    fn the_end_decides_that_it_is_no_s3_host() {
        for (text, nature) in [
            ("<", Nature::Host),
            ("x.<", Nature::Host),
            ("<", Nature::Word),
            ("<.example.com", Nature::Any),
            ("<.execute-api.eu-west-1.amazonaws.com", Nature::Any),
            ("<.execute-api.<.amazonaws.com", Nature::Word),
            ("x.<.elb.amazonaws.com", Nature::Word),
        ] {
            assert!(S3Endpoint::is_never(&with(text, nature)), "{text}");
        }
        for (text, nature) in [
            ("<", Nature::Any),
            ("<.com", Nature::Any),
            ("<.amazonaws.com", Nature::Any),
            ("<.eu-west-1.amazonaws.com", Nature::Any),
            ("<.s3.<.amazonaws.com", Nature::Any),
            ("<.s3.<.amazonaws.com", Nature::Word),
            ("assets.s3.<", Nature::Any),
            ("assets.<", Nature::Word),
            ("assets-<.s3-accesspoint.<.amazonaws.com", Nature::Word),
            ("<.s3-accelerate.amazonaws.com", Nature::MadeName),
            ("<.<.s3-outposts.eu-west-1.amazonaws.com", Nature::Word),
            ("assets-<.s3-object-lambda.<.amazonaws.com", Nature::Word),
            (
                "<--use1-az4--x-s3.s3express-use1-az4.<.amazonaws.com",
                Nature::Word,
            ),
            ("s3.<.amazonaws.com", Nature::Word),
        ] {
            assert!(!S3Endpoint::is_never(&with(text, nature)), "{text}");
        }
    }
}
