use super::{Map, WIDTH};

/// A line between two boxes.
pub(crate) struct Link {
    pub path: String,
    /// `ok`, `broken`, `affected` or `unknown`
    pub status: &'static str,
    /// Where a broken one is crossed out.
    pub middle: (usize, usize),
}

impl Map {
    pub(super) fn link(&mut self, from: usize, to: usize, status: &'static str) {
        self.link_over(from, to, status, None);
    }

    /// A link that passes a column keeps to a lane of its own there, so that it seems to touch none
    /// of the column's boxes.
    pub(super) fn link_over(
        &mut self,
        from: usize,
        to: usize,
        status: &'static str,
        lane: Option<(usize, usize)>,
    ) {
        let (Some(from), Some(to)) = (self.boxes.get(from), self.boxes.get(to)) else {
            return;
        };
        let (x1, y1) = (from.x + WIDTH, from.y + from.height / 2);
        let (x2, y2) = (to.x, to.y + to.height / 2);
        let curve = |x1: usize, x2: usize, y1: usize, y2: usize| {
            let middle = x1.midpoint(x2);
            format!("C{middle} {y1} {middle} {y2} {x2} {y2}")
        };
        let (path, middle) = match lane {
            None => (curve(x1, x2, y1, y2), (x1.midpoint(x2), y1.midpoint(y2))),
            Some((x, y)) => {
                let (before, after) = (curve(x1, x, y1, y), curve(x + WIDTH, x2, y, y2));
                (format!("{before}H{}{after}", x + WIDTH), (x + WIDTH / 2, y))
            }
        };
        self.links.push(Link {
            path: format!("M{x1} {y1}{path}"),
            status,
            middle,
        });
    }
}
