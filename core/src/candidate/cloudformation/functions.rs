//! The intrinsic functions
//! (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html>).

use sha2::{Digest, Sha256};

use super::TemplateError;
use super::evaluate::{Evaluator, kind_of, looked_up, place, spelling, weight};
use crate::digest::hex;
use crate::document::{
    Expression, ExpressionPart, Nature, Node, NodeKind, Pointer, Referent, Symbol, weight_of,
};
use crate::nearest::nearest;

const KNOWN: [&str; 21] = [
    "Ref",
    "Fn::And",
    "Fn::Base64",
    "Fn::Cidr",
    "Fn::Contains",
    "Fn::Equals",
    "Fn::FindInMap",
    "Fn::GetAZs",
    "Fn::GetAtt",
    "Fn::GetStackOutput",
    "Fn::If",
    "Fn::ImportValue",
    "Fn::Join",
    "Fn::Length",
    "Fn::Not",
    "Fn::Or",
    "Fn::Select",
    "Fn::Split",
    "Fn::Sub",
    "Fn::ToJsonString",
    "Fn::Transform",
];

/// What stands where a name should.
pub(super) enum Name {
    /// A name.
    Known(String),
    /// An expression.
    Open(Node),
    /// Something else.
    None,
}

type Resolved = Result<Option<Node>, TemplateError>;

