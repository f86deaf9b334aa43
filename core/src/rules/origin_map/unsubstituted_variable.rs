use crate::distribution::{Distribution, LiteralVariable, Origin};
use crate::finding::Findings;
use crate::rule::Severity;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// `${Name}` in a plain text of a CloudFormation template, where `Name` is a parameter, a resource or
    /// a pseudo parameter of it.
    ///
    /// ## Why is this bad?
    /// CloudFormation fills in variables only within `Fn::Sub`. Anywhere else the text reaches
    /// CloudFront as it is written: it refuses the domain `${Bucket}.s3.eu-west-1.amazonaws.com`, and no
    /// path `/${Stage}` and no access control `${Control}` exists. Only an origin's own ID may be such a
    /// text, where what refers to it is the same; that is a warning.
    ///
    /// Placeholders of other tools, such as `${self:provider.stage}`, are not reported.
    ///
    /// ## Example
    /// ```json
    /// {"DomainName": "${Assets}.s3.eu-west-1.amazonaws.com"}
    /// ```
    /// Use instead:
    /// ```json
    /// {"DomainName": {"Fn::Sub": "${Assets}.s3.eu-west-1.amazonaws.com"}}
    /// ```
    ///
    /// ## How to fix
    /// Put the text into `Fn::Sub` (`!Sub` in YAML), or refer to the resource with `Ref` or `Fn::GetAtt`. Where the
    /// braces are meant literally, write `Fn::Sub` with `${!Name}`.
    ///
    /// ## References
    /// - [Fn::Sub](https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-sub.html)
    "unsubstituted-variable", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for literal in &case.candidate.variables {
        let variable = &literal.variable;
        let field = field(literal);
        let origin = origin(case.candidate, literal);
        let of = origin.map_or_else(String::new, |origin| {
            format!(" of origin {}", origin.name())
        });
        let finding = findings.add(
            &literal.place,
            format!(
                "{field}{of} holds `{variable}` in a plain text, and CloudFormation fills in \
                 variables only within Fn::Sub: CloudFront gets the text as it is written"
            ),
        );
        finding.evidence("variable", variable).remedy(format!(
            "put the text of {field} into Fn::Sub (`!Sub` in YAML)"
        ));
        // Such a text works as an ID, as long as both sides spell it alike, and as a header's
        // value.
        if matches!(field, "Id" | "TargetOriginId" | "OriginId" | "HeaderValue") {
            finding.severity(Severity::Warning);
        }
        if let Some(origin) = origin {
            finding.origin(case.reach(), origin);
        }
    }
}

/// The field in which it stands, whatever function is around it.
fn field(literal: &LiteralVariable) -> &str {
    let is_field = |step: &&str| {
        step.starts_with(|c: char| c.is_ascii_uppercase()) && !matches!(*step, "Items" | "Ref")
    };
    // Within a function's arguments the steps are numbers and names of functions, not members.
    let way = literal.place.pointer.split("/Fn::").next();
    let mut steps = way.unwrap_or_default().rsplit('/');
    steps.find(is_field).unwrap_or("the config")
}

fn origin<'a>(candidate: &'a Distribution, literal: &LiteralVariable) -> Option<&'a Origin> {
    let mut origins = candidate.origins.iter();
    origins.find(|origin| literal.place.is_within(&origin.place))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distribution::Place;
    use crate::rules::testing::Scene;

    fn with(pointer: &str) -> Scene {
        let mut scene = Scene::s3("assets");
        let place = Place::at(format!(
            "{}{pointer}",
            scene.candidate.origins[0].place.pointer
        ));
        scene.candidate.variables.push(LiteralVariable {
            place,
            variable: "${Bucket}".to_owned(),
        });
        scene
    }

    #[test]
    fn fails_for_a_domain() {
        let finding = with("/DomainName").one_finding(&RULE);
        assert!(
            finding
                .message
                .starts_with("DomainName of origin `main` holds `${Bucket}`")
        );
        assert!(finding.blocks());
        assert_eq!(finding.path_patterns, ["*"]);
    }

    #[test]
    fn fails_for_a_part_of_a_domain() {
        let finding = with("/DomainName/Fn::Join/1/0").one_finding(&RULE);
        assert!(
            finding
                .remediation
                .contains("the text of DomainName into Fn::Sub")
        );
    }

    #[test]
    fn fails_lightly_for_an_id() {
        assert!(!with("/Id").one_finding(&RULE).blocks());
    }

    #[test]
    fn passes_without_one() {
        Scene::s3("assets").passes(&RULE);
    }

    #[test]
    fn passes_for_a_symbol() {
        Scene::custom("${Host}").passes(&RULE);
    }

    #[test]
    fn passes_for_the_placeholder_of_another_tool() {
        Scene::custom("${self:custom.host}").passes(&RULE);
    }
}
