/// The height of a further line in a box.
pub(super) const ROW: usize = 14;
/// Characters of 12 px that a box holds.
pub(super) const LABEL: usize = 26;

/// A box.
pub(crate) struct Node {
    pub x: usize,
    pub y: usize,
    pub height: usize,
    /// `ok`, `broken`, `unknown`, `removed` or `fold`
    pub status: &'static str,
    pub label: String,
    pub sub: String,
    /// The rules that are broken here.
    pub note: String,
    /// What the edge answered.
    pub edge: String,
    /// What of it changed against the baseline.
    pub change: String,
    /// What hovering and focus show.
    pub tip: Vec<String>,
    /// The first finding about it, counted from 1.
    pub finding: Option<usize>,
}

impl Node {
    /// With what the edge answered.
    pub(super) fn answered(mut self, answer: Option<String>) -> Self {
        let answer = answer.unwrap_or_default();
        self.edge = short(&answer, LABEL + 6);
        if !answer.is_empty() {
            self.tip.push(answer);
        }
        self
    }

    /// With what changed, which the tip shows in full.
    pub(super) fn changed(mut self, change: &str) -> Self {
        self.change = short(change, LABEL + 6);
        if !change.is_empty() {
            self.tip.push(format!("against the baseline: {change}"));
        }
        self
    }

    pub(super) fn new(label: &str, sub: &str) -> Self {
        Self {
            x: 0,
            y: 0,
            height: 0,
            status: "ok",
            label: short(label, LABEL),
            sub: short(sub, LABEL + 6),
            note: String::new(),
            edge: String::new(),
            change: String::new(),
            tip: vec![label.to_owned(), sub.to_owned()],
            finding: None,
        }
    }
}

/// What the template asks of a box's tip.
impl Node {
    /// Left of the box's left side where it would leave the picture.
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "templates pass fields by reference"
    )]
    pub(crate) fn tip_x(&self, width: &usize) -> usize {
        self.x.min((*width).saturating_sub(self.tip_width() + 2))
    }

    /// The edge's answer stands below the rules, where there are any.
    pub(crate) fn edge_y(&self) -> usize {
        self.y + 43 + if self.note.is_empty() { 0 } else { ROW }
    }

    /// The change stands below both.
    pub(crate) fn change_y(&self) -> usize {
        self.edge_y() + if self.edge.is_empty() { 0 } else { ROW }
    }

    pub(crate) fn tip_width(&self) -> usize {
        let longest = self.tip_lines().map(|line| line.chars().count()).max();
        // 11 px letters are 6.7 px wide.
        longest.unwrap_or_default() * 67 / 10 + 16
    }

    /// The picture is high enough for every tip.
    pub(super) fn tip_bottom(&self) -> usize {
        match self.finding {
            Some(_) => self.y + self.height + self.tip.len() * 15 + 14,
            None => 0,
        }
    }

    pub(crate) fn tip_lines(&self) -> impl Iterator<Item = String> {
        self.tip.iter().map(|line| short(line, 90))
    }
}

pub(super) fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}
