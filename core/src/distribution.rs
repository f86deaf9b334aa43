//! The model: one distribution as CloudFront would run it, whatever it was written in.
//!
//! Every value remembers its [`Place`] and may be [`Value::Symbolic`]: an expression that
//! only the deployment resolves. Nothing in here is ever guessed.
//! Shapes follow <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DistributionConfig.html>.

mod account_id;
mod aws_host;
mod behavior;
mod bucket_name;
mod byte_set;
mod header_value;
mod hidden;
mod host_name;
mod ids;
mod managed_policy;
mod members;
mod open_domain;
mod origin;
mod origin_group;
mod part;
mod path_pattern;
mod place;
mod reach;
mod region;
mod s3_endpoint;
mod serving;
mod targets;
mod value;

use std::sync::Arc;

use crate::model::{Deviation, Form};

pub use crate::document::{Expression, ExpressionPart, Position, is_open};
pub use account_id::{AccountId, AccountIdError};
pub use aws_host::AwsHost;
pub use behavior::{Behavior, EdgeEvent, Methods};
pub use bucket_name::{AccountRegionalName, BucketName, BucketNameError};
pub use header_value::{HIDDEN, HeaderValue, Secret};
pub use hidden::{Hidden, SENSITIVE};
pub use host_name::HostNameError;
pub use ids::{DistributionId, ETag, KeyId, OacId, OaiId, OriginHostName, VpcOriginId};
pub use managed_policy::{ManagedPolicy, Sent};
pub use members::{Member, Members};
pub use origin::{
    CustomHeader, CustomOriginConfig, Origin, OriginAccessIdentity, OriginKind,
    OriginProtocolPolicy, OriginShield, S3OriginConfig, VpcOriginConfig,
};
pub use origin_group::OriginGroup;
pub use part::{Part, Parts};
pub use path_pattern::{PathPattern, PathPatternError};
pub use place::Place;
pub use reach::Reach;
pub use region::{Partition, Region};
pub use s3_endpoint::{Lacks, S3Endpoint, S3EndpointKind};
pub use serving::{BehaviorServing, EdgeFunction, ErrorPage, Serving};
pub use targets::{OpenTarget, OriginMap, Resolution, Target};
pub use value::{At, Value};

/// A distribution's configuration: candidate, baseline or live.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Distribution {
    /// The distribution's ID, such as `E2EXAMPLE1GUARD`; absent while it is not created.
    pub id: Option<DistributionId>,
    /// Its ARN, where the source states it.
    pub arn: Option<String>,
    /// Its own CloudFront domain, such as `d111111abcdef8.cloudfront.net`.
    pub domain_name: Option<String>,
    /// The version that the source was made from.
    pub etag: Option<ETag>,
    /// Where the config stands in its document.
    pub place: Place,
    /// Alternate domain names.
    pub aliases: Vec<At<String>>,
    /// Whether it serves viewers; a source that does not say is taken as enabled.
    pub enabled: Option<bool>,
    /// The HTTP versions for viewers, where the source says that.
    pub http_version: Option<At<String>>,
    /// A staging distribution of a continuous deployment.
    pub staging: bool,
    /// `ConnectionMode: tenant-only`: the domains of its origins may hold tenant parameters.
    pub multi_tenant: bool,
    /// The parameters that `TenantConfig` defines, where the source says all of them.
    pub tenant_parameters: Option<Vec<String>>,
    /// The origins, in the order of the document.
    pub origins: Vec<Origin>,
    /// The origin groups, in the order of the document.
    pub origin_groups: Vec<OriginGroup>,
    /// The default cache behavior.
    pub default_behavior: Option<Behavior>,
    /// The other cache behaviors, by precedence.
    pub behaviors: Vec<Behavior>,
    /// What becomes of requests besides the choice of their origin.
    pub serving: Box<Serving>,
    /// Its other members.
    pub other_members: Members,
    /// Members that its source leaves out whatever their values are, as a list of distributions does:
    /// they are neither judged nor compared.
    pub omitted: &'static [&'static str],
    /// Whether equal expressions are equal values, as in a template, which spells out what is
    /// computed; a plan only lists what an expression refers to.
    pub exact_expressions: bool,
    /// The config's own members that what deploys it can state, where it keeps the others as they are.
    pub stated: Option<&'static [&'static str]>,
    /// Lists whose `Quantity` is not the number of their `Items`.
    pub quantities: Vec<QuantityMismatch>,
    /// Objects, lists and items of lists that only the deployment makes, and that are missing here.
    pub undecided: Vec<Undecided>,
    /// In what it is written; `None` for what CloudFront itself says.
    pub form: Option<Form>,
    /// Where the document is not as CloudFront's model says; none of what CloudFront itself says.
    pub deviations: Vec<Deviation>,
    /// What its document has beside it that is not judged.
    pub unread: Vec<Unread>,
    /// Variables of a template in plain texts, where they are literal.
    pub variables: Vec<LiteralVariable>,
    /// Texts that no report prints.
    pub hidden: Arc<Hidden>,
}

