//! Short texts that would never end, or take all of the stack, the memory or the time.

use super::*;

/// A template with one distribution, and `beside` in front of its resources.
fn cdn(sections: &str, resources: &str, domain: &str) -> String {
    format!(
        "{sections}\nResources:\n{resources}\n  Cdn:\n    Type: AWS::CloudFront::Distribution\n    \
         Properties: {{DistributionConfig: {{Origins: [{{Id: a, DomainName: {domain}}}]}}}}\n"
    )
}

fn problem(text: &str) -> String {
    let options = ReadOptions::default();
    let read = read_documents(Source::File, "t.yaml", text.as_bytes(), &options);
    read.unwrap_err().to_string()
}

#[test]
fn a_mapping_that_refers_to_itself_is_refused() {
    let text = cdn(
        "Mappings: {M: {a: {x: !FindInMap [M, a, x]}}}",
        "",
        "!FindInMap [M, a, x]",
    );
    let problem = problem(&text);
    assert!(problem.contains("holds no functions"), "{problem}");
}

#[test]
fn a_long_chain_of_conditions_is_refused() {
    let chain = (1..5_000).map(|at| format!("  C{at}: !Condition C{}", at - 1));
    let chain = chain.collect::<Vec<_>>().join("\n");
    let sections = format!("Conditions:\n  C0: !Equals [a, a]\n{chain}");
    let problem = problem(&cdn(&sections, "", "!If [C4999, a, b]"));
    assert!(problem.contains("more than 150 deep"), "{problem}");
    let all = candidates(&cdn(&sections, "", "!If [C50, a.example.com, b]"));
    assert!(
        all[0].distribution.origins[0]
            .domain_name
            .is("a.example.com")
    );
}

#[test]
fn a_long_chain_of_names_is_refused() {
    let chain = (1..4_000).map(|at| {
        let properties = format!("{{BucketName: !Ref B{}}}", at - 1);
        format!("  B{at}: {{Type: 'AWS::S3::Bucket', Properties: {properties}}}\n")
    });
    let chain = chain.collect::<Vec<_>>().concat();
    let first = "  B0: {Type: 'AWS::S3::Bucket', Properties: {BucketName: abc}}\n";
    let problem = problem(&cdn("", &format!("{first}{chain}"), "!Ref B3999"));
    assert!(problem.contains("more than 150 deep"), "{problem}");
    // Read in the order of the document, each name is a step away from the one before it.
    let all = candidates(&format!(
        "Resources:\n{first}{chain}  Cdn: {{Type: 'AWS::CloudFront::Distribution', Properties: {{DistributionConfig: {{}}}}}}\n"
    ));
    let bucket = BucketName::new("abc");
    assert!(all[0].planned.buckets.contains_key(&bucket));
}

#[test]
fn many_references_of_a_text_are_read_one_after_the_other() {
    let references = "{{resolve:a}}".repeat(20_000);
    let text = evaluate::looked_up(&Expression::known(format!("x{references}y")));
    let expected = format!("x{}y", "${resolve:a}".repeat(20_000));
    assert_eq!(text.spelling(), expected);
    assert_eq!(text.symbols().count(), 20_000);
    for (text, expected) in [
        ("{{resolve:a", "{{resolve:a"),
        ("a{{resolve:b}}c{{resolve:d", "a{{resolve:b}}c{{resolve:d"),
        ("{{resolve:a}}-${B}", "${resolve:a}-${B}"),
        ("{{tenant}}.x{{resolve:b}}", "{{tenant}}.x${resolve:b}"),
    ] {
        let looked_up = evaluate::looked_up(&Expression::known(text));
        assert_eq!(looked_up.spelling(), expected);
    }
}

