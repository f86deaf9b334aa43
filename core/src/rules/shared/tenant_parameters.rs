use crate::distribution::{At, Origin};
use crate::finding::Findings;
use crate::rule::Severity;
use crate::rules::Case;

/// Reports the parameters of tenants in a field of an origin that the distribution does not define. That
/// CloudFront refuses them is documented nowhere, so they are warnings.
pub(in crate::rules) fn undefined_parameters(
    case: &Case<'_>,
    origin: &Origin,
    name: &str,
    field: &At<String>,
    findings: &mut Findings,
) {
    let Some(defined) = &case.candidate.tenant_parameters else {
        return;
    };
    let Some(expression) = field.symbolic().filter(|_| case.candidate.multi_tenant) else {
        return;
    };
    let parameters = expression.symbols().filter_map(|open| {
        let name = open.spelling.strip_prefix("{{")?.strip_suffix("}}")?;
        Some(name.trim())
    });
    for parameter in parameters.filter(|it| !defined.iter().any(|other| other == it)) {
        findings
            .add(
                &field.place,
                format!(
                    "the {name} of origin {} holds the tenant parameter `{{{{{parameter}}}}}`, which \
                     TenantConfig does not define: no tenant can give it a value",
                    origin.name()
                ),
            )
            .severity(Severity::Warning)
            .key(parameter)
            .origin(case.reach(), origin)
            .remedy(format!(
                "add `{parameter}` to TenantConfig.ParameterDefinitions, or use a parameter that it defines"
            ));
    }
}
