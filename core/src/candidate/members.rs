//! Every member of a part of a config that no field of the model holds, by CloudFront's own model of
//! it: what a comparison sees of them.

use super::cursor::Cursor;
use crate::distribution::{Member, Members, Place, is_open};
use crate::document::{Node, NodeKind};
use crate::model::{self, Kind, Shape, default_of};

/// Structures, and the members of them that the fields of the model hold or that it compares by itself.
const OF_FIELDS: [(&str, &[&str]); 11] = [
    (
        "DistributionConfig",
        &[
            "Origins",
            "OriginGroups",
            "DefaultCacheBehavior",
            "CacheBehaviors",
            "HttpVersion",
        ],
    ),
    (
        "Origin",
        &[
            "Id",
            "DomainName",
            "OriginPath",
            "CustomHeaders",
            "ConnectionAttempts",
            "ConnectionTimeout",
            "ResponseCompletionTimeout",
            "OriginAccessControlId",
        ],
    ),
    (
        "S3OriginConfig",
        &["OriginAccessIdentity", "OriginReadTimeout"],
    ),
    (
        "CustomOriginConfig",
        &[
            "HTTPPort",
            "HTTPSPort",
            "OriginProtocolPolicy",
            "OriginSslProtocols",
            "OriginReadTimeout",
        ],
    ),
    ("VpcOriginConfig", &["VpcOriginId", "OriginReadTimeout"]),
    ("OriginGroup", &["Id", "Members"]),
    ("OriginGroupFailoverCriteria", &["StatusCodes"]),
    ("DefaultCacheBehavior", BEHAVIOR),
    ("CacheBehavior", BEHAVIOR),
    ("AllowedMethods", &["Items"]),
    ("ForwardedValues", &["Headers"]),
];

const BEHAVIOR: &[&str] = &[
    "PathPattern",
    "TargetOriginId",
    "CachePolicyId",
    "OriginRequestPolicyId",
];

/// Members that CloudFront fills in, or that stand for a call and not for what it makes.
const FILLED_IN: [&str; 3] = ["CallerReference", "Certificate", "CertificateSource"];

/// What an item of a list of distributions has around its config.
const OF_SUMMARIES: [&str; 7] = [
    "Id",
    "ARN",
    "Status",
    "LastModifiedTime",
    "DomainName",
    "AliasICPRecordals",
    "ETag",
];

/// Settings of caches from before cache policies: beside one, 0 and nothing are the same.
const LIFETIMES: [&str; 3] = ["MinTTL", "DefaultTTL", "MaxTTL"];

/// The other members of a part, an object of this structure.
pub(super) fn other_members(part: &Cursor<'_>, shape: &'static Shape) -> Members {
    let mut walk = Walk {
        is_resolved: part.is_resolved(),
        pointer: part.pointer(),
        way: Vec::new(),
        found: Vec::new(),
    };
    walk.object(part.node(), shape);
    let policy = part.node().get("CachePolicyId");
    if policy.is_some_and(|policy| policy.text() != Some("")) {
        walk.found
            .retain(|member| !LIFETIMES.contains(&member.path.as_str()) || member.values != ["0"]);
    }
    Members::new(walk.found)
}

struct Walk<'n> {
    is_resolved: bool,
    /// Where the part stands.
    pointer: &'n str,
    way: Vec<&'n str>,
    found: Vec<Member>,
}

/// A value in the form in which values are compared.
struct Comparable {
    text: String,
    is_decided: bool,
    is_known: bool,
}

impl<'n> Walk<'n> {
    fn object(&mut self, node: &'n Node, shape: &'static Shape) {
        let of_fields = OF_FIELDS.iter().find(|(name, _)| *name == shape.name);
        let of_fields = of_fields.map_or(&[][..], |(_, members)| *members);
        for (key, value) in node.entries() {
            let is_read = of_fields.contains(&key.as_str()) || is_around(shape, key);
            if is_read || value.kind == NodeKind::Null {
                continue;
            }
            self.way.push(key);
            match shape.member(key) {
                // What follows from another member is no change of its own.
                Some(member) if is_implied(node, shape, member) => {}
                Some(member) => self.member(value, shape, member),
                // CloudFormation has it beside the allowed ones.
                None if key == "CachedMethods" => {
                    self.way.insert(0, "AllowedMethods");
                    self.counted(value, &model::api::CACHED_METHODS);
                    self.way.remove(0);
                }
                // A member that is newer than the model is compared as it is written.
                None => self.unknown(value),
            }
            self.way.pop();
        }
    }