impl Evaluator<'_> {
    /// A function's value; `node` is the call, and `pointer` the way to it.
    pub(super) fn call(
        &self,
        name: &str,
        arguments: &Node,
        node: &Node,
        pointer: &Pointer,
    ) -> Resolved {
        let below = pointer.member(name);
        let kind = match name {
            "Ref" => match self.name(arguments, &below)? {
                Name::Known(name) if name == "AWS::NoValue" => return Ok(None),
                Name::Known(name) => self.reference(&name, arguments, &below)?,
                Name::Open(made) => as_written(name, &made),
                Name::None => return wrong(arguments, &below, "Ref takes a name"),
            },
            "Fn::GetAtt" => self.get_att(arguments, &below)?,
            "Fn::Sub" => self.sub(arguments, &below)?,
            "Fn::Join" => self.join(arguments, &below)?,
            "Fn::Split" => self.split(arguments, &below)?,
            "Fn::If" => return self.choose(arguments, node, &below),
            "Fn::Select" => return self.select(arguments, node, &below),
            "Fn::FindInMap" => return self.find_in_map(arguments, node, &below),
            "Fn::Length" => self.length(arguments, &below)?,
            // A macro may know other functions.
            name if KNOWN.contains(&name) || self.template.has_macros() => {
                self.opaque(name, arguments, &below)?
            }
            name => {
                let near = nearest(name, KNOWN.into_iter())
                    .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                return wrong(
                    node,
                    pointer,
                    format!("there is no function `{name}`{near}"),
                );
            }
        };
        Ok(Some(place(kind, node, pointer)))
    }

    /// The name that a function takes; with a macro, such as `AWS::LanguageExtensions`, it may be
    /// made by other functions.
    pub(super) fn name(&self, node: &Node, pointer: &Pointer) -> Result<Name, TemplateError> {
        let is_made = matches!(node.kind, NodeKind::Map(_)) && self.template.has_macros();
        if !is_made {
            let name = node.text().map(str::to_owned);
            return Ok(name.map_or(Name::None, Name::Known));
        }
        let made = self.value(node, pointer)?;
        Ok(match made.as_ref().map(|made| &made.kind) {
            Some(NodeKind::Text(name)) => Name::Known(name.clone()),
            Some(NodeKind::Symbolic(_)) => made.map_or(Name::None, Name::Open),
            _ => Name::None,
        })
    }

    /// What no reader of the template can know: the call itself, its arguments resolved.
    fn opaque(
        &self,
        name: &str,
        arguments: &Node,
        pointer: &Pointer,
    ) -> Result<NodeKind, TemplateError> {
        let resolved = self.value(arguments, pointer)?;
        let none = NodeKind::Text(String::new()).into();
        Ok(as_written(name, resolved.as_ref().unwrap_or(&none)))
    }

    fn sub(&self, arguments: &Node, pointer: &Pointer) -> Result<NodeKind, TemplateError> {
        let (template, variables) = match &arguments.kind {
            NodeKind::Text(text) => (text.as_str(), None),
            NodeKind::List(parts) => match parts.as_slice() {
                [template] | [template, _] if template.text().is_some() => {
                    (template.text().unwrap_or_default(), parts.get(1))
                }
                _ => {
                    return wrong(
                        arguments,
                        pointer,
                        "Fn::Sub takes a text, or a text and an object",
                    );
                }
            },
            _ => {
                return wrong(
                    arguments,
                    pointer,
                    "Fn::Sub takes a text, or a text and an object",
                );
            }
        };
        let mut result = Expression::default();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("${") {
            result.push_str(before);
            // A `${` that does not end stays as it is.
            let Some((name, after)) = after.split_once('}') else {
                result.push_str("${");
                rest = after;
                continue;
            };
            rest = after;
            // `${!Literal}` is how a template writes a literal `${Literal}`
            // (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-sub.html).
            if let Some(literal) = name.strip_prefix('!') {
                result.push_str(&format!("${{{literal}}}"));
                continue;
            }
            let value = self.variable(name.trim(), variables, arguments, pointer)?;
            self.spend(weight_of(value.spelling().len()), arguments, pointer)?;
            result.push(&value);
        }
        result.push_str(rest);
        Ok(kind_of(looked_up(&result)))
    }

    fn variable(
        &self,
        name: &str,
        variables: Option<&Node>,
        arguments: &Node,
        pointer: &Pointer,
    ) -> Result<Expression, TemplateError> {
        let open = || Expression::open(format!("${{{name}}}"));
        let own = match variables {
            Some(variables) => self.look_up(variables, name, arguments, pointer)?,
            None => None,
        };
        // The function's own variables hide names of the template.
        if let Some(own) = own {
            let value = self.text(own, &pointer.item(1).member(name))?;
            return Ok(value.unwrap_or_else(open));
        }
        let kind = match name.split_once('.') {
            Some((resource, attribute)) => {
                self.attribute(resource, attribute, arguments, pointer)?
            }
            None => self.reference(name, arguments, pointer)?,
        };
        let node = Node::from(kind);
        Ok(match &node.kind {
            NodeKind::List(items) => {
                let items: Vec<Expression> = items.iter().filter_map(spelling).collect();
                // A list parameter in `Fn::Sub` is its items with commas.
                joined(&items, &Expression::known(","))
            }
            _ => spelling(&node).unwrap_or_else(open),
        })
    }

    fn join(&self, arguments: &Node, pointer: &Pointer) -> Result<NodeKind, TemplateError> {
        let [delimiter, list] = two(arguments, pointer, "Fn::Join takes a delimiter and a list")?;
        let delimiter = self.text(delimiter, &pointer.item(0))?.unwrap_or_default();
        let parts = match self.value(list, &pointer.item(1))? {
            Some(Node {
                kind: NodeKind::List(items),
                ..
            }) => items.iter().map(spelling).collect::<Option<Vec<_>>>(),
            _ => None,
        };
        match parts {
            Some(parts) => {
                let length = |text: &Expression| text.spelling().len();
                let delimiters = length(&delimiter).saturating_mul(parts.len());
                let bytes = parts.iter().map(length).sum::<usize>();
                let weight = weight_of(bytes.saturating_add(delimiters));
                self.spend(weight, arguments, pointer)?;
                Ok(kind_of(looked_up(&joined(&parts, &delimiter))))
            }
            None => self.opaque("Fn::Join", arguments, pointer),
        }
    }

    fn split(&self, arguments: &Node, pointer: &Pointer) -> Result<NodeKind, TemplateError> {
        let [delimiter, source] =
            two(arguments, pointer, "Fn::Split takes a delimiter and a text")?;
        let delimiter = self.text(delimiter, &pointer.item(0))?;
        let source = self.text(source, &pointer.item(1))?;
        match (delimiter, source) {
            (Some(delimiter), Some(source))
                if delimiter.text().is_some_and(|it| !it.is_empty()) =>
            {
                let delimiter = delimiter.spelling();
                let text = source.spelling();
                let pieces = text.matches(delimiter).count();
                self.spend(weight_of(text.len()) + pieces, arguments, pointer)?;
                match pieces_of(&source, delimiter).or_else(|| pieces_of_url(&source, delimiter)) {
                    Some(pieces) => Ok(NodeKind::List(
                        pieces
                            .into_iter()
                            .map(|piece| kind_of(piece).into())
                            .collect(),
                    )),
                    None => Ok(expression(&format!("Fn::Split {delimiter} {text}"))),
                }
            }
            _ => self.opaque("Fn::Split", arguments, pointer),
        }
    }

    fn select(&self, arguments: &Node, node: &Node, pointer: &Pointer) -> Resolved {
        let [index, list] = two(arguments, pointer, "Fn::Select takes an index and a list")?;
        let index = self.text(index, &pointer.item(0))?;
        let list = self.value(list, &pointer.item(1))?;
        let at = index
            .as_ref()
            .and_then(|index| index.text()?.trim().parse::<usize>().ok());
        let of = |at: usize, items: &[Node]| match items.get(at) {
            Some(item) => Ok(Some(place(item.kind.clone(), node, pointer))),
            None => wrong(
                node,
                pointer,
                format!(
                    "Fn::Select takes item {at} of a list that has {}",
                    items.len()
                ),
            ),
        };
        match (at, list) {
            (
                Some(at),
                Some(Node {
                    kind: NodeKind::List(items),
                    ..
                }),
            ) => of(at, &items),
            // Parameters of lists come as one text.
            (
                Some(at),
                Some(Node {
                    kind: NodeKind::Text(text),
                    ..
                }),
            ) if text.contains(',') => {
                self.spend(text.matches(',').count(), node, pointer)?;
                let items = text
                    .split(',')
                    .map(|item| kind_of(self.literal(item.trim())).into());
                of(at, &items.collect::<Vec<_>>())
            }
            (_, list) => {
                let mut text = String::new();
                if let Some(list) = &list {
                    write_argument(list, &mut text);
                }
                let index = index.unwrap_or_default();
                let index = index.spelling();
                let kind = expression(&format!("Fn::Select {index} {text}"));
                Ok(Some(place(kind, node, pointer)))
            }
        }
    }

    fn choose(&self, arguments: &Node, node: &Node, pointer: &Pointer) -> Resolved {
        let parts = match &arguments.kind {
            NodeKind::List(parts) => parts.as_slice(),
            _ => &[],
        };
        let [condition, yes, no] = parts else {
            return wrong(
                arguments,
                pointer,
                "Fn::If takes a condition and two values",
            );
        };
        let Some(name) = condition.text() else {
            return wrong(condition, pointer, "Fn::If takes the name of a condition");
        };
        let yes = || self.value(yes, &pointer.item(1));
        let no = || self.value(no, &pointer.item(2));
        self.must_have_condition(name, condition, pointer)?;
        match self.condition(name)? {
            Some(true) => yes(),
            Some(false) => no(),
            None => {
                let (yes, no) = self.perhaps(|| Ok((yes()?, no()?)))?;
                // Whatever the condition is, the value is known.
                if same(yes.as_ref(), no.as_ref()) {
                    return Ok(yes);
                }
                let mut text = format!("Fn::If {name}");
                for branch in [&yes, &no] {
                    text.push(' ');
                    match branch {
                        Some(branch) => write_argument(branch, &mut text),
                        None => text.push_str("AWS::NoValue"),
                    }
                }
                Ok(Some(place(expression(&text), node, pointer)))
            }
        }
    }

    fn find_in_map(&self, arguments: &Node, node: &Node, pointer: &Pointer) -> Resolved {
        let parts = match &arguments.kind {
            NodeKind::List(parts) if parts.len() >= 3 => parts.as_slice(),
            _ => return wrong(arguments, pointer, "Fn::FindInMap takes a map and two keys"),
        };
        let mut keys = Vec::with_capacity(3);
        for (at, part) in parts.iter().take(3).enumerate() {
            keys.extend(self.text(part, &pointer.item(at))?);
        }
        let [map, first, second] = keys.as_slice() else {
            return self
                .opaque("Fn::FindInMap", arguments, pointer)
                .map(|kind| Some(place(kind, node, pointer)));
        };
        let mut found = self.template.entry("Mappings", map.spelling());
        for key in [first, second] {
            if let Some(within) = found {
                found = self.look_up(within, key.spelling(), node, pointer)?;
            }
        }
        if let Some(found) = found {
            let kind = self.mapped(found, node, pointer)?;
            return Ok(Some(place(kind, node, pointer)));
        }
        if let Some(default) = parts.get(3).and_then(|part| part.get("DefaultValue")) {
            return self.value(default, &pointer.item(3).member("DefaultValue"));
        }
        // A key that only the deployment knows can be any of the map's.
        let is_open = keys.iter().any(|key| !key.is_known());
        if is_open || self.template.has_macros() {
            let keys = joined(&keys, &Expression::known(" "));
            let kind = expression(&format!("Fn::FindInMap {keys}"));
            return Ok(Some(place(kind, node, pointer)));
        }
        wrong(
            node,
            pointer,
            format!("Mappings has no `{map}` with `{first}` and `{second}`"),
        )
    }

    /// The value of a key, which takes the longer to find the more there are.
    fn look_up<'n>(
        &self,
        map: &'n Node,
        key: &str,
        node: &Node,
        pointer: &Pointer,
    ) -> Result<Option<&'n Node>, TemplateError> {
        self.spend(map.entries().len() / 16, node, pointer)?;
        Ok(map.get(key))
    }

    /// A value of a mapping, which holds texts and lists of them, and no functions
    /// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/mappings-section-structure.html>).
    fn mapped(
        &self,
        found: &Node,
        node: &Node,
        pointer: &Pointer,
    ) -> Result<NodeKind, TemplateError> {
        self.spend(weight(&found.kind), node, pointer)?;
        Ok(match &found.kind {
            NodeKind::Text(text) => kind_of(self.literal(text)),
            NodeKind::List(items) => {
                let items = items.iter().map(|item| match item.kind {
                    NodeKind::List(_) => wrong(node, pointer, "a mapping holds no lists in lists"),
                    _ => Ok(self.mapped(item, node, pointer)?.into()),
                });
                NodeKind::List(items.collect::<Result<_, _>>()?)
            }
            NodeKind::Map(_) => return wrong(node, pointer, "a mapping holds no functions"),
            other => other.clone(),
        })
    }

    fn length(&self, arguments: &Node, pointer: &Pointer) -> Result<NodeKind, TemplateError> {
        match self.value(arguments, pointer)? {
            Some(Node {
                kind: NodeKind::List(items),
                ..
            }) => Ok(NodeKind::Number(items.len().to_string())),
            _ => self.opaque("Fn::Length", arguments, pointer),
        }
    }
}

