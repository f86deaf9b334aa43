use foldhash::{HashMap, HashMapExt};

use super::TemplateError;
use crate::document::{Node, NodeKind, Pointer};

/// A template, taken apart.
pub(super) struct Template<'d> {
    document: &'d Node,
    /// The entries of the sections that are read, each by its name: a template refers to
    /// them as often as it has values.
    sections: HashMap<Section, HashMap<&'d str, &'d Node>>,
    /// Whether macros may add resources that are not in the text.
    has_macros: bool,
    /// Whether one of them is not CloudFormation's own, and may change any text.
    has_custom_macros: bool,
}

/// The sections whose entries are named elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Section {
    Conditions,
    Mappings,
    Outputs,
    Parameters,
    Resources,
}

impl Section {
    const ALL: [Self; 5] = [
        Self::Conditions,
        Self::Mappings,
        Self::Outputs,
        Self::Parameters,
        Self::Resources,
    ];

    /// Its key in a template.
    fn key(self) -> &'static str {
        match self {
            Self::Conditions => "Conditions",
            Self::Mappings => "Mappings",
            Self::Outputs => "Outputs",
            Self::Parameters => "Parameters",
            Self::Resources => "Resources",
        }
    }
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html>
pub(super) const PSEUDO: [&str; 8] = [
    "AWS::AccountId",
    "AWS::NoValue",
    "AWS::NotificationARNs",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
];

/// A resource of a template.
#[derive(Clone, Copy)]
pub(super) struct Resource<'t> {
    /// Its logical ID.
    pub id: &'t str,
    /// Its type, such as `AWS::S3::Bucket`.
    pub kind: &'t str,
    /// The whole of it.
    pub node: &'t Node,
}

impl<'d> Template<'d> {
    /// Takes a document over.
    pub(super) fn new(document: &'d Node) -> Result<Self, TemplateError> {
        if let Some(resources) = document.get("Resources")
            && !matches!(resources.kind, NodeKind::Map(_))
        {
            return Err(TemplateError::at(
                resources,
                &Pointer::default().member("Resources"),
                format!("Resources is {}, not an object", resources.kind_name()),
            ));
        }
        let mut sections = HashMap::with_capacity(Section::ALL.len());
        for section in Section::ALL {
            let mut entries = HashMap::new();
            for (name, node) in entries_of(document, section) {
                // Mappings may be large by nature, and their keys are counted when they are looked
                // up.
                if section != Section::Mappings {
                    bound(node, || {
                        Pointer::default().member(section.key()).member(name)
                    })?;
                }
                entries.entry(name.as_str()).or_insert(node);
            }
            sections.insert(section, entries);
        }
        let is_included = |entries: &HashMap<&str, _>| entries.contains_key("Fn::Transform");
        // With a macro, also AWS's own, the text does not say all: SAM adds resources,
        // `AWS::Include` parts of the template.
        let has_macros = document.get("Transform").is_some()
            || document.get("Fn::Transform").is_some()
            || sections.values().any(is_included);
        Ok(Self {
            document,
            sections,
            has_macros,
            has_custom_macros: has_custom_macros(document),
        })
    }

    /// Whether macros that are not CloudFormation's own may change its texts.
    pub(super) fn has_custom_macros(&self) -> bool {
        self.has_custom_macros
    }

    /// Whether something beside the text may make a resource of this name: a macro, a module, whose
    /// resources have its name before theirs
    /// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/module-ref-resources.html>), or the
    /// framework whose template this is a part of.
    pub(super) fn may_add(&self, name: &str) -> bool {
        let is_module = |resource: Resource<'_>| {
            resource.kind.ends_with("::MODULE") && name.starts_with(resource.id)
        };
        self.has_macros
            || is_made_by_framework(name)
            || self.resources().any(is_module)
            || has_placeholders(self.document)
    }

    /// The names of what `Ref` can name.
    pub(super) fn names(&self) -> impl Iterator<Item = &'d str> {
        self.names_of(Section::Resources)
            .chain(self.names_of(Section::Parameters))
    }

    /// The names of a section's entries.
    pub(super) fn names_of(&self, section: Section) -> impl Iterator<Item = &'d str> {
        entries_of(self.document, section)
            .iter()
            .map(|(name, _)| name.as_str())
    }

    /// Whether a name is a parameter's or a resource's, with or without an attribute, or a pseudo
    /// parameter.
    pub(super) fn defines(&self, name: &str) -> bool {
        let own = name.split('.').next().unwrap_or(name);
        PSEUDO.contains(&name)
            || self.entry(Section::Parameters, name).is_some()
            || self.resource(own).is_some()
    }

    /// Whether a name that is not in the template may be a macro's.
    pub(super) fn has_macros(&self) -> bool {
        self.has_macros
    }

    /// One of a section's entries, such as of `Mappings`; `null` counts as absent.
    pub(super) fn entry(&self, section: Section, name: &str) -> Option<&'d Node> {
        let (_, node) = self.named(section, name)?;
        Some(node)
    }

    /// The resources, in the order of the document.
    pub(super) fn resources(&self) -> impl Iterator<Item = Resource<'d>> {
        let entries = entries_of(self.document, Section::Resources).iter();
        entries.filter_map(|(id, node)| Resource::of(id, node))
    }

    /// A resource by its logical ID.
    pub(super) fn resource(&self, id: &str) -> Option<Resource<'d>> {
        let (id, node) = self.named(Section::Resources, id)?;
        Resource::of(id, node)
    }

    fn named(&self, section: Section, name: &str) -> Option<(&'d str, &'d Node)> {
        let (name, node) = self.sections.get(&section)?.get_key_value(name)?;
        (node.kind != NodeKind::Null).then_some((*name, *node))
    }
}

