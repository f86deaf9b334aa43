use super::Place;

/// The members of a part of a config that no field of the model holds, so that a comparison sees
/// every member of CloudFront's model: those whose value is not CloudFront's default, by their path.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Members(Vec<Member>);

/// One of them, in the form in which values are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The way to it from its part, such as `CustomOriginConfig.IpAddressType`.
    pub path: String,
    /// Its value, or those of a list whose order means nothing.
    pub values: Vec<String>,
    /// What CloudFront takes where a config leaves it out, for messages.
    pub default: &'static str,
    /// Whether these are the values, and not expressions that the deployment resolves.
    pub is_decided: bool,
    /// Whether the model knows it: what an unknown member holds may be a secret, and is not printed.
    pub is_known: bool,
    /// Whether CloudFront fills it in, so that only a config that states it can differ in it.
    pub is_filled_in: bool,
    /// Where it stands.
    pub place: Place,
}

impl Members {
    /// In the order of their paths.
    #[must_use]
    pub fn new(mut members: Vec<Member>) -> Self {
        members.sort_by(|one, other| one.path.cmp(&other.path));
        Self(members)
    }

    /// The one at this path; none where it is CloudFront's default.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Member> {
        self.0.iter().find(|member| member.path == path)
    }

    /// Each of them.
    #[must_use]
    pub fn all(&self) -> &[Member] {
        &self.0
    }
}

impl Member {
    /// Its value in one text; none where it must not be printed.
    #[must_use]
    pub fn shown(&self) -> Option<String> {
        self.is_known.then(|| self.values.join(", "))
    }
}