    fn member(&mut self, node: &'n Node, shape: &'static Shape, member: &'static model::Member) {
        let default = match (shape.name, member.name) {
            // What is not implied is the other way.
            ("TrustedSigners" | "TrustedKeyGroups" | "LoggingConfig", "Enabled") => None,
            _ => default_of(shape.name, member),
        };
        match (&member.kind, &node.kind) {
            (_, NodeKind::Symbolic(expression)) => self.push(
                node,
                vec![expression.spelling().to_owned()],
                false,
                default.unwrap_or_default(),
            ),
            (Kind::Object(inner), NodeKind::Map(_) | NodeKind::List(_))
                if inner.member("Items").is_some() =>
            {
                self.counted(node, inner);
            }
            (Kind::Object(inner), NodeKind::Map(_)) => {
                if inner.name == "ForwardedValues" {
                    // An empty ForwardedValues is there, and that alone decides how requests are
                    // cached.
                    self.push(node, vec!["used".to_owned()], true, "not used");
                }
                self.object(node, inner);
            }
            (Kind::List(_, _, items), NodeKind::List(nodes)) => self.list(node, nodes, items),
            (kind, _) => {
                let value = self.scalar(node, kind);
                let is_default = value.text.is_empty() || Some(value.text.as_str()) == default;
                if !(value.is_decided && is_default) {
                    let default = self.shown_default(default);
                    self.push(node, vec![value.text], value.is_decided, default);
                }
            }
        }
    }

    /// Which default counts hangs on whether there is a cache policy.
    fn shown_default(&self, default: Option<&'static str>) -> &'static str {
        let is_lifetime = self.way.last().is_some_and(|it| LIFETIMES.contains(it));
        default.filter(|_| !is_lifetime).unwrap_or_default()
    }

    /// The API's lists, with a `Quantity` and more beside the items, or only the items.
    fn counted(&mut self, node: &'n Node, shape: &'static Shape) {
        let items = if let NodeKind::List(_) = node.kind {
            Some(node)
        } else {
            self.object(node, shape);
            node.get("Items")
        };
        let is_of_fields =
            |(name, members): &(&str, &[&str])| *name == shape.name && members.contains(&"Items");
        let kind = shape.member("Items").map(|member| member.kind);
        let (Some(items), Some(Kind::List(_, _, kind))) = (items, kind) else {
            return;
        };
        if OF_FIELDS.iter().any(is_of_fields) {
            return;
        }
        match &items.kind {
            NodeKind::List(nodes) => self.list(items, nodes, kind),
            NodeKind::Symbolic(expression) => {
                let spelling = expression.spelling().to_owned();
                self.push(items, vec![spelling], false, default_items(shape));
            }
            _ => self.unknown(items),
        }
    }

    /// The order of the items means nothing in any of these lists.
    fn list(&mut self, node: &'n Node, items: &'n [Node], kind: &Kind) {
        let items: Vec<Comparable> = items
            .iter()
            .filter(|item| item.kind != NodeKind::Null)
            .map(|item| self.item(item, kind))
            .collect();
        let is_decided = items.iter().all(|item| item.is_decided);
        let is_known = items.iter().all(|item| item.is_known);
        let mut values: Vec<String> = items.into_iter().map(|item| item.text).collect();
        values.sort_unstable();
        values.dedup();
        let default = match self.way.last() {
            Some(&"CachedMethods") => METHODS,
            _ => "",
        };
        let is_default = values.is_empty() || values.join(", ") == default;
        if !(is_decided && is_default) {
            self.push(node, values, is_decided, default);
            self.mark_unknown(!is_known);
        }
    }

    fn item(&self, node: &Node, kind: &Kind) -> Comparable {
        let Kind::Object(shape) = kind else {
            let mut value = self.scalar(node, kind);
            if self.way.last() == Some(&"Aliases") && value.is_decided {
                value.text.make_ascii_lowercase();
            }
            return value;
        };
        if let NodeKind::Symbolic(expression) = &node.kind {
            return Comparable {
                text: expression.spelling().to_owned(),
                is_decided: false,
                is_known: true,
            };
        }
        let mut walk = Walk {
            is_resolved: self.is_resolved,
            pointer: "",
            way: Vec::new(),
            found: Vec::new(),
        };
        walk.object(node, shape);
        let members = Members::new(walk.found);
        let texts = members
            .all()
            .iter()
            .map(|member| format!("{} {}", member.path, member.values.join(", ")));
        Comparable {
            text: texts.collect::<Vec<_>>().join(" "),
            is_decided: members.all().iter().all(|member| member.is_decided),
            is_known: members.all().iter().all(|member| member.is_known),
        }
    }

    fn scalar(&self, node: &Node, kind: &Kind) -> Comparable {
        let (text, is_decided) = match &node.kind {
            NodeKind::Symbolic(expression) => (expression.spelling().to_owned(), false),
            NodeKind::Bool(flag) => (flag.to_string(), true),
            NodeKind::Number(text) | NodeKind::Text(text) => {
                (in_one_form(text, kind), self.is_resolved || !is_open(text))
            }
            _ => (node.to_value().to_string(), true),
        };
        Comparable {
            text,
            is_decided,
            is_known: true,
        }
    }

    fn unknown(&mut self, node: &'n Node) {
        let value = node.to_value().to_string();
        self.push(node, vec![value], true, "");
        self.mark_unknown(true);
    }

    fn mark_unknown(&mut self, is_unknown: bool) {
        if let Some(member) = self.found.last_mut() {
            member.is_known &= !is_unknown;
        }
    }

    fn push(&mut self, node: &Node, values: Vec<String>, is_decided: bool, default: &'static str) {
        let path = self.way.join(".");
        let pointer = node.pointer.as_deref().map_or_else(
            || format!("{}/{}", self.pointer, self.way.join("/")),
            str::to_owned,
        );
        self.found.push(Member {
            is_filled_in: FILLED_IN.iter().any(|name| self.way.ends_with(&[name])),
            path,
            values,
            default,
            is_decided,
            is_known: true,
            place: Place {
                pointer,
                position: node.position,
            },
        });
    }
}

const METHODS: &str = "GET, HEAD";

fn default_items(shape: &Shape) -> &'static str {
    if shape.name == "CachedMethods" {
        METHODS
    } else {
        ""
    }
}

