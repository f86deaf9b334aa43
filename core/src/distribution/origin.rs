use super::{At, HeaderValue, Members, Place, S3Endpoint};

/// One origin. Follows <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html>.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Where the origin stands.
    pub place: Place,
    /// Its ID, which behaviors and groups refer to; empty where the source has none.
    pub id: At<String>,
    /// Its domain; empty where the source has none.
    pub domain_name: At<String>,
    /// What kind of S3 endpoint the domain is, read once; `None` for any other domain, and for a
    /// symbolic one that does not show it.
    pub s3_endpoint: Option<S3Endpoint>,
    /// The path put before every request.
    pub origin_path: Option<At<String>>,
    /// Present when the origin is declared as S3.
    pub s3: Option<S3OriginConfig>,
    /// Present when the origin is declared as custom.
    pub custom: Option<CustomOriginConfig>,
    /// Present when the origin is in a VPC.
    pub vpc: Option<VpcOriginConfig>,
    /// The origin access control; an empty ID is none.
    pub origin_access_control_id: Option<At<String>>,
    /// Tries to connect, 1 to 3.
    pub connection_attempts: Option<At<i64>>,
    /// Seconds to connect, 1 to 10.
    pub connection_timeout: Option<At<i64>>,
    /// Seconds until the whole answer is there.
    pub response_completion_timeout: Option<At<i64>>,
    /// The headers that CloudFront adds to its requests.
    pub custom_headers: Vec<CustomHeader>,
    /// The cache layer before the origin.
    pub origin_shield: Option<OriginShield>,
    /// Whether the source leaves to the deployment which of the three configs it has.
    pub undecided: bool,
    /// Its other members.
    pub other_members: Members,
}

/// One of an origin's `CustomHeaders`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomHeader {
    /// Where it stands.
    pub place: Place,
    /// Its name; empty where the source has none.
    pub name: At<String>,
    /// How many characters its value has, where that is known.
    pub value_length: Option<usize>,
    /// Its value, which is a secret.
    pub value: HeaderValue,
}

/// `OriginShield`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginShield {
    /// Where it stands.
    pub place: Place,
    /// Whether it is on; absent where only the deployment knows.
    pub enabled: Option<bool>,
    /// The region it is in.
    pub region: Option<At<String>>,
}

/// `S3OriginConfig`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3OriginConfig {
    /// Where it stands.
    pub place: Place,
    /// `origin-access-identity/cloudfront/ID`; an empty text is none.
    pub origin_access_identity: Option<At<String>>,
    /// Seconds to wait for an answer.
    pub origin_read_timeout: Option<At<i64>>,
}

/// `CustomOriginConfig`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomOriginConfig {
    /// Where it stands.
    pub place: Place,
    /// Port for HTTP.
    pub http_port: Option<At<i64>>,
    /// Port for HTTPS.
    pub https_port: Option<At<i64>>,
    /// Which of the two CloudFront uses.
    pub origin_protocol_policy: Option<At<String>>,
    /// `ipv4`, `ipv6` or `dualstack`; CloudFront's default is `ipv4`.
    pub ip_address_type: Option<At<String>>,
    /// TLS versions that CloudFront offers the origin.
    pub origin_ssl_protocols: Vec<At<String>>,
    /// Seconds to wait for an answer.
    pub origin_read_timeout: Option<At<i64>>,
    /// Seconds to keep an idle connection.
    pub origin_keepalive_timeout: Option<At<i64>>,
}

/// `VpcOriginConfig`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VpcOriginConfig {
    /// Where it stands.
    pub place: Place,
    /// The VPC origin's ID, such as `vo_abc`.
    pub vpc_origin_id: Option<At<String>>,
    /// The account that owns the VPC origin, if that is another one.
    pub owner_account_id: Option<At<String>>,
    /// Seconds to wait for an answer.
    pub origin_read_timeout: Option<At<i64>>,
    /// Seconds to keep an idle connection.
    pub origin_keepalive_timeout: Option<At<i64>>,
}

