//! What `Ref` and `Fn::GetAtt` stand for.

use super::evaluate::{Evaluator, Reference, kind_of, weight};
use super::functions::{Name, as_written};
use super::template::Section;
use super::undefined::Naming;
use super::{DISTRIBUTION, TemplateError, allowed, natures};
use crate::distribution::Region;
use crate::document::{Expression, Nature, Node, NodeKind, Pointer, Referent, Symbol, weight_of};

/// An attribute by its name, of a resource or of a type of resources.
#[derive(Clone, Copy)]
pub(super) struct Attribute<'a> {
    /// The resource's logical ID, or the type.
    pub of: &'a str,
    /// Such as `Arn`.
    pub name: &'a str,
}

impl Evaluator<'_> {
    /// What a `Ref` to a parameter, a pseudo parameter or a resource stands for.
    pub(super) fn reference(
        &self,
        name: &str,
        node: &Node,
        pointer: &Pointer,
    ) -> Result<NodeKind, TemplateError> {
        if let Some(value) = self.pseudo(name) {
            return Ok(NodeKind::Text(value));
        }
        if name.starts_with("AWS::") {
            return Ok(NodeKind::Symbolic(pseudo(name)));
        }
        if let Some(parameter) = self.template.entry(Section::Parameters, name) {
            return self.parameter(name, parameter, node, pointer);
        }
        if let Some(resource) = self.template.resource(name) {
            self.must_be_made(&resource, Naming::Ref, node, pointer)?;
            return self.of_resource(name);
        }
        self.must_be_made_elsewhere(name, Naming::Ref, node, pointer)?;
        Ok(NodeKind::Symbolic(self.reference_symbol(name)))
    }

    /// What `Ref` gives of a resource that is not deployed yet.
    pub(super) fn reference_symbol(&self, id: &str) -> Expression {
        let kind = self.kind_of_resource(id);
        let nature = match kind {
            // A bucket whose name the template says is no symbol, so the name of this one is made.
            Some("AWS::S3::Bucket") => Nature::MadeName,
            kind => kind.map_or(Nature::Any, natures::of_reference),
        };
        let referent = Referent::Reference { of: id.to_owned() };
        Expression::of(format!("${{{id}}}"), Symbol { referent, nature })
    }

    fn attribute_symbol(&self, attribute: Attribute<'_>) -> Expression {
        let Attribute { of, name } = attribute;
        let kind = self.kind_of_resource(of);
        let symbol = Symbol {
            referent: Referent::Attribute {
                of: of.to_owned(),
                attribute: name.to_owned(),
            },
            nature: kind.map_or(Nature::Any, |kind| {
                natures::of_attribute(Attribute { of: kind, name })
            }),
        };
        Expression::of(format!("${{{of}.{name}}}"), symbol)
    }

    fn kind_of_resource(&self, id: &str) -> Option<&str> {
        let own = self.template.resource(id).map(|resource| resource.kind);
        own.or_else(|| natures::implicit(id).filter(|_| self.template.has_macros()))
            .or_else(|| self.url_of_sam(id))
    }

    /// SAM makes the URL of a function under this name
    /// (<https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources-function.html>).
    fn url_of_sam(&self, id: &str) -> Option<&'static str> {
        let function = self.template.resource(id.strip_suffix("Url")?)?;
        let is_made = function.kind == "AWS::Serverless::Function"
            && function.property("FunctionUrlConfig").is_some();
        is_made.then_some("AWS::Lambda::Url")
    }

    /// A pseudo parameter, as far as it is known.
    fn pseudo_or_symbol(&self, name: &str) -> Expression {
        self.pseudo(name)
            .map_or_else(|| pseudo(name), Expression::known)
    }

    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html>
    pub(super) fn pseudo(&self, name: &str) -> Option<String> {
        let deployment = self.deployment;
        if !name.starts_with("AWS::") {
            return None;
        }
        if let Some(value) = deployment.parameters.get(name) {
            return Some(value.to_owned());
        }
        let region = || {
            let parameters = &deployment.parameters;
            let region = parameters
                .get("AWS::Region")
                .or(deployment.region.as_deref());
            Region::parse(region?)
        };
        match name {
            "AWS::AccountId" => Some(deployment.account?.to_string()),
            "AWS::Region" => deployment.region.clone(),
            "AWS::Partition" => Some(region()?.partition().to_owned()),
            "AWS::URLSuffix" => Some(region()?.suffix().to_owned()),
            _ => None,
        }
    }

    fn parameter(
        &self,
        name: &str,
        parameter: &Node,
        node: &Node,
        pointer: &Pointer,
    ) -> Result<NodeKind, TemplateError> {
        let kind = parameter
            .get("Type")
            .and_then(Node::text)
            .unwrap_or_default();
        let given = self.deployment.parameters.get(name).map(str::to_owned);
        let default = || match parameter.get("Default").map(|node| &node.kind)? {
            NodeKind::Text(text) | NodeKind::Number(text) => Some(text.clone()),
            NodeKind::Bool(flag) => Some(flag.to_string()),
            _ => None,
        };
        let default = || {
            let value = default()?;
            self.defaults.borrow_mut().insert(name.to_owned());
            Some(value)
        };
        // The value is the name of another one, which the deployment resolves.
        let is_looked_up = kind.starts_with("AWS::SSM::Parameter::Value");
        let previous = || self.deployment.previous.get(name).map(str::to_owned);
        // Its value is shown nowhere, and so is in no report.
        let is_secret = allowed::is_secret(parameter);
        let value = if is_looked_up || is_secret {
            None
        } else {
            given.or_else(default)
        };
        // The stack knows what was resolved for it.
        Ok(match value.or_else(previous).filter(|_| !is_secret) {
            Some(value) => {
                let items = value.matches(',').count();
                self.spend(weight_of(value.len()) + items, node, pointer)?;
                if kind == "CommaDelimitedList" || kind.starts_with("List<") {
                    let items = value
                        .split(',')
                        .map(|item| kind_of(self.literal(item.trim())).into());
                    NodeKind::List(items.collect())
                } else {
                    kind_of(self.literal(&value))
                }
            }
            _ => NodeKind::Symbolic(Expression::of(
                format!("${{{name}}}"),
                Symbol {
                    referent: self.referent(name, parameter),
                    nature: Nature::Any,
                },
            )),
        })
    }

    /// A parameter without a value, and which values it takes where that is known.
    fn referent(&self, name: &str, parameter: &Node) -> Referent {
        // A macro may put another value in its place.
        match allowed::values(parameter) {
            Some(allowed) if !self.template.has_custom_macros() => Referent::Choice {
                parameter: name.to_owned(),
                allowed,
            },
            _ => Referent::Parameter(name.to_owned()),
        }
    }

    /// The physical ID of a resource that is deployed already.
    pub(super) fn physical_id(&self, id: &str) -> Option<&str> {
        self.physical_ids.get(id).copied()
    }

    /// What `Ref` gives of a resource. A bucket may be renamed: the name that it has now is not what
    /// the template says.
    pub(super) fn of_resource(&self, id: &str) -> Result<NodeKind, TemplateError> {
        let open = || match self.physical_id(id) {
            Some(physical) => NodeKind::Text(physical.to_owned()),
            None => self.known(self.reference_symbol(id)),
        };
        let Some(resource) = self.template.resource(id) else {
            return Ok(open());
        };
        let name = match resource.kind {
            // Of other types, `Ref` gives an ID that AWS makes, or a name that no rule needs.
            "AWS::S3::Bucket" => "BucketName",
            _ => return Ok(open()),
        };
        let Some(node) = resource.property(name) else {
            return Ok(open());
        };
        let pointer = resource.pointer(name);
        let reference = self.references.borrow().get(id).cloned();
        match reference {
            // A name that leads back to itself stays what it is.
            Some(Reference::Entered) => return Ok(open()),
            Some(Reference::Known(kind)) => {
                self.spend(weight(&kind), node, &pointer)?;
                return Ok(kind);
            }
            None => {}
        }
        let set = |reference| {
            let mut references = self.references.borrow_mut();
            references.insert(id.to_owned(), reference);
        };
        set(Reference::Entered);
        let kind = match self.text(node, &pointer) {
            // Deployed already, and the template's name is open: the physical ID is the best that
            // is known.
            Ok(Some(name)) if self.physical_id(id).is_some() && !name.is_known() => open(),
            Ok(name) => name.map_or_else(open, kind_of),
            Err(error) => {
                self.references.borrow_mut().remove(id);
                return Err(error);
            }
        };
        set(Reference::Known(kind.clone()));
        Ok(kind)
    }

    /// `Fn::GetAtt`: `[resource, attribute]` or `resource.attribute`.
    pub(super) fn get_att(
        &self,
        arguments: &Node,
        pointer: &Pointer,
    ) -> Result<NodeKind, TemplateError> {
        let wrong = || {
            TemplateError::at(
                arguments,
                pointer,
                "Fn::GetAtt takes a resource and an attribute",
            )
        };
        let (resource, attribute) = match &arguments.kind {
            NodeKind::List(parts) => match parts.as_slice() {
                [resource, attribute] => (
                    self.name(resource, &pointer.item(0))?,
                    self.text(attribute, &pointer.item(1))?.ok_or_else(wrong)?,
                ),
                _ => return Err(wrong()),
            },
            _ => match self.name(arguments, pointer)? {
                Name::Known(both) => {
                    let (resource, attribute) = both.split_once('.').ok_or_else(wrong)?;
                    (Name::Known(resource.to_owned()), attribute.into())
                }
                Name::Open(both) => return Ok(as_written("Fn::GetAtt", &both)),
                Name::None => return Err(wrong()),
            },
        };
        match resource {
            Name::Known(resource) => {
                let attribute = Attribute {
                    of: &resource,
                    name: attribute.spelling(),
                };
                self.attribute(attribute, arguments, pointer)
            }
            Name::Open(resource) => {
                let both = vec![resource, kind_of(attribute).into()];
                Ok(as_written("Fn::GetAtt", &NodeKind::List(both).into()))
            }
            Name::None => Err(wrong()),
        }
    }

    /// An attribute of a resource.
    pub(super) fn attribute(
        &self,
        attribute: Attribute<'_>,
        node: &Node,
        pointer: &Pointer,
    ) -> Result<NodeKind, TemplateError> {
        let id = attribute.of;
        let open = self.known(self.attribute_symbol(attribute));
        let Some(resource) = self.template.resource(id) else {
            self.must_be_made_elsewhere(id, Naming::GetAtt, node, pointer)?;
            return Ok(open);
        };
        self.must_be_made(&resource, Naming::GetAtt, node, pointer)?;
        Ok(match (resource.kind, attribute.name) {
            ("AWS::S3::Bucket", _) => self.of_bucket(attribute)?.map_or(open, kind_of),
            (
                DISTRIBUTION
                | "AWS::CloudFront::OriginAccessControl"
                | "AWS::CloudFront::CloudFrontOriginAccessIdentity"
                | "AWS::CloudFront::VpcOrigin",
                "Id",
            ) => self.of_resource(id)?,
            _ => open,
        })
    }

    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html#aws-resource-s3-bucket-return-values>
    fn of_bucket(&self, attribute: Attribute<'_>) -> Result<Option<Expression>, TemplateError> {
        let name = match self.of_resource(attribute.of)? {
            NodeKind::Text(name) => Expression::known(name),
            NodeKind::Symbolic(name) => name,
            _ => return Ok(None),
        };
        let region = self.pseudo_or_symbol("AWS::Region");
        let suffix = self.pseudo_or_symbol("AWS::URLSuffix");
        let known = Expression::known;
        let parts = match attribute.name {
            "Arn" => [
                known("arn:"),
                self.pseudo_or_symbol("AWS::Partition"),
                known(":s3:::"),
                name,
            ]
            .to_vec(),
            "DomainName" => [name, known(".s3."), suffix].to_vec(),
            "RegionalDomainName" => [name, known(".s3."), region, known("."), suffix].to_vec(),
            "DualStackDomainName" => {
                [name, known(".s3.dualstack."), region, known("."), suffix].to_vec()
            }
            // Newer regions have a dot in the place of the dash; both forms are read alike.
            "WebsiteURL" => [
                known("http://"),
                name,
                known(".s3-website-"),
                region,
                known("."),
                suffix,
            ]
            .to_vec(),
            _ => return Ok(None),
        };
        Ok(Some(Expression::concat(&parts)))
    }

    /// A distribution's ARN, as far as it is known.
    pub(super) fn distribution_arn(&self, id: &str) -> String {
        let known = |name: &str| self.pseudo(name).unwrap_or_else(|| format!("${{{name}}}"));
        // Nearly all deployments are in the commercial partition, and CloudFront has only one
        // other.
        let partition = self
            .pseudo("AWS::Partition")
            .unwrap_or_else(|| "aws".to_owned());
        let own = self
            .physical_id(id)
            .map_or_else(|| format!("${{{id}}}"), str::to_owned);
        format!(
            "arn:{partition}:cloudfront::{}:distribution/{own}",
            known("AWS::AccountId")
        )
    }
}

fn pseudo(name: &str) -> Expression {
    let symbol = Symbol {
        referent: Referent::Pseudo(name.to_owned()),
        nature: natures::of_pseudo(name),
    };
    Expression::of(format!("${{{name}}}"), symbol)
}
