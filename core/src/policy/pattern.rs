use super::Text;

/// Yes, no, or not determined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Truth {
    Yes,
    No,
    Maybe,
}

impl Truth {
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
            _ => Self::Maybe,
        }
    }

    pub(super) fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Maybe => Self::Maybe,
        }
    }

    /// What is not so as it is written may be so once what is open in it is resolved.
    pub(super) fn unless_open(self, is_open: impl FnOnce() -> bool) -> Self {
        match self {
            // Only a No: what matches while it is open matches as it is written.
            Self::No if is_open() => Self::Maybe,
            other => other,
        }
    }

    pub(super) fn any(truths: impl IntoIterator<Item = Self>) -> Self {
        let mut any = Self::No;
        for truth in truths {
            match truth {
                Self::Yes => return Self::Yes,
                Self::Maybe => any = Self::Maybe,
                Self::No => {}
            }
        }
        any
    }
}

impl From<bool> for Truth {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

/// A text with `*` and `?`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    text: String,
    ignore_case: bool,
    /// With policy variables, which are resolved for each request.
    variable: bool,
}

impl Pattern {
    pub(super) fn new(text: &str, ignore_case: bool, variables: bool) -> Self {
        Self {
            text: text.to_owned(),
            ignore_case,
            variable: variables && text.contains("${"),
        }
    }

    /// Whether it matches; of texts below a prefix, whether it matches all or none of them.
    pub(super) fn matches(&self, text: Text<'_>) -> Truth {
        let truth = self.matches_as_written(text);
        truth.unless_open(|| (self.variable || text.is_open()) && self.is_open_against(text))
    }

    /// Whether something is open behind what both begin with: the same expression is the same text.
    fn is_open_against(&self, text: Text<'_>) -> bool {
        let (Text::Is(text) | Text::Below(text)) = text;
        let both = self.text.bytes().zip(text.bytes());
        let common = both.take_while(|(own, other)| own == other).count();
        let begun = self.text.as_bytes().get(..common).and_then(still_open);
        // An expression that both begin with is compared from its beginning, since half of it says
        // nothing.
        let from = begun.unwrap_or(common);
        let is_open = |text: &str| {
            let rest = text.as_bytes().get(from..).unwrap_or_default();
            rest.windows(2).any(|it| it == b"${")
        };
        self.variable && is_open(&self.text) || is_open(text)
    }

    /// Whether it matches while what is open in it stands for nothing but itself.
    pub(super) fn matches_as_written(&self, text: Text<'_>) -> Truth {
        let glob = Glob {
            pattern: &self.text,
            ignore_case: self.ignore_case,
        };
        glob.truth(text)
    }
}

/// Where the outermost `${` begins that is not closed within a text: expressions may hold others.
fn still_open(text: &[u8]) -> Option<usize> {
    let (mut begun, mut depth) = (None, 0_usize);
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'{' if depth > 0 => depth += 1,
            b'{' if text.get(..at).is_some_and(|it| it.ends_with(b"$")) => {
                (begun, depth) = (Some(at - 1), 1);
            }
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    begun.filter(|_| depth > 0)
}

/// A text in which `*` and `?` stand for others, and nothing is a variable.
#[derive(Clone, Copy)]
pub(super) struct Glob<'p> {
    pub pattern: &'p str,
    pub ignore_case: bool,
}

impl<'p> Glob<'p> {
    /// With the case of letters.
    pub(super) fn of(pattern: &'p str) -> Self {
        Self {
            pattern,
            ignore_case: false,
        }
    }

    /// Whether it matches a text; of texts below a prefix, whether it matches all or none.
    pub(super) fn truth(self, text: Text<'_>) -> Truth {
        match text {
            Text::Is(text) => self.matches(text).into(),
            Text::Below(prefix) if self.covers(prefix) => Truth::Yes,
            Text::Below(prefix) if self.meets(prefix) => Truth::Maybe,
            Text::Below(_) => Truth::No,
        }
    }

    /// Matches without allocation, and never slower than the product of both lengths.
    pub(super) fn matches(self, text: &str) -> bool {
        let Self {
            pattern,
            ignore_case,
        } = self;
        // A wildcard matches itself.
        if pattern == text {
            return true;
        }
        let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
        let (mut p, mut t) = (0, 0);
        let mut star: Option<(usize, usize)> = None;
        while let Some(&own) = text.get(t) {
            match pattern.get(p) {
                Some(b'*') => {
                    star = Some((p, t));
                    p += 1;
                }
                Some(b'?') => {
                    p += 1;
                    // IAM's `?` is one character, and texts are compared as bytes here.
                    t = next(text, t);
                }
                Some(byte) if equal(*byte, own, ignore_case) => {
                    p += 1;
                    t += 1;
                }
                _ => {
                    let Some((at, from)) = star else {
                        return false;
                    };
                    p = at + 1;
                    // Back to the last star only: an earlier one could take nothing that the last
                    // cannot, so the work stays within the product of both lengths.
                    t = from + 1;
                    star = Some((at, t));
                }
            }
        }
        pattern.iter().skip(p).all(|byte| *byte == b'*')
    }

    /// Whether the pattern matches every text that begins with the prefix and goes on.
    fn covers(self, prefix: &str) -> bool {
        let with = |pattern| Self { pattern, ..self };
        let Some(head) = self.pattern.strip_suffix('*') else {
            return self
                .pattern
                .strip_suffix('?')
                .is_some_and(|head| head.ends_with('*') && with(head).matches(prefix));
        };
        head == prefix
            || self.matches(prefix)
            || head
                .strip_suffix('?')
                .is_some_and(|head| with(head).matches(prefix))
    }

    /// Whether the pattern matches some text that begins with the prefix and goes on: whatever stands
    /// behind its first `*` can still come.
    fn meets(self, prefix: &str) -> bool {
        let ignore_case = self.ignore_case;
        let (pattern, prefix) = (self.pattern.as_bytes(), prefix.as_bytes());
        let (mut p, mut t) = (0, 0);
        while let Some(&own) = prefix.get(t) {
            match pattern.get(p) {
                Some(b'*') => return true,
                Some(b'?') => t = next(prefix, t),
                Some(byte) if equal(*byte, own, ignore_case) => t += 1,
                _ => return false,
            }
            p += 1;
        }
        p < pattern.len()
    }
}

/// Whether a literal text is the text; of texts below a prefix, it is one of them or none.
pub(super) fn equal_truth(literal: &str, text: Text<'_>, ignore_case: bool) -> Truth {
    let same = |a: &str, b: &str| {
        if ignore_case {
            a.eq_ignore_ascii_case(b)
        } else {
            a == b
        }
    };
    match text {
        Text::Is(text) => same(literal, text).into(),
        Text::Below(prefix) => match literal.get(..prefix.len()) {
            Some(start) if literal.len() > prefix.len() && same(start, prefix) => Truth::Maybe,
            _ => Truth::No,
        },
    }
}

fn equal(a: u8, b: u8, ignore_case: bool) -> bool {
    a == b || (ignore_case && a.eq_ignore_ascii_case(&b))
}

/// Behind the character at a place of UTF-8.
fn next(text: &[u8], at: usize) -> usize {
    let mut next = at + 1;
    while text.get(next).is_some_and(|byte| byte & 0xC0 == 0x80) {
        next += 1;
    }
    next
}
