use crate::finding::Findings;
use crate::rules::{Case, OriginMap, Resolution, Target};

rule! {
    /// ## What it does
    /// Behaviors that target an origin group and allow POST, PUT, PATCH or DELETE.
    ///
    /// ## Why is this bad?
    /// CloudFront refuses the config with `InvalidArgument`: "The parameter AllowedMethods cannot
    /// include POST, PUT, PATCH, or DELETE for a cached behavior associated with an origin group".
    /// A write that failed half-way at one origin must not be repeated at another.
    ///
    /// ## Example
    /// ```json
    /// {"PathPattern": "/files/*", "TargetOriginId": "files-with-standby", "AllowedMethods":
    ///   {"Items": ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"PathPattern": "/files/*", "TargetOriginId": "files-with-standby", "AllowedMethods":
    ///   {"Items": ["GET", "HEAD", "OPTIONS"]}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// OriginGroups:
    ///   Quantity: 1
    ///   Items:
    ///     - Id: files-with-standby
    ///       FailoverCriteria: {StatusCodes: {Quantity: 1, Items: [503]}}
    ///       Members: {Quantity: 2, Items: [{OriginId: primary}, {OriginId: standby}]}
    /// CacheBehaviors:
    ///   - PathPattern: /files/*
    ///     TargetOriginId: files-with-standby
    ///     ViewerProtocolPolicy: redirect-to-https
    ///     AllowedMethods: [GET, HEAD, OPTIONS, PUT, POST, PATCH, DELETE]
    /// # good
    /// OriginGroups:
    ///   Quantity: 1
    ///   Items:
    ///     - Id: files-with-standby
    ///       FailoverCriteria: {StatusCodes: {Quantity: 1, Items: [503]}}
    ///       Members: {Quantity: 2, Items: [{OriginId: primary}, {OriginId: standby}]}
    /// CacheBehaviors:
    ///   - PathPattern: /files/*
    ///     TargetOriginId: files-with-standby
    ///     ViewerProtocolPolicy: redirect-to-https
    ///     AllowedMethods: [GET, HEAD, OPTIONS]
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// ordered_cache_behavior {
    ///   path_pattern     = "/files/*"
    ///   target_origin_id = "files-with-standby" # an origin_group
    ///   allowed_methods  = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
    /// }
    /// # good
    /// ordered_cache_behavior {
    ///   path_pattern     = "/files/*"
    ///   target_origin_id = "files-with-standby"
    ///   allowed_methods  = ["GET", "HEAD", "OPTIONS"]
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Allow only GET, HEAD and OPTIONS, and give the paths that receive writes a separate behavior
    /// that targets an origin. Don't point this behavior at the group's first member: its reads
    /// lose their failover.
    ///
    /// ## References
    /// - [Origin failover](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html)
    /// - [AllowedMethods](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_AllowedMethods.html)
    "group-with-write-methods", Behaviors, Error, check
}

/// The methods that never fail over.
const WRITES: [&str; 4] = ["POST", "PUT", "PATCH", "DELETE"];

fn check(case: &Case<'_>, map: &OriginMap<'_>, findings: &mut Findings) {
    for behavior in case.candidate.all_behaviors() {
        let methods = &behavior.methods;
        // CloudFront refuses another case, which is another rule's.
        let is_write = |method: &&String| WRITES.iter().any(|it| method.eq_ignore_ascii_case(it));
        if !methods.allowed.iter().any(|method| is_write(&method)) {
            continue;
        }
        let Resolution::Found(Target::Group(group)) = map.resolve(&behavior.target_origin_id)
        else {
            continue;
        };
        let writes: Vec<&str> = methods
            .allowed
            .iter()
            .filter(is_write)
            .map(String::as_str)
            .collect();
        findings
            .add(
                methods.place.as_ref().unwrap_or(&behavior.place),
                format!(
                    "{} targets origin group `{}` and allows {}, which never fail over",
                    behavior.name(),
                    group.id,
                    writes.join(", ")
                ),
            )
            .target(case.reach(), group.id.spelling())
            .behavior(behavior)
            .related(&behavior.target_origin_id.place, "the target is an origin group")
            .remedy(
                "set AllowedMethods to GET, HEAD and OPTIONS, and send writes to an origin through a \
                 behavior of their own",
            );
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::distribution::Place;
    use crate::rules::testing::Scene;

    fn scene(target: &str, methods: &[&str]) -> Scene {
        let scene = Scene::s3("assets")
            .origin("b")
            .group("both", &["main", "b"]);
        scene
            .behavior("/files/*", target)
            .with_behavior(|behavior| {
                behavior.methods.place = Some(Place::at("/methods"));
                behavior.methods.allowed = methods.iter().map(ToString::to_string).collect();
            })
    }

    const ALL: [&str; 7] = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"];

    #[test]
    fn fails_for_all_methods_on_a_group() {
        scene("both", &ALL).fails(&RULE, expect![[r#"
            error at /methods
              cache behavior 0 `/files/*` targets origin group `both` and allows PUT, POST, PATCH, DELETE, which never fail over
              help: set AllowedMethods to GET, HEAD and OPTIONS, and send writes to an origin through a behavior of their own
              see /both: the target is an origin group
              origin: both
              paths: `/files/*`
        "#]]);
    }

    #[test]
    fn fails_for_one_write() {
        scene("both", &["GET", "HEAD", "POST"]).fails(&RULE, expect![[r#"
            error at /methods
              cache behavior 0 `/files/*` targets origin group `both` and allows POST, which never fail over
              help: set AllowedMethods to GET, HEAD and OPTIONS, and send writes to an origin through a behavior of their own
              see /both: the target is an origin group
              origin: both
              paths: `/files/*`
        "#]]);
    }

    #[test]
    fn fails_for_a_write_in_lower_case() {
        scene("both", &["GET", "HEAD", "post"]).one_finding(&RULE);
    }

    #[test]
    fn fails_for_the_default_behavior() {
        let scene = Scene::s3("assets")
            .group("both", &["main", "b"])
            .default_target("both");
        let scene = scene.with_behavior(|b| b.methods.allowed = vec!["DELETE".to_owned()]);
        scene.fails(&RULE, expect![[r#"
            error at /behaviors/default
              the default cache behavior targets origin group `both` and allows DELETE, which never fail over
              help: set AllowedMethods to GET, HEAD and OPTIONS, and send writes to an origin through a behavior of their own
              see /both: the target is an origin group
              origin: both
              paths: `*`
        "#]]);
    }

    #[test]
    fn passes_for_reads() {
        scene("both", &ALL[..3]).passes(&RULE);
        scene("both", &[]).passes(&RULE);
    }

    #[test]
    fn passes_for_writes_to_an_origin() {
        scene("main", &ALL).passes(&RULE);
    }

    #[test]
    fn passes_for_a_target_that_only_the_deployment_knows() {
        scene("${Target}", &ALL).passes(&RULE);
    }
}