/// A part of a document that is not judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// What it is, such as the address of a distribution.
    pub subject: String,
    /// Why it is not judged, as a clause.
    pub why: String,
    /// What would let it be judged.
    pub needs: String,
    /// The name of the file that has it, where the document says that.
    pub document: Option<String>,
    /// Whether it has, or is about, what is judged, so that no verdict may pass over it; what only might
    /// is listed.
    pub weighs: bool,
}

/// `${Name}` of a template outside `Fn::Sub`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiteralVariable {
    /// Where the text stands.
    pub place: Place,
    /// The variable, such as `${Bucket}`.
    pub variable: String,
}

/// An object, a list or an item of a list that is an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecided {
    /// Its key, or its list's, in CloudFront's spelling, such as `Origins`.
    pub key: String,
    /// Where it stands.
    pub place: Place,
    /// What decides it.
    pub expression: Expression,
}

/// A `Quantity` that disagrees with its list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuantityMismatch {
    /// Where the `Quantity` stands.
    pub place: Place,
    /// The list's name, such as `Origins`.
    pub list: String,
    /// What `Quantity` says.
    pub stated: i64,
    /// How many items there are.
    pub items: usize,
}

impl Distribution {
    /// Takes the ID, ARN and domain of the distribution that it is to replace, unless it says that it is
    /// another one: by an ID or ARN of its own, such as a template's, or by a `CallerReference`, which no update changes.
    pub fn take_identity(&mut self, replaced: &Self) {
        let is_same_call = || {
            let [own, other] = [&*self, replaced].map(|it| it.other_members.get("CallerReference"));
            own.zip(other)
                .is_none_or(|(own, other)| own.values == other.values)
        };
        let is_it = match &self.id {
            Some(id) => replaced.id.as_ref() == Some(id),
            None => self.arn.is_none() && is_same_call(),
        };
        if !is_it || replaced.id.is_none() {
            return;
        }
        self.id.clone_from(&replaced.id);
        for (own, other) in [
            (&mut self.arn, &replaced.arn),
            (&mut self.domain_name, &replaced.domain_name),
        ] {
            if own.is_none() {
                own.clone_from(other);
            }
        }
    }

    /// Every behavior in the order in which CloudFront lists them: the default one last.
    pub fn all_behaviors(&self) -> impl Iterator<Item = &Behavior> {
        self.behaviors.iter().chain(&self.default_behavior)
    }

    /// The first expression that stands in the place of one of these lists, of objects, or of some
    /// of their items.
    #[must_use]
    pub fn leaves_open(&self, keys: &[&str]) -> Option<&Expression> {
        let open = |undecided: &&Undecided| keys.contains(&undecided.key.as_str());
        Some(&self.undecided.iter().find(open)?.expression)
    }

    /// Whether the value at this place, or what it is made from, has a variable that is literal.
    #[must_use]
    pub fn has_variable(&self, place: &Place) -> bool {
        self.variables
            .iter()
            .any(|literal| literal.place.is_within(place))
    }

    /// The first origin with this ID.
    #[must_use]
    pub fn origin(&self, id: &str) -> Option<&Origin> {
        self.origins.iter().find(|origin| origin.id.is(id))
    }
}