/// What an origin is declared as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OriginKind {
    /// Only `S3OriginConfig`.
    S3,
    /// Only `CustomOriginConfig`.
    Custom,
    /// Only `VpcOriginConfig`.
    Vpc,
    /// None of the three, or several.
    Ambiguous,
    /// The deployment decides.
    Undecided,
}

/// How CloudFront speaks to a custom origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OriginProtocolPolicy {
    /// `http-only`
    HttpOnly,
    /// `https-only`
    HttpsOnly,
    /// `match-viewer`
    MatchViewer,
}

/// What an origin's `OriginAccessIdentity` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OriginAccessIdentity<'a> {
    /// The ID behind `origin-access-identity/cloudfront/`, or the expression there.
    Id(&'a str),
    /// A text of another form, which CloudFront refuses.
    Malformed(&'a str),
    /// Decided by the deployment.
    Symbolic,
}

impl Origin {
    /// What the origin is declared as.
    #[must_use]
    pub fn kind(&self) -> OriginKind {
        match (&self.s3, &self.custom, &self.vpc) {
            // Before the count of configs: one that only appears under a condition is neither there
            // nor missing.
            _ if self.undecided => OriginKind::Undecided,
            (Some(_), None, None) => OriginKind::S3,
            (None, Some(_), None) => OriginKind::Custom,
            (None, None, Some(_)) => OriginKind::Vpc,
            _ => OriginKind::Ambiguous,
        }
    }

    /// The origin access control it names, unless that is empty.
    #[must_use]
    pub fn origin_access_control(&self) -> Option<&At<String>> {
        self.origin_access_control_id
            .as_ref()
            .filter(|id| !id.is_empty())
    }

    /// The field with the origin access identity, unless that is empty.
    #[must_use]
    pub fn origin_access_identity_field(&self) -> Option<&At<String>> {
        self.s3
            .as_ref()?
            .origin_access_identity
            .as_ref()
            .filter(|identity| !identity.is_empty())
    }

    /// The origin access identity it names, unless that is empty.
    #[must_use]
    pub fn origin_access_identity(&self) -> Option<OriginAccessIdentity<'_>> {
        const PREFIX: &str = "origin-access-identity/cloudfront/";
        let field = self.origin_access_identity_field()?;
        let text = field.spelling();
        let is_open = field.known().is_none();
        Some(match text.strip_prefix(PREFIX) {
            // An expression may have slashes in its spelling, such as a Terraform address.
            Some(id) if !id.is_empty() && (is_open || !id.contains('/')) => {
                OriginAccessIdentity::Id(id)
            }
            _ if is_open => OriginAccessIdentity::Symbolic,
            _ => OriginAccessIdentity::Malformed(text),
        })
    }

    /// The name for messages: the ID, or the place of an origin without one.
    #[must_use]
    pub fn name(&self) -> String {
        if self.id.is_empty() {
            format!("at {}", self.place.pointer)
        } else {
            format!("`{}`", self.id)
        }
    }
}

impl VpcOriginConfig {
    /// The VPC origin that it names, unless that is empty.
    #[must_use]
    pub fn id(&self) -> Option<&At<String>> {
        self.vpc_origin_id.as_ref().filter(|id| !id.is_empty())
    }

    /// The account that it says owns the VPC origin, unless that is empty.
    #[must_use]
    pub fn owner(&self) -> Option<&At<String>> {
        self.owner_account_id.as_ref().filter(|id| !id.is_empty())
    }
}

impl CustomOriginConfig {
    /// The protocol policy, where it is known and one of the three.
    #[must_use]
    pub fn protocol_policy(&self) -> Option<OriginProtocolPolicy> {
        match self.origin_protocol_policy.as_ref()?.known()?.as_str() {
            "http-only" => Some(OriginProtocolPolicy::HttpOnly),
            "https-only" => Some(OriginProtocolPolicy::HttpsOnly),
            "match-viewer" => Some(OriginProtocolPolicy::MatchViewer),
            _ => None,
        }
    }
}
