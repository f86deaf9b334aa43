use super::At;

/// What becomes of a request besides the choice of its origin. No rule judges it: a trace shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Serving {
    /// The object that a request for `/` gets; an empty text is none.
    pub default_root_object: Option<At<String>>,
    /// The pages in the place of errors.
    pub error_pages: Vec<ErrorPage>,
    /// The web ACL that sees requests first, unless that is empty.
    pub web_acl: Option<At<String>>,
    /// `RestrictionType`, unless that is `none`.
    pub geo_restriction: Option<At<String>>,
    /// `Mode` of the certificates that viewers show.
    pub viewer_mtls: Option<At<String>>,
    /// The continuous deployment policy, unless that is empty: some requests go to a staging distribution.
    pub continuous_deployment: Option<At<String>>,
}

/// One of `CustomErrorResponses`. Follows
/// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CustomErrorResponse.html>.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorPage {
    /// The HTTP status that it is for.
    pub error_code: At<i64>,
    /// The path of the page; without it only the caching of the error changes.
    pub page_path: Option<At<String>>,
    /// The HTTP status that viewers get with the page.
    pub response_code: Option<At<i64>>,
}

/// What a cache behavior makes of a request besides the choice of its origin.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BehaviorServing {
    /// `allow-all`, `https-only` or `redirect-to-https`.
    pub viewer_protocol_policy: Option<At<String>>,
    /// Whether viewers need a signed URL or signed cookies.
    pub is_signed: bool,
    /// Whether `ForwardedValues` forwards the query string.
    pub forwards_query: bool,
    /// `Forward` of the cookies of `ForwardedValues`.
    pub forwarded_cookies: Option<At<String>>,
    /// The cookies that `ForwardedValues` names.
    pub cookie_names: Vec<At<String>>,
    /// The functions that run at the edge.
    pub functions: Vec<EdgeFunction>,
}

/// A function that runs at the edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EdgeFunction {
    /// Whether it is Lambda@Edge; else it is a CloudFront function.
    pub is_lambda: bool,
    /// When it runs, such as `viewer-request`.
    pub event: At<String>,
    /// Its ARN.
    pub arn: Option<At<String>>,
}
