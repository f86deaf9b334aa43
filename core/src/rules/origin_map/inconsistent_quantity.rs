use crate::distribution::Parts;
use crate::finding::Findings;
use crate::rule::Severity;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Lists whose `Quantity` is not the number of their `Items`.
    ///
    /// ## Why is this bad?
    /// CloudFront refuses the config with `InconsistentQuantities` without naming the list. The
    /// usual cause is a config edited by hand, or by a script that added or removed an item.
    ///
    /// In a CloudFormation template, where only a few lists have a `Quantity`, no such refusal is
    /// documented or reported, so there this is a warning.
    ///
    /// CloudFront's model words it: `InconsistentQuantities`, "The value of Quantity and the size of
    /// Items don't match."
    ///
    /// ## Example
    /// ```json
    /// {"Origins": {"Quantity": 2, "Items": [{"Id": "assets"}]}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"Origins": {"Quantity": 1, "Items": [{"Id": "assets"}]}}
    /// ```
    ///
    /// ## How to fix
    /// Check first whether an item was lost or added by mistake; then set `Quantity` to the number
    /// of items. Don't only lower `Quantity`: an origin that was lost leaves its behaviors without
    /// a target.
    ///
    /// ## References
    /// - [UpdateDistribution: InconsistentQuantities](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_UpdateDistribution.html)
    "inconsistent-quantity", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    // What the deployment of a template sends as `Quantity` is CloudFormation's.
    let is_template = case.candidate.exact_expressions;
    // CloudFront's refusal (InconsistentQuantities) is documented for its API; through
    // CloudFormation it was seen nowhere.
    let (severity, consequence) = if is_template {
        (Severity::Warning, "CloudFront may refuse it")
    } else {
        (Severity::Error, "CloudFront refuses it")
    };
    if case.candidate.quantities.is_empty() {
        return;
    }
    let parts = Parts::of(case.candidate);
    for mismatch in &case.candidate.quantities {
        let (list, stated, items) = (&mismatch.list, mismatch.stated, mismatch.items);
        let missing = usize::try_from(stated).is_ok_and(|stated| stated > items);
        let remedy = if missing {
            format!("add the missing items back to {list}, or set its Quantity to {items}")
        } else {
            format!("set the Quantity of {list} to {items}")
        };
        findings
            .add(
                &mismatch.place,
                format!("{list} states Quantity {stated} and has {items} items; {consequence}"),
            )
            .severity(severity)
            .about(parts.at(&mismatch.place))
            .key(list)
            .evidence("Quantity", stated)
            .evidence("items", items)
            .remedy(remedy);
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::distribution::{Place, QuantityMismatch};
    use crate::rules::testing::Scene;

    fn scene(stated: i64, items: usize) -> Scene {
        let mut scene = Scene::s3("assets");
        scene.candidate.quantities.push(QuantityMismatch {
            place: Place::at("/Origins/Quantity"),
            list: "Origins".to_owned(),
            stated,
            items,
        });
        scene
    }

    #[test]
    fn fails_when_items_are_missing() {
        scene(3, 2).fails(
            &RULE,
            expect![[r#"
            error at /Origins/Quantity
              Origins states Quantity 3 and has 2 items; CloudFront refuses it
              help: add the missing items back to Origins, or set its Quantity to 2
        "#]],
        );
    }

    #[test]
    fn fails_when_items_are_too_many() {
        scene(1, 2).fails(
            &RULE,
            expect![[r#"
            error at /Origins/Quantity
              Origins states Quantity 1 and has 2 items; CloudFront refuses it
              help: set the Quantity of Origins to 2
        "#]],
        );
    }

    #[test]
    fn fails_for_a_negative_quantity() {
        scene(-1, 0).fails(
            &RULE,
            expect![[r#"
            error at /Origins/Quantity
              Origins states Quantity -1 and has 0 items; CloudFront refuses it
              help: set the Quantity of Origins to 0
        "#]],
        );
    }

    #[test]
    fn fails_lightly_in_a_template() {
        let mut scene = scene(3, 2);
        scene.candidate.exact_expressions = true;
        let finding = scene.one_finding(&RULE);
        assert_eq!(finding.severity, Severity::Warning);
        assert!(finding.message.ends_with("CloudFront may refuse it"));
    }

    #[test]
    fn passes_where_the_source_found_none() {
        Scene::s3("assets").passes(&RULE);
    }

    #[test]
    fn passes_with_groups_and_behaviors() {
        let scene = Scene::s3("assets")
            .origin("b")
            .group("both", &["main", "b"]);
        scene.behavior("/a", "both").passes(&RULE);
    }

    #[test]
    fn passes_without_origins() {
        let mut scene = Scene::s3("assets");
        scene.candidate.origins.clear();
        scene.passes(&RULE);
    }
}
