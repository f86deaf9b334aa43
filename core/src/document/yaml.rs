//! YAML → [`Node`]: what CloudFormation's authors write, with its places.

use std::borrow::Cow;

use foldhash::{HashMap, HashMapExt};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use super::{Budget, DocumentError, MOST_VALUES, Node, NodeKind, Position, UsedUp, weight_of};

/// Deeper than any template, and far from the end of the stack.
const MAX_DEPTH: usize = 200;

impl Node {
    /// Reads one YAML document. CloudFormation's short tags become their long form (`!Ref a` is
    /// `{"Ref": "a"}`), aliases are replaced by what they stand for, and merge keys are merged.
    /// Duplicate keys are refused as in JSON, since readers disagree on which one counts.
    ///
    /// # Errors
    /// What is wrong, and at which line and column.
    pub fn from_yaml(text: &str) -> Result<Self, DocumentError> {
        let mut builder = Builder {
            open: Vec::new(),
            anchors: HashMap::new(),
            budget: Budget::of(MOST_VALUES),
            document: None,
        };
        for event in Parser::new_from_str(text) {
            let (event, span) = event.map_err(|error| DocumentError {
                problem: format!("it is not YAML: {}", error.info()),
                position: Some(position(*error.marker())),
            })?;
            builder.take(event, position(span.start))?;
        }
        builder.document.ok_or_else(|| DocumentError {
            problem: "it is empty".to_owned(),
            position: None,
        })
    }
}

fn position(marker: Marker) -> Position {
    let narrow = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Position {
        line: narrow(marker.line()),
        column: narrow(marker.col() + 1),
    }
}

/// Puts a document together from the parser's events, without recursion.
struct Builder {
    open: Vec<Open>,
    /// What each anchor stands for, what that weighs, and how deep it is nested.
    anchors: HashMap<usize, (Node, usize, usize)>,
    budget: Budget,
    document: Option<Node>,
}

/// A sequence or mapping that goes on.
struct Open {
    position: Position,
    anchor: usize,
    function: Option<String>,
    /// What was left of the budget before it.
    left: usize,
    /// How deep what is in it is nested.
    depth: usize,
    content: Content,
}

enum Content {
    List(Vec<Node>),
    Map {
        entries: Vec<(String, Node)>,
        /// Where each key is in them, once there are many.
        keys: HashMap<String, usize>,
        /// The key whose value comes next.
        key: Option<String>,
        /// What is merged in behind the mapping's own keys.
        merged: Vec<Node>,
    },
}

