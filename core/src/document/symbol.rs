/// What is known of a symbol before the deployment fills it in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Symbol {
    /// What it stands for.
    pub referent: Referent,
    /// What its value can be.
    pub nature: Nature,
}

/// What a symbol stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Referent {
    /// What `Ref` gives of a resource.
    Reference {
        /// Its logical ID.
        of: String,
    },
    /// An attribute of a resource, or of what its name leads to.
    Attribute {
        /// Its logical ID or address.
        of: String,
        /// The attribute.
        attribute: String,
    },
    /// A parameter that has no value here.
    Parameter(String),
    /// A parameter that has no value here, and takes only some.
    Choice {
        /// Its name.
        parameter: String,
        /// The values that it takes.
        allowed: Vec<String>,
    },
    /// A pseudo parameter, such as `AWS::Region`.
    Pseudo(String),
    /// A function that only the deployment evaluates, in one line.
    Call(String),
    /// A piece of something.
    PieceOf(Box<Referent>),
    /// Something that is made from these: a plan does not say how.
    MadeFrom(String),
}

/// What the values of a symbol have in common; [`Nature::Any`] where nothing is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Nature {
    /// Nothing is known.
    #[default]
    Any,
    /// A URL with its scheme, such as `https://abc.lambda-url.eu-west-1.on.aws/`.
    Url,
    /// An ARN.
    Arn,
    /// An ID or name of letters, digits, `-` and `_`: without a dot.
    Word,
    /// A name that CloudFormation makes of its own: of lower-case letters, digits and `-`.
    MadeName,
    /// An IP address.
    IpAddress,
    /// A host that no bucket has.
    Host,
    /// The scheme of a URL with its colon, such as `https:`.
    Scheme,
    /// What follows the scheme of a URL, with a slash in it.
    HostWithPath,
    /// Made from a URL, or the URL itself: a plan does not say.
    OfUrl,
    /// Made from an IP address, or the address itself.
    OfIp,
}

impl Nature {
    /// Whether a symbol of this nature may be this text.
    #[must_use]
    pub fn may_be(self, text: &str) -> bool {
        match self {
            Self::Any | Self::OfUrl | Self::OfIp => true,
            Self::Url => text.contains("://"),
            Self::Arn => text.starts_with("arn:"),
            Self::Word => !text.is_empty() && !text.contains(['.', ':', '/', '$', '{']),
            Self::MadeName => {
                let fits =
                    |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
                !text.is_empty() && text.bytes().all(fits)
            }
            Self::IpAddress => text.parse::<std::net::IpAddr>().is_ok(),
            Self::Host => text.contains('.') && !text.contains(['/', ':', '$']),
            Self::Scheme => text.ends_with(':'),
            Self::HostWithPath => text.contains('/'),
        }
    }

    /// Whether a symbol of this nature is one word: an ID or a name without a dot.
    #[must_use]
    pub fn is_word(self) -> bool {
        matches!(self, Self::Word | Self::MadeName)
    }

    /// What it is called in messages; nothing where nothing is known.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Any => None,
            Self::Url => Some("a URL"),
            Self::Arn => Some("an ARN"),
            Self::Word | Self::MadeName => Some("an ID or name without a dot"),
            Self::IpAddress => Some("an IP address"),
            Self::Host => Some("a host that is not an S3 bucket's"),
            Self::Scheme => Some("the scheme of a URL"),
            Self::HostWithPath => Some("a host with a path"),
            Self::OfUrl => Some("a URL, or made from one"),
            Self::OfIp => Some("an IP address, or made from one"),
        }
    }
}

impl Symbol {
    /// Whether it may be this text. What is only made from something, as a plan says, may be any.
    #[must_use]
    pub fn may_be(&self, text: &str) -> bool {
        match &self.referent {
            Referent::MadeFrom(_) => true,
            Referent::Choice { allowed, .. } => allowed.iter().any(|value| value == text),
            _ => self.nature.may_be(text),
        }
    }

    /// Whether two different symbols may come to the same text.
    #[must_use]
    pub fn may_equal(&self, other: &Self) -> bool {
        let is_made = |symbol: &Self| matches!(symbol.referent, Referent::MadeFrom(_));
        let allowed = |symbol: &'_ Self, other: &Self| match &symbol.referent {
            Referent::Choice { allowed, .. } => {
                Some(allowed.iter().any(|value| other.may_be(value)))
            }
            _ => None,
        };
        if let Some(may_equal) = allowed(self, other).or_else(|| allowed(other, self)) {
            return may_equal;
        }
        match (self.nature, other.nature) {
            _ if is_made(self) || is_made(other) => true,
            (Nature::Any | Nature::OfUrl | Nature::OfIp, _)
            | (_, Nature::Any | Nature::OfUrl | Nature::OfIp) => true,
            // Each resource has its own.
            (Nature::Arn, Nature::Arn) => false,
            // An ARN is never a host, and a host never an ID: different natures are different
            // texts.
            (one, other) => one == other || one.is_word() && other.is_word(),
        }
    }
}

impl Referent {
    /// How a template refers to it; nothing where that takes more than one function.
    #[must_use]
    pub fn in_a_template(&self) -> Option<String> {
        match self {
            Self::Reference { of } => Some(format!("!Ref {of}")),
            Self::Attribute { of, attribute } => Some(format!("!GetAtt {of}.{attribute}")),
            Self::Parameter(name)
            | Self::Choice {
                parameter: name, ..
            }
            | Self::Pseudo(name) => Some(format!("!Ref {name}")),
            Self::Call(_) | Self::PieceOf(_) | Self::MadeFrom(_) => None,
        }
    }

    /// What it is, as the predicate of a sentence: `it is …`.
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Self::Reference { of } => format!("the `Ref` of `{of}`"),
            Self::Attribute { of, attribute } => format!("the {attribute} of `{of}`"),
            Self::Parameter(name)
            | Self::Choice {
                parameter: name, ..
            } => {
                format!("the parameter `{name}`, which has no value here")
            }
            Self::Pseudo(name) => format!("`{name}`"),
            Self::Call(call) => format!("what `{call}` gives"),
            Self::PieceOf(whole) => format!("a piece of {}", whole.in_words()),
            Self::MadeFrom(references) => format!("made from `{references}`"),
        }
    }
}
