//! Addresses of resources, and references to them, which are spelt alike.

/// An address such as `module.site["a"].aws_s3_bucket.this[0]`, taken apart.
pub(super) struct Address<'a> {
    /// The modules, from the root's on.
    pub modules: Vec<Step<'a>>,
    /// The resource as its module declares it, such as `aws_s3_bucket.this`.
    pub declared: &'a str,
    /// Which of the resource's instances it is, such as `[0]` or `["a"]`.
    pub index: Option<&'a str>,
}

/// An instance of a module.
pub(super) struct Step<'a> {
    /// The name of its call.
    pub name: &'a str,
    /// Which of the call's instances it is.
    pub index: Option<&'a str>,
    /// What the addresses in it begin with, such as `module.site["a"].`.
    pub prefix: &'a str,
}

impl<'a> Address<'a> {
    pub(super) fn parse(address: &'a str) -> Self {
        let mut modules = Vec::new();
        let mut at = 0;
        while let Some(rest) = address[at..].strip_prefix("module.")
            && let Some(end) = dots(rest).next()
        {
            at = address.len() - rest.len() + end + 1;
            let (name, index) = without_index(&rest[..end]);
            modules.push(Step {
                name,
                index,
                prefix: &address[..at],
            });
        }
        let (declared, index) = without_index(&address[at..]);
        Self {
            modules,
            declared,
            index,
        }
    }
}

/// `aws_s3_bucket.site[0].arn` → the resource, and the attribute where one is named.
pub(super) fn split_reference(reference: &str) -> (&str, Option<&str>) {
    match dots(reference).nth(1) {
        Some(at) => (&reference[..at], Some(&reference[at + 1..])),
        None => (reference, None),
    }
}

/// `site["a"].domain`, which is what follows `module.` → the call, its index, and the output; `None`
/// where it goes on behind the output: what stands there is another value.
pub(super) fn split_output(reference: &str) -> Option<(&str, Option<&str>, &str)> {
    let at = dots(reference).next()?;
    let (name, index) = without_index(&reference[..at]);
    let output = &reference[at + 1..];
    // A part of an output, such as an attribute of an object, is not followed.
    (!output.contains(['.', '['])).then_some((name, index, output))
}

/// The last index of an address apart.
pub(super) fn without_index(address: &str) -> (&str, Option<&str>) {
    let from = dots(address).last().map_or(0, |at| at + 1);
    match address[from..].find('[') {
        Some(at) => (&address[..from + at], Some(&address[from + at..])),
        None => (address, None),
    }
}

/// The dots that part an address; one in a key is a part of the key.
fn dots(address: &str) -> impl Iterator<Item = usize> {
    let (mut in_brackets, mut in_key, mut is_escaped) = (false, false, false);
    address.bytes().enumerate().filter_map(move |(at, byte)| {
        match byte {
            // Keys of `for_each` may hold dots, brackets and quotes: `module.site["a.b"]` has one
            // dot that counts.
            _ if is_escaped => is_escaped = false,
            b'\\' if in_key => is_escaped = true,
            b'"' if in_brackets => in_key = !in_key,
            b'[' if !in_key => in_brackets = true,
            b']' if !in_key => in_brackets = false,
            b'.' if !in_brackets => return Some(at),
            _ => {}
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart_whatever_its_keys_hold() {
        let text = r#"module.deep.module.q["k.1]\"x"].aws_s3_bucket.this["a.b"]"#;
        let address = Address::parse(text);
        assert_eq!(address.declared, "aws_s3_bucket.this");
        assert_eq!(address.index, Some(r#"["a.b"]"#));
        let modules: Vec<_> = address
            .modules
            .iter()
            .map(|it| (it.name, it.index))
            .collect();
        assert_eq!(modules, [("deep", None), ("q", Some(r#"["k.1]\"x"]"#))]);
        assert_eq!(
            address.modules[1].prefix,
            r#"module.deep.module.q["k.1]\"x"]."#
        );
        for text in ["", "module.", "module.x", "x[", "a.b[\"", "module.a.b"] {
            let _ = Address::parse(text);
        }
    }

    #[test]
    fn a_reference_names_a_resource_and_perhaps_an_attribute() {
        for (reference, expected) in [
            ("aws_s3_bucket.b.id", ("aws_s3_bucket.b", Some("id"))),
            (
                r#"aws_s3_bucket.b["x.y"].website[0].host"#,
                (r#"aws_s3_bucket.b["x.y"]"#, Some("website[0].host")),
            ),
            ("aws_s3_bucket.b", ("aws_s3_bucket.b", None)),
            ("each.key", ("each.key", None)),
        ] {
            assert_eq!(split_reference(reference), expected);
        }
        assert_eq!(split_output("a[0].out"), Some(("a", Some("[0]"), "out")));
        assert_eq!(split_output("a.out.domain"), None);
        assert_eq!(split_output("a"), None);
    }
}