impl Builder {
    fn take(&mut self, event: Event<'_>, at: Position) -> Result<(), DocumentError> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let function = function(tag.as_deref(), at)?;
                // A call is an object with its arguments in it.
                let weight = weight_of(text.len()) + usize::from(function.is_some());
                let node = scalar(text, style, tag.as_deref(), function, at);
                self.remember(anchor, &node, weight, 0, at)?;
                self.add(node, weight, at)
            }
            Event::SequenceStart(anchor, tag) => {
                self.open(Content::List(Vec::new()), anchor, tag.as_deref(), at)
            }
            Event::MappingStart(anchor, tag) => {
                let content = Content::Map {
                    entries: Vec::new(),
                    keys: HashMap::new(),
                    key: None,
                    merged: Vec::new(),
                };
                self.open(content, anchor, tag.as_deref(), at)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Alias(anchor) => match self.anchors.get(&anchor) {
                Some((node, weight, depth)) => {
                    let depth = *depth;
                    // An alias within an alias nests without a bracket in the text.
                    if self.open.len() + depth > MAX_DEPTH {
                        return too_deep(at);
                    }
                    // An alias costs as much as what it stands for, or a few lines could make
                    // billions of values.
                    self.spend(*weight, at)?;
                    let node = node.clone();
                    self.deepen(depth);
                    self.put(node, at)
                }
                None => refuse("an alias names an anchor that it is itself part of", at),
            },
            Event::DocumentStart(_) if self.document.is_some() => {
                refuse("a second document begins here, and a template is one", at)
            }
            Event::DocumentStart(_)
            | Event::DocumentEnd
            | Event::StreamStart
            | Event::StreamEnd
            | Event::Nothing => Ok(()),
        }
    }

    fn open(
        &mut self,
        content: Content,
        anchor: usize,
        tag: Option<&Tag>,
        at: Position,
    ) -> Result<(), DocumentError> {
        if self.open.len() == MAX_DEPTH {
            return too_deep(at);
        }
        self.open.push(Open {
            position: at,
            anchor,
            function: function(tag, at)?,
            left: self.budget.left(),
            depth: 0,
            content,
        });
        Ok(())
    }

    /// Notes how deep something is nested that goes into what is open.
    fn deepen(&mut self, depth: usize) {
        if let Some(open) = self.open.last_mut() {
            open.depth = open.depth.max(depth);
        }
    }

    fn close(&mut self) -> Result<(), DocumentError> {
        let Some(Open {
            position,
            anchor,
            function,
            left,
            depth,
            content,
        }) = self.open.pop()
        else {
            return Ok(());
        };
        let kind = match content {
            Content::List(items) => NodeKind::List(items),
            Content::Map {
                mut entries,
                mut keys,
                merged,
                ..
            } => {
                for node in merged {
                    merge(node, &mut entries, &mut keys);
                }
                NodeKind::Map(entries)
            }
        };
        let own = 1 + usize::from(function.is_some());
        let node = call(function, kind, position);
        let weight = left - self.budget.left() + own;
        let depth = depth + 1;
        self.remember(anchor, &node, weight, depth, position)?;
        self.deepen(depth);
        self.add(node, own, position)
    }

    fn remember(
        &mut self,
        anchor: usize,
        node: &Node,
        weight: usize,
        depth: usize,
        at: Position,
    ) -> Result<(), DocumentError> {
        if anchor != 0 {
            self.spend(weight, at)?;
            self.anchors.insert(anchor, (node.clone(), weight, depth));
        }
        Ok(())
    }

    fn spend(&self, weight: usize, at: Position) -> Result<(), DocumentError> {
        self.budget.spend(weight).or_else(|UsedUp| {
            refuse(
                format!("with what its aliases stand for it has more than {MOST_VALUES} values"),
                at,
            )
        })
    }

    fn add(&mut self, node: Node, weight: usize, at: Position) -> Result<(), DocumentError> {
        self.spend(weight, at)?;
        self.put(node, at)
    }

    /// Puts a finished value where it belongs.
    fn put(&mut self, node: Node, at: Position) -> Result<(), DocumentError> {
        match self.open.last_mut().map(|open| &mut open.content) {
            None => self.document = Some(node),
            Some(Content::List(items)) => items.push(node),
            Some(Content::Map {
                key: key @ None, ..
            }) => {
                *key = Some(match node.kind {
                    NodeKind::Text(text) | NodeKind::Number(text) => text,
                    NodeKind::Bool(flag) => flag.to_string(),
                    NodeKind::Null => "null".to_owned(),
                    _ => return refuse("a key of a mapping must be a text", at),
                });
            }
            Some(Content::Map {
                entries,
                keys,
                key,
                merged,
            }) => match key.take() {
                Some(name) if name == MERGE => merged.push(node),
                Some(name) => {
                    let first = place_of(&name, entries, keys).and_then(|at| entries.get(at));
                    match first {
                        // YAML forbids two keys of one name, and parsers take the first or the
                        // last.
                        Some((_, first)) => return duplicate(&name, first, at),
                        None => enter(name, node, entries, keys),
                    }
                }
                None => {}
            },
        }
        Ok(())
    }
}

/// <https://yaml.org/type/merge.html>
const MERGE: &str = "<<";

fn duplicate<T>(key: &str, first: &Node, at: Position) -> Result<T, DocumentError> {
    let line = first.position.map_or(0, |position| position.line);
    refuse(
        format!("the key `{key}` stands twice in one mapping, first at line {line}"),
        at,
    )
}