/// What is not a member of the config, or is read with the list that it counts.
fn is_around(shape: &Shape, key: &str) -> bool {
    let is_counted = shape.member("Items").is_some() && matches!(key, "Quantity" | "Items");
    is_counted
        || key.starts_with("Fn::")
        // CloudTrail writes it into every origin of its events, and no call takes it.
        || key == "OacSigningBehavior"
        || shape.name == "DistributionConfig" && OF_SUMMARIES.contains(&key)
}

/// Whether what stands beside a member says the same.
fn is_implied(object: &Node, shape: &Shape, member: &model::Member) -> bool {
    let is_flag = |name: &str, value: bool| {
        let node = object.get(name).map(|node| &node.kind);
        match node {
            Some(NodeKind::Bool(flag)) => *flag == value,
            Some(NodeKind::Text(text)) => text.eq_ignore_ascii_case(&value.to_string()),
            _ => false,
        }
    };
    match (shape.name, member.name) {
        ("TrustedSigners" | "TrustedKeyGroups", "Enabled") => {
            let items = object.get("Items").map(|items| &items.kind);
            let has_items = !matches!(items, None | Some(NodeKind::List(_)))
                || matches!(items, Some(NodeKind::List(items)) if !items.is_empty());
            is_flag("Enabled", has_items)
        }
        // A template has no flag.
        ("LoggingConfig", "Enabled") => {
            let bucket = object.get("Bucket");
            is_flag("Enabled", bucket.is_some_and(|it| it.text() != Some("")))
        }
        // CloudFront's own certificate leaves nothing to choose.
        ("ViewerCertificate", name) => {
            let is_own = is_flag("CloudFrontDefaultCertificate", true);
            is_own && !matches!(name, "ACMCertificateArn" | "IAMCertificateId")
        }
        _ => false,
    }
}

/// As every source would spell it.
fn in_one_form(text: &str, kind: &Kind) -> String {
    let number = || text.trim().parse::<f64>().ok().map(|it| it.to_string());
    let integer = || text.trim().parse::<i64>().ok().map(|it| it.to_string());
    let form = match kind {
        Kind::Flag => Some(text.to_ascii_lowercase()),
        Kind::Integer | Kind::Number => integer().or_else(number),
        _ => None,
    };
    form.unwrap_or_else(|| text.to_owned())
}