fn wrong<T>(
    node: &Node,
    pointer: &Pointer,
    problem: impl Into<String>,
) -> Result<T, TemplateError> {
    Err(TemplateError::at(node, pointer, problem))
}

fn two<'n>(
    arguments: &'n Node,
    pointer: &Pointer,
    problem: &str,
) -> Result<[&'n Node; 2], TemplateError> {
    let parts = match &arguments.kind {
        NodeKind::List(parts) => parts.as_slice(),
        _ => &[],
    };
    match parts {
        [first, second] => Ok([first, second]),
        _ => wrong(arguments, pointer, problem),
    }
}

/// A call with its arguments as they are written.
pub(super) fn as_written(name: &str, arguments: &Node) -> NodeKind {
    let mut text = format!("{name} ");
    write_argument(arguments, &mut text);
    expression(&text)
}

/// Whether two values are the same wherever they stand.
fn same(one: Option<&Node>, other: Option<&Node>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => one.to_value() == other.to_value(),
        _ => false,
    }
}

/// An expression: the call in one line. Braces of its literals are parentheses, so that those of
/// the expression stay balanced; a long one ends in a hash of the whole.
fn expression(call: &str) -> NodeKind {
    const LONGEST: usize = 160;
    if call.chars().count() <= LONGEST {
        return called(call);
    }
    // Two calls that begin alike must stay two expressions, or they would compare as equal.
    let hash = hex(&Sha256::digest(call.as_bytes()));
    let hash: String = hash.chars().take(12).collect();
    let short: String = call.chars().take(LONGEST).collect();
    let short = short.replace("${", "").replace(['{', '}'], "");
    called(&format!("{short}… #{hash}"))
}

