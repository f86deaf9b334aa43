use std::borrow::Cow;

use super::TemplateError;
use super::for_each;
use crate::candidate::{Node, NodeKind};

/// A template, taken apart.
pub struct Template<'d> {
    document: Cow<'d, Node>,
    /// Whether macros may add resources that are not in the text.
    has_macros: bool,
}

/// A resource of a template.
#[derive(Clone, Copy)]
pub struct Resource<'t> {
    /// Its logical ID.
    pub id: &'t str,
    /// Its type, such as `AWS::S3::Bucket`.
    pub kind: &'t str,
    /// The whole of it.
    pub node: &'t Node,
}

impl<'d> Template<'d> {
    /// Takes a document over; loops are unrolled.
    pub fn new(document: &'d Node) -> Result<Self, TemplateError> {
        let document = for_each::unroll(document)?;
        if let Some(resources) = document.get("Resources")
            && !matches!(resources.kind, NodeKind::Map(_))
        {
            return Err(TemplateError::at(
                resources,
                "/Resources",
                format!("Resources is {}, not an object", resources.kind_name()),
            ));
        }
        let has_macros =
            document.get("Transform").is_some() || document.get("Fn::Transform").is_some();
        Ok(Self {
            document,
            has_macros,
        })
    }

    /// Whether a name that is not in the template may be a macro's.
    pub fn has_macros(&self) -> bool {
        self.has_macros
    }

    /// One of a section's entries, such as of `Mappings`.
    pub fn entry(&self, section: &str, name: &str) -> Option<&Node> {
        self.document.get(section)?.get(name)
    }

    /// The resources, in the order of the document.
    pub fn resources(&self) -> impl Iterator<Item = Resource<'_>> {
        let entries = match self.document.get("Resources").map(|node| &node.kind) {
            Some(NodeKind::Map(entries)) => entries.as_slice(),
            _ => &[],
        };
        entries.iter().filter_map(|(id, node)| {
            Some(Resource {
                id,
                kind: node.get("Type")?.text()?,
                node,
            })
        })
    }

    /// A resource by its logical ID.
    pub fn resource(&self, id: &str) -> Option<Resource<'_>> {
        let node = self.entry("Resources", id)?;
        let (id, _) = self
            .section("Resources")
            .iter()
            .find(|(name, _)| name == id)?;
        Some(Resource {
            id,
            kind: node.get("Type")?.text()?,
            node,
        })
    }

    fn section(&self, name: &str) -> &[(String, Node)] {
        match self.document.get(name).map(|node| &node.kind) {
            Some(NodeKind::Map(entries)) => entries,
            _ => &[],
        }
    }
}

impl<'t> Resource<'t> {
    /// A property as it is written.
    pub fn property(&self, name: &str) -> Option<&'t Node> {
        self.node.get("Properties")?.get(name)
    }

    /// Where a property stands.
    pub fn pointer(&self, property: &str) -> String {
        format!("/Resources/{}/Properties/{property}", self.id)
    }

    /// The condition under which it is made.
    pub fn condition(&self) -> Option<&'t str> {
        self.node.get("Condition")?.text()
    }
}
