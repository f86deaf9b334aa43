//! `Fn::ForEach`.

use super::*;

#[test]
fn loops_are_written_out() {
    let text = r"
Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList, Default: 'x, y'}}
Resources:
  Fn::ForEach::Sites:
    - Name
    - !Ref Names
    - Cdn${Name}:
        Type: AWS::CloudFront::Distribution
        Properties:
          DistributionConfig:
            Origins: [{Id: !Ref Name, DomainName: !Sub '${Name}.example.com'}]
";
    let all = candidates(text);
    let names: Vec<_> = all
        .iter()
        .filter_map(|it| Some(it.provenance.resource.as_ref()?.as_str()))
        .collect();
    assert_eq!(names, ["Cdnx", "Cdny"]);
    assert!(all[1].distribution.origins[0].id.is("y"));
    assert!(
        all[1].distribution.origins[0]
            .domain_name
            .is("y.example.com")
    );
}

#[test]
fn loops_in_loops_are_bounded_even_where_they_make_nothing() {
    let items = vec!["x"; 100].join(", ");
    let around = |inner: &str, name: &str| {
        format!("{{'Fn::ForEach::{name}': [{name}, [{items}], {inner}]}}")
    };
    let nested = ["A", "B", "C", "D", "E", "F"]
        .iter()
        .fold("{}".to_owned(), |inner, name| around(&inner, name));
    let long = format!("'{}', y", "${A}".repeat(1_000));
    let grown = format!(
        "{{'Fn::ForEach::A': [A, [{}], {{'Fn::ForEach::B': [B, [{long}], {{'Fn::ForEach::C': [C, ['{}'], {{X: '${{C}}'}}]}}]}}]}}",
        "x".repeat(1_000),
        "${B}".repeat(1_000)
    );
    for resources in [nested, grown] {
        let text = format!("Transform: AWS::LanguageExtensions\nResources: {resources}\n");
        let error = read_documents(
            Source::File,
            "t.yaml",
            text.as_bytes(),
            &ReadOptions::default(),
        );
        let error = error.unwrap_err().to_string();
        assert!(error.contains("its loops make more than"), "{error}");
    }
}

#[test]
fn long_texts_in_loops_are_bounded_too() {
    let items = vec!["x"; 500].join(", ");
    let long = "L".repeat(40_000);
    let deep = format!("{}1{}", "[".repeat(190), "]".repeat(190));
    for body in [
        format!("A: {long}"),
        format!("{long}: 1"),
        format!("A: {{'{long}{long}{long}{long}{long}{long}{long}{long}': {deep}}}"),
    ] {
        let loops = format!("Fn::ForEach::A: [A, [{items}], {{{body}}}]");
        let text = format!("Transform: AWS::LanguageExtensions\nResources:\n  {loops}\n");
        let options = ReadOptions::default();
        let read = read_documents(Source::File, "t.yaml", text.as_bytes(), &options);
        let error = read.unwrap_err().to_string();
        assert!(error.contains("its loops make more than"), "{error:.200}");
    }
}

/// A loop over a collection that makes a distribution each, with a target that no origin has.
fn sites(sections: &str, collection: &str) -> String {
    format!(
        "Transform: AWS::LanguageExtensions\n{sections}\nResources:\n  Fn::ForEach::Sites:\n    - Name\n    - {collection}\n    \
         - Cdn${{Name}}:\n        Type: AWS::CloudFront::Distribution\n        Properties: {{DistributionConfig: {{Origins: \
         [{{Id: a, DomainName: !Sub '${{Name}}.example.com'}}], DefaultCacheBehavior: {{TargetOriginId: nope}}}}}}\n"
    )
}

fn domains(text: &str, options: &ReadOptions) -> Vec<String> {
    let all = read_documents(Source::File, "t.yaml", text.as_bytes(), options).unwrap();
    let domains = all
        .iter()
        .map(|it| it.distribution.origins[0].domain_name.spelling().to_owned());
    domains.collect()
}

#[test]
fn a_loop_goes_over_whatever_the_template_and_its_parameters_say() {
    let sections = "Parameters: {Names: {Type: CommaDelimitedList, Default: 'x, y'}, One: {Type: String, Default: x}}\n\
                    Mappings: {M: {sites: {names: [x, y]}}}";
    for collection in [
        "!Ref Names",
        "!FindInMap [M, sites, names]",
        "!Split [',', 'x,y']",
        "[!Ref One, y]",
        "[!Ref One, !Ref AWS::NoValue, y]",
    ] {
        let text = sites(sections, collection);
        let options = ReadOptions::default();
        assert_eq!(
            domains(&text, &options),
            ["x.example.com", "y.example.com"],
            "{collection}"
        );
    }
    let text = sites(sections, "[1, true]");
    let options = ReadOptions::default();
    assert_eq!(
        domains(&text, &options),
        ["1.example.com", "true.example.com"]
    );
}

#[test]
fn a_loop_goes_over_the_values_that_the_deployment_has() {
    let sections = "Parameters: {Names: {Type: CommaDelimitedList, Default: 'x, y'}}";
    let text = sites(sections, "!Ref Names");
    let all = candidates(&text);
    assert!(
        all[0].notes[0].contains("defaults of `Names`"),
        "{:?}",
        all[0].notes
    );
    let mut options = ReadOptions::default();
    options.deployment.parameters.set("Names", "z");
    assert_eq!(domains(&text, &options), ["z.example.com"]);
}

#[test]
fn distributions_that_a_loop_may_make_are_never_passed_over() {
    let sections = "Parameters: {Names: {Type: CommaDelimitedList}, One: {Type: String}}";
    for collection in [
        "!Ref Names",
        "[!Ref One]",
        "!FindInMap [M, !Ref One, names]",
    ] {
        let text = sites(sections, collection);
        let options = ReadOptions::default();
        let error = read_documents(Source::File, "t.yaml", text.as_bytes(), &options).unwrap_err();
        let error = error.to_string();
        assert!(
            error.contains("makes distributions"),
            "{collection}: {error}"
        );
        assert!(error.contains("`parameters`"), "{collection}: {error}");
    }
}

#[test]
fn what_else_a_loop_may_make_is_not_decided() {
    let text = r"
Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList}}
Resources:
  Fn::ForEach::Buckets: [Name, !Ref Names, {'Bucket${Name}': {Type: 'AWS::S3::Bucket'}}]
  Cdn:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Origins: [{Id: a, DomainName: !GetAtt Bucketx.DomainName}]
        DefaultCacheBehavior: {TargetOriginId: a}
        Fn::ForEach::More: [Name, !Ref Names, {'${Name}': x}]
";
    let judgement = judged(&candidates(text)[0]);
    assert!(judgement.findings.is_empty(), "{:?}", judgement.findings);
    let open = &judgement.unknowns[0].unknown.subject;
    assert!(open.starts_with("${Fn::ForEach (Origins"), "{open}");
}

#[test]
fn the_way_to_a_broken_loop_is_a_json_pointer() {
    let text = "Metadata: {'a/b~c': {'Fn::ForEach::Each': [Id]}}\nResources: {}\n";
    let node = Node::from_yaml(text).unwrap();
    let error = read(&node, &Deployment::default(), usize::MAX).unwrap_err();
    assert_eq!(error.place.pointer, "/Metadata/a~1b~0c/Fn::ForEach::Each");
}