/// Adds an entry of a name that is not there yet.
fn enter(
    name: String,
    node: Node,
    entries: &mut Vec<(String, Node)>,
    keys: &mut HashMap<String, usize>,
) {
    if entries.len() >= FEW {
        if keys.is_empty() {
            let all = entries.iter().enumerate();
            keys.extend(all.map(|(at, (name, _))| (name.clone(), at)));
        }
        keys.insert(name.clone(), entries.len());
    }
    entries.push((name, node));
}

/// Below this, looking through all keys is quicker than hashing them.
const FEW: usize = 16;

fn place_of(
    name: &str,
    entries: &[(String, Node)],
    keys: &HashMap<String, usize>,
) -> Option<usize> {
    if keys.is_empty() {
        entries.iter().position(|(key, _)| key == name)
    } else {
        keys.get(name).copied()
    }
}

/// Takes over the keys that the mapping does not have itself; of a list, each mapping's in turn.
fn merge(node: Node, entries: &mut Vec<(String, Node)>, keys: &mut HashMap<String, usize>) {
    match node.kind {
        NodeKind::Map(others) => {
            for (name, node) in others {
                // A mapping's own keys come before merged ones (https://yaml.org/type/merge.html).
                if place_of(&name, entries, keys).is_none() {
                    enter(name, node, entries, keys);
                }
            }
        }
        NodeKind::List(nodes) => {
            for node in nodes {
                if matches!(node.kind, NodeKind::Map(_)) {
                    merge(node, entries, keys);
                }
            }
        }
        _ => {}
    }
}

fn too_deep<T>(at: Position) -> Result<T, DocumentError> {
    refuse(format!("it is nested deeper than {MAX_DEPTH} levels"), at)
}

fn refuse<T>(problem: impl Into<String>, at: Position) -> Result<T, DocumentError> {
    Err(DocumentError {
        problem: problem.into(),
        position: Some(at),
    })
}

/// The long form of a short tag, as
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html>
/// has it.
fn function(tag: Option<&Tag>, at: Position) -> Result<Option<String>, DocumentError> {
    /// Longer than the name of any function. Aliases repeat it with what it stands before.
    const LONGEST: usize = 100;
    let is_short = |tag: &&Tag| !tag.is_yaml_core_schema() && tag.handle == "!";
    let Some(tag) = tag.filter(is_short) else {
        return Ok(None);
    };
    Ok(match tag.suffix.as_str() {
        "" => None,
        name if name.len() > LONGEST => {
            let problem =
                format!("its tag has more than {LONGEST} bytes, and no function such a name");
            return refuse(problem, at);
        }
        // The two short forms whose long ones have no `Fn::`.
        name @ ("Ref" | "Condition") => Some(name.to_owned()),
        name => Some(format!("Fn::{name}")),
    })
}

fn call(function: Option<String>, kind: NodeKind, at: Position) -> Node {
    let node = Node {
        kind,
        position: Some(at),
        pointer: None,
    };
    match function {
        None => node,
        Some(name) => Node {
            kind: NodeKind::Map(vec![(name, node)]),
            position: Some(at),
            pointer: None,
        },
    }
}

fn scalar(
    text: Cow<'_, str>,
    style: ScalarStyle,
    tag: Option<&Tag>,
    function: Option<String>,
    at: Position,
) -> Node {
    let is_text = tag.is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str");
    // A quoted `"443"` is a text, and arguments of functions are texts as they are written.
    let kind = if style == ScalarStyle::Plain && !is_text && function.is_none() {
        plain(text)
    } else {
        NodeKind::Text(text.into_owned())
    };
    call(function, kind, at)
}