/// Refuses what has more keys than any resource or parameter: each reference to it looks through them.
fn bound(entry: &Node, pointer: impl Fn() -> Pointer) -> Result<(), TemplateError> {
    const MOST_KEYS: usize = 2_500;
    for node in [Some(entry), entry.get("Properties")].into_iter().flatten() {
        if node.entries().len() > MOST_KEYS {
            let problem = format!("it has more than {MOST_KEYS} keys");
            return Err(TemplateError::at(node, &pointer(), problem));
        }
    }
    Ok(())
}

/// Whether the Serverless Framework makes resources of this name, to which parts of its template refer
/// (<https://www.serverless.com/framework/docs/providers/aws/guide/resources>).
fn is_made_by_framework(name: &str) -> bool {
    const NAMES: [&str; 7] = [
        "ApiGatewayRestApi",
        "GraphQlApi",
        "HttpApi",
        "IamRoleLambdaExecution",
        "ServerlessDeploymentBucket",
        "WebsocketsApi",
        "WebsocketsDeploymentStage",
    ];
    const ENDS: [&str; 4] = [
        "LambdaFunction",
        "LambdaFunctionUrl",
        "LambdaVersion",
        "LogGroup",
    ];
    NAMES.contains(&name) || ENDS.iter().any(|end| name.ends_with(end))
}

/// Whether a text has `${self:…}` and the like, which the Serverless Framework fills in
/// (<https://www.serverless.com/framework/docs/guides/variables>): no name of a template has a single
/// colon.
fn has_placeholders(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Text(text) => text.match_indices("${").any(|(at, _)| {
            let name = text[at + 2..].split('}').next().unwrap_or_default();
            name.split_once(':').is_some_and(|(source, rest)| {
                !rest.starts_with(':') && matches!(source, "self" | "opt" | "env" | "file" | "sls")
            })
        }),
        NodeKind::List(items) => items.iter().any(has_placeholders),
        NodeKind::Map(entries) => entries.iter().any(|(_, value)| has_placeholders(value)),
        _ => false,
    }
}

/// Whether a transform is not one of CloudFormation's, which change no plain text.
fn has_custom_macros(document: &Node) -> bool {
    let transforms = match document.get("Transform").map(|node| &node.kind) {
        Some(NodeKind::List(items)) => items.as_slice(),
        Some(_) => document
            .get("Transform")
            .map_or(&[][..], std::slice::from_ref),
        None => &[],
    };
    let is_own = |node: &Node| node.text().is_some_and(|name| name.starts_with("AWS::"));
    document.get("Fn::Transform").is_some() || !transforms.iter().all(is_own)
}

fn entries_of(document: &Node, section: Section) -> &[(String, Node)] {
    document.get(section.key()).map_or(&[], Node::entries)
}

impl<'t> Resource<'t> {
    fn of(id: &'t str, node: &'t Node) -> Option<Self> {
        Some(Self {
            id,
            kind: node.get("Type")?.text()?,
            node,
        })
    }

    /// A property as it is written.
    pub(super) fn property(&self, name: &str) -> Option<&'t Node> {
        self.node.get("Properties")?.get(name)
    }

    /// Where it stands.
    pub(super) fn place(&self) -> Pointer {
        Pointer::default().member("Resources").member(self.id)
    }

    /// Where a property stands.
    pub(super) fn pointer(&self, property: &str) -> Pointer {
        self.place().member("Properties").member(property)
    }

    /// The condition under which it is made.
    pub(super) fn condition(&self) -> Option<&'t str> {
        self.node.get("Condition")?.text()
    }
}