fn called(call: &str) -> NodeKind {
    let symbol = Symbol {
        referent: Referent::Call(call.to_owned()),
        nature: Nature::Any,
    };
    NodeKind::Symbolic(Expression::of(format!("${{{call}}}"), symbol))
}

/// The pieces of a text between delimiters; `None` where what is open may have the delimiter.
fn pieces_of(source: &Expression, delimiter: &str) -> Option<Vec<Expression>> {
    let mut pieces = vec![];
    let mut last = Expression::default();
    for part in source.parts() {
        match part {
            ExpressionPart::Known(text) => {
                for (at, piece) in text.split(delimiter).enumerate() {
                    if at > 0 {
                        pieces.push(std::mem::take(&mut last));
                    }
                    last.push_str(piece);
                }
            }
            ExpressionPart::Open(open) => {
                // A word has none of these three, so nothing that is open can have the delimiter in
                // it.
                if !open.nature().is_word() || !delimiter.contains(['/', ':', '.']) {
                    return None;
                }
                last.push_part(part);
            }
        }
    }
    pieces.push(last);
    Some(pieces)
}

/// The pieces of a URL that is all of the text, such as `https://abc.lambda-url.eu-west-1.on.aws/`.
fn pieces_of_url(source: &Expression, delimiter: &str) -> Option<Vec<Expression>> {
    let url = source.only_symbol()?;
    let is_behind_scheme = url.nature() == Nature::HostWithPath;
    if url.nature() != Nature::Url && !(is_behind_scheme && delimiter == "/") {
        return None;
    }
    let piece = |at: usize, nature| {
        let call = format!("Fn::Select {at} Fn::Split {delimiter} {}", url.spelling);
        let symbol = Symbol {
            referent: Referent::PieceOf(Box::new(url.symbol?.referent.clone())),
            nature,
        };
        Some(Expression::of(format!("${{{call}}}"), symbol))
    };
    // Lambda's FunctionUrl ends with a slash, which stays in the host's piece after a split at
    // `://`.
    let ends_in_slash = url.spelling.ends_with(".FunctionUrl}");
    Some(match delimiter {
        "/" if is_behind_scheme => vec![piece(0, Nature::Host)?, piece(1, Nature::Any)?],
        "/" => {
            let open = |at| piece(at, Nature::Any);
            let scheme = piece(0, Nature::Scheme)?;
            let host = piece(2, Nature::Host)?;
            vec![scheme, Expression::default(), host, open(3)?, open(4)?]
        }
        "://" if ends_in_slash => vec![piece(0, Nature::Word)?, piece(1, Nature::HostWithPath)?],
        "://" => vec![piece(0, Nature::Word)?, piece(1, Nature::Any)?],
        _ => return None,
    })
}

/// Texts as one, with another between each two.
fn joined(parts: &[Expression], delimiter: &Expression) -> Expression {
    let mut whole = Expression::default();
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            whole.push(delimiter);
        }
        whole.push(part);
    }
    whole
}

fn write_argument(node: &Node, text: &mut String) {
    match &node.kind {
        NodeKind::List(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    text.push_str(", ");
                }
                write_argument(item, text);
            }
            text.push(']');
        }
        NodeKind::Map(entries) => {
            text.push('(');
            for (at, (key, value)) in entries.iter().enumerate() {
                if at > 0 {
                    text.push_str(", ");
                }
                text.push_str(&key.replace(['{', '}'], ""));
                text.push_str(": ");
                write_argument(value, text);
            }
            text.push(')');
        }
        NodeKind::Symbolic(own) => text.push_str(own.spelling()),
        NodeKind::Null => text.push_str("null"),
        _ => {
            let own = spelling(node).unwrap_or_default();
            text.push_str(&own.spelling().replace(['{', '}'], ""));
        }
    }
}