/// Texts of a few kilobytes that would resolve to gigabytes, or take years.
#[test]
fn what_grows_without_bound_is_refused() {
    let long = "x".repeat(2_000);
    let many = vec!["!Ref Long"; 200].join(", ");
    let commas = ",".repeat(1_100_000);
    let doubled: String = (1..40).fold("${Long}".to_owned(), |inner, _| {
        format!("!Sub ['${{a}}${{a}}${{a}}${{a}}', {{a: {inner}}}]")
    });
    let doubled = doubled.replace("${Long}", "!Ref Long");
    for value in [
        format!("!Join [!Join ['', [{many}]], [{}a]]", "a, ".repeat(2_000)),
        doubled,
        "!Select [0, !Ref Commas]".to_owned(),
        "!Select [0, !Split [',', !Ref Text]]".to_owned(),
    ] {
        let text = format!(
            "Parameters:\n  Long: {{Type: String, Default: {long}}}\n  Text: {{Type: String, Default: '{commas}'}}\n  \
             Commas: {{Type: CommaDelimitedList, Default: '{commas}'}}\nResources:\n  Cdn:\n    Type: \
             AWS::CloudFront::Distribution\n    Properties: {{DistributionConfig: {{Comment: [{}x]}}}}\n",
            format!("{value}, ").repeat(4)
        );
        let error = read_documents(
            Source::File,
            "t.yaml",
            text.as_bytes(),
            &ReadOptions::default(),
        );
        let error = error.unwrap_err().to_string();
        assert!(
            error.contains("resolving it makes more than"),
            "{value:.80}: {error}"
        );
    }
}

/// Every value keeps the way to it.
#[test]
fn the_ways_to_values_weigh_too() {
    let key = "k".repeat(20_000);
    let many = "1, ".repeat(5_000);
    let config = format!("{{DistributionConfig: {{'{key}': [{many}]}}}}");
    let resource = format!("  B: {{Type: 'AWS::CloudFront::Distribution', Properties: {config}}}");
    let error = problem(&cdn("", &resource, "a.example.com"));
    let text = "resolving it makes more than";
    assert!(error.contains(text), "{error:.200}");
    let (not, end) = ("{'Fn::Not': [".repeat(90), "]}".repeat(90));
    let name = "C".repeat(1_000_000);
    let sections = format!("Conditions: {{? {name}\n: {not}{{'Fn::Equals': [a, b]}}{end}}}");
    let error = problem(&cdn(&sections, "", &format!("!If [{name}, a, b]")));
    assert!(error.contains(text), "{error:.200}");
}

/// Each of them is looked through by whatever refers to what is in it.
#[test]
fn what_has_many_keys_is_not_looked_through_without_end() {
    let keys = |count| {
        let keys: Vec<String> = (0..count).map(|at| format!("k{at}: v, ")).collect();
        keys.concat()
    };
    let many = keys(20_000);
    let lookups = |one: &str| vec![one; 500].join(", ");
    let sub = format!("!Sub ['{}', {{{many}}}]", "${k19999}".repeat(500));
    let first = format!("M: {{{}}}", many.replace(": v", ": {x: v}"));
    let second = format!("M: {{x: {{{many}}}}}");
    for (mappings, value) in [
        ("", sub),
        (
            &*first,
            format!("[{}]", lookups("!FindInMap [M, k19999, x]")),
        ),
        (
            &*second,
            format!("[{}]", lookups("!FindInMap [M, x, k19999]")),
        ),
    ] {
        let comment = format!("{{DistributionConfig: {{Comment: {value}}}}}");
        let resource =
            format!("  B: {{Type: 'AWS::CloudFront::Distribution', Properties: {comment}}}");
        let sections = format!("Mappings: {{{mappings}}}");
        let problem = problem(&cdn(&sections, &resource, "a.example.com"));
        let text = "resolving it makes more than";
        assert!(problem.contains(text), "{problem:.200}");
    }
    let many = keys(2_501);
    for (sections, resource) in [
        (
            format!("Parameters: {{P: {{{many}Type: String}}}}"),
            String::new(),
        ),
        (
            String::new(),
            format!("  B: {{{many}Type: 'AWS::S3::Bucket'}}"),
        ),
        (
            String::new(),
            format!("  B: {{Type: 'AWS::S3::Bucket', Properties: {{{many}}}}}"),
        ),
    ] {
        let problem = problem(&cdn(&sections, &resource, "a.example.com"));
        assert!(problem.contains("more than 2500 keys"), "{problem:.200}");
    }
}