/// What a plain scalar means in YAML 1.1, which CloudFormation reads: `yes` and `on` are flags too.
/// Numbers keep their spelling, so that `012` stays what it is.
fn plain(text: Cow<'_, str>) -> NodeKind {
    match text.as_ref() {
        "" | "~" | "null" | "Null" | "NULL" => NodeKind::Null,
        // As YAML 1.1, which CloudFormation supports.
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => {
            NodeKind::Bool(true)
        }
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => {
            NodeKind::Bool(false)
        }
        number if is_number(number) => NodeKind::Number(text.into_owned()),
        _ => NodeKind::Text(text.into_owned()),
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && !(digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0."))
        && text.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> serde_json::Value {
        Node::from_yaml(text).unwrap().to_value()
    }

    fn error(text: &str) -> DocumentError {
        Node::from_yaml(text).unwrap_err()
    }

    #[test]
    fn short_tags_are_their_long_form() {
        assert_eq!(
            json(
                "a: !Ref b\nc: !GetAtt d.e\nf: !Join ['', [!Ref g, x]]\nh: !If [i, {j: 1}, !Ref AWS::NoValue]"
            ),
            serde_json::json!({
                "a": {"Ref": "b"}, "c": {"Fn::GetAtt": "d.e"},
                "f": {"Fn::Join": ["", [{"Ref": "g"}, "x"]]},
                "h": {"Fn::If": ["i", {"j": 1}, {"Ref": "AWS::NoValue"}]},
            })
        );
    }

    #[test]
    fn scalars_mean_what_cloudformation_reads() {
        assert_eq!(
            json("[yes, 'yes', 1, '1', 1.5, 0123, 2010-09-09, ~, '', !!str 5, -1, 1e3]"),
            serde_json::json!([
                true,
                "yes",
                1,
                "1",
                1.5,
                "0123",
                "2010-09-09",
                null,
                "",
                "5",
                -1,
                1e3
            ])
        );
    }

    #[test]
    fn keeps_places() {
        let node = Node::from_yaml("a:\n  - b\n  - !Ref c\n").unwrap();
        let NodeKind::List(items) = &node.get("a").unwrap().kind else {
            panic!()
        };
        assert_eq!(items[0].position, Some(Position { line: 2, column: 5 }));
        assert_eq!(items[1].position.map(|at| at.line), Some(3));
    }

    #[test]
    fn anchors_and_merge_keys_stand_for_what_they_name() {
        assert_eq!(
            json(
                "base: &b {x: 1, y: 2}\none:\n  <<: *b\n  y: 3\ntwo:\n  <<: [*b, {z: 4}]\nthree: *b"
            ),
            serde_json::json!({
                "base": {"x": 1, "y": 2}, "one": {"y": 3, "x": 1},
                "two": {"x": 1, "y": 2, "z": 4}, "three": {"x": 1, "y": 2},
            })
        );
    }

    #[test]
    fn large_mappings_are_as_small_ones() {
        let lines: Vec<String> = (0..40).map(|at| format!("k{at}: {at}")).collect();
        let document = lines.join("\n");
        let map = json(&document);
        assert_eq!(map.as_object().unwrap().len(), 40);
        assert_eq!((&map["k3"], &map["k39"]), (&3.into(), &39.into()));
        let error = Node::from_yaml(&format!("{document}\nk39: 1")).unwrap_err();
        assert!(error.problem.contains("`k39` stands twice"), "{error}");
    }

    #[test]
    fn says_where_a_key_stands_twice() {
        let error = Node::from_yaml("a: 1\nb:\n  c: 2\n  d: 3\n  c: 4").unwrap_err();
        assert_eq!(
            error.problem,
            "the key `c` stands twice in one mapping, first at line 3"
        );
        assert_eq!(error.position.unwrap().line, 5);
    }

    #[test]
    fn a_key_of_the_mapping_itself_is_no_duplicate_of_a_merged_one() {
        let document = "base: &base\n  a: 1\n  b: 2\nown:\n  <<: *base\n  a: 3";
        assert_eq!(json(document)["own"], serde_json::json!({"a": 3, "b": 2}));
    }

    #[test]
    fn aliases_of_long_texts_and_anchors_around_anchors_are_refused_too() {
        let text = "x".repeat(10_000);
        let aliases = "  - *a\n".repeat(20_000);
        let texts = format!("a: &a {text}\nb:\n{aliases}");
        let items = "1,".repeat(20_000);
        let open: Vec<String> = (0..100).map(|n| format!("&a{n} [")).collect();
        let open = open.concat();
        let nested = format!("a: {open}{items}1{}", "]".repeat(100));
        for document in [texts, nested] {
            let error = Node::from_yaml(&document).unwrap_err();
            assert!(
                error.problem.contains("what its aliases stand for"),
                "{error}"
            );
        }
    }

    #[test]
    fn a_bomb_of_aliases_is_refused() {
        use std::fmt::Write as _;
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..20 {
            let below = level - 1;
            let nine = vec![format!("*a{below}"); 9].join(", ");
            let _ = writeln!(text, "a{level}: &a{level} [{nine}]");
        }
        let error = error(&text);
        assert!(
            error.problem.contains("what its aliases stand for"),
            "{error}"
        );
        assert!(error.position.is_some());
    }

    #[test]
    fn a_tag_that_is_longer_than_any_function_is_refused() {
        let long = "L".repeat(101);
        for text in [format!("x:\n- !{long} y\n"), format!("x:\n- !{long} [y]\n")] {
            let error = error(&text);
            assert!(error.problem.contains("more than 100 bytes"), "{error}");
            assert_eq!(error.position, Some(Position { line: 2, column: 3 }));
        }
        let longest = &long[1..];
        let call = json(&format!("!{longest} y"));
        assert_eq!(call[format!("Fn::{longest}")], "y");
    }

    #[test]
    fn a_call_weighs_as_an_object_with_its_arguments() {
        for value in ["!Ref y", "!Not [y]"] {
            let aliases = "*a, ".repeat(MOST_VALUES / 2);
            let error = error(&format!("[&a {value}, {aliases}]"));
            assert!(
                error.problem.contains("what its aliases stand for"),
                "{error}"
            );
        }
    }

    #[test]
    fn bounds_the_depth() {
        let deep = "[".repeat(10_000);
        assert!(error(&deep).problem.contains("recursion limit"));
        let deep = "[".repeat(220);
        assert!(error(&deep).problem.contains("nested deeper"));
        let lines: Vec<String> = (0..300).map(|at| " ".repeat(at) + "a:").collect();
        let block = lines.join("\n");
        assert!(error(&block).problem.contains("nested deeper"));
    }

    #[test]
    fn says_where_it_is_wrong() {
        for (text, part, line) in [
            ("a: 1\nb: [1\n", "not YAML", 3),
            ("a: 1\n---\nb: 2\n", "second document", 2),
            ("a: &a [*a]\n", "itself part", 1),
            ("? [x]\n: 1\n", "must be a text", 1),
            (
                "a: *undefined
",
                "not YAML",
                1,
            ),
        ] {
            let error = error(text);
            assert!(error.problem.contains(part), "{text}: {error}");
            assert_eq!(error.position.map(|at| at.line), Some(line), "{text}");
        }
        assert_eq!(error("# nothing\n").problem, "it is empty");
    }

    #[test]
    fn aliases_in_aliases_are_no_deeper_than_other_documents() {
        let level = |at: usize, inner: &str| {
            let (open, close) = ("[".repeat(150), "]".repeat(150));
            format!("k{at}: &a{at} {open}{inner}{close}\n")
        };
        let text: String = std::iter::once(level(0, "x"))
            .chain((1..40).map(|at| level(at, &format!("*a{}", at - 1))))
            .collect();
        let error = Node::from_yaml(&text).unwrap_err();
        assert!(error.problem.contains("nested deeper than 200"), "{error}");
        let flat = format!("{}b: [[*a0]]\n", level(0, "x"));
        assert!(Node::from_yaml(&flat).is_ok());
    }
}
