//! Which versions of the provider a plan allows.
//!
//! A plan does not record the version that made it, only the constraints of its modules
//! (<https://developer.hashicorp.com/terraform/language/expressions/version-constraints>).

use serde_json::Value;

/// Major, minor and patch.
type Version = (u64, u64, u64);

/// The first version that sends an empty `S3OriginConfig` for an origin of a multi-tenant distribution
/// that has no other config
/// (<https://github.com/hashicorp/terraform-provider-aws/issues/45977>).
const SENDS_S3_CONFIG: Version = (6, 29, 0);

/// Whether every version that the constraints allow sends `S3OriginConfig` for an origin of a
/// multi-tenant distribution that has no config; `None` where some do and others don't.
///
/// `providers` is the plan's `configuration.provider_config`; each module's constraints must hold.
pub(super) fn sends_s3_config(providers: &Value) -> Option<bool> {
    let own = providers.as_object().into_iter().flat_map(|it| it.values());
    let constraints = own
        .filter(|provider| is_aws(provider))
        .filter_map(|provider| provider.get("version_constraint")?.as_str())
        .flat_map(|all| all.split(','));
    // All constraints hold together, so one that decides is enough.
    constraints.into_iter().find_map(decides)
}

fn is_aws(provider: &Value) -> bool {
    let full = provider.get("full_name").and_then(Value::as_str);
    match full {
        Some(full) => full.ends_with("/hashicorp/aws"),
        // Older plans have no full name.
        None => provider.get("name").and_then(Value::as_str) == Some("aws"),
    }
}

/// What one constraint alone decides.
fn decides(constraint: &str) -> Option<bool> {
    let constraint = constraint.trim();
    let at = constraint.find(|c: char| c.is_ascii_digit())?;
    let (operator, text) = constraint.split_at(at);
    let version = parse(text)?;
    let is_later = version >= SENDS_S3_CONFIG;
    match operator.trim() {
        "" | "=" => Some(is_later),
        ">=" | ">" => is_later.then_some(true),
        // Strictly below 6.29.0 also where the bound itself is 6.29.0.
        "<" => (version <= SENDS_S3_CONFIG).then_some(false),
        "<=" => (!is_later).then_some(false),
        "~>" if is_later => Some(true),
        // `~> 6.28.0` allows no 6.29; `~> 6.28` does.
        "~>" => (text.matches('.').count() > 1 && next_minor(version) <= SENDS_S3_CONFIG)
            .then_some(false),
        _ => None,
    }
}

fn next_minor((major, minor, _): Version) -> Version {
    (major, minor.saturating_add(1), 0)
}

/// `6`, `6.28` or `6.28.0`; one with a suffix, such as `6.29.0-beta1`, is none.
fn parse(text: &str) -> Option<Version> {
    let mut parts = text.split('.').map(|part| part.trim().parse().ok());
    let version = (
        parts.next()??,
        parts.next().unwrap_or(Some(0))?,
        parts.next().unwrap_or(Some(0))?,
    );
    parts.next().is_none().then_some(version)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn constraints_decide_where_all_that_they_allow_is_alike() {
        for (constraint, decided) in [
            ("6.28.0", Some(false)),
            ("= 6.28.0", Some(false)),
            ("~> 6.28.0", Some(false)),
            ("< 6.29.0", Some(false)),
            ("<= 6.28.1", Some(false)),
            (">= 6.28.0, < 6.29", Some(false)),
            ("6.49.0", Some(true)),
            (">= 6.29.0", Some(true)),
            (">= 6.0, > 6.30", Some(true)),
            ("~> 6.29", Some(true)),
            ("~> 7.0", Some(true)),
            (">= 5.0", None),
            ("~> 6.0", None),
            ("~> 6.28", None),
            ("< 7.0.0", None),
            ("!= 6.30.0", None),
            ("6.29.0-beta1", None),
            ("", None),
        ] {
            let providers = json!({"aws": {"name": "aws", "full_name": "registry.terraform.io/hashicorp/aws",
                "version_constraint": constraint}});
            assert_eq!(sends_s3_config(&providers), decided, "{constraint}");
        }
    }

    #[test]
    fn the_constraints_of_every_module_hold_and_none_of_another_provider() {
        let providers = json!({
            "aws": {"name": "aws", "full_name": "registry.terraform.io/hashicorp/aws", "version_constraint": ">= 6.0"},
            "module.shops:aws": {"name": "aws", "version_constraint": "~> 6.40"},
            "random": {"name": "random", "full_name": "registry.terraform.io/hashicorp/random", "version_constraint": "3.6.0"},
        });
        assert_eq!(sends_s3_config(&providers), Some(true));
        assert_eq!(
            sends_s3_config(&json!({"random": providers["random"]})),
            None
        );
        assert_eq!(sends_s3_config(&Value::Null), None);
    }
}
