use super::node::ROW;
use super::{Map, Node};
use crate::report::render::alike::plural;

/// Room for a link that passes a column.
const LANE: usize = 16;

/// A column that boxes are stacked in.
pub(super) struct Column {
    pub x: usize,
    pub bottom: usize,
}

impl Column {
    /// A level way through the column, below what it holds so far.
    pub(super) fn lane(&mut self) -> (usize, usize) {
        self.bottom += LANE;
        (self.x, self.bottom - LANE / 2)
    }

    pub(super) fn add(&mut self, map: &mut Map, node: Node) -> usize {
        let lines = [&node.note, &node.edge, &node.change];
        let height = 36 + ROW * lines.iter().filter(|line| !line.is_empty()).count();
        map.boxes.push(Node {
            x: self.x,
            y: self.bottom,
            height,
            ..node
        });
        self.bottom += height + 12;
        map.height = map.height.max(self.bottom + 4);
        map.boxes.len() - 1
    }

    /// A box that stands for those that are not drawn, where there are any.
    pub(super) fn fold(&mut self, map: &mut Map, hidden: usize, what: &str) {
        if hidden > 0 {
            let node = Node {
                status: "fold",
                ..Node::new(&plural(hidden, what), "not broken, not drawn")
            };
            self.add(map, node);
        }
    }
}
