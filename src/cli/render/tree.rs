//! Trees: each entry on a line, what belongs to it below it.

/// An entry and what belongs to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Node {
    /// Its line, escaped where it is foreign; tabs are left for a table.
    pub(crate) text: String,
    /// What belongs to it.
    pub(crate) below: Vec<Self>,
}

/// The lines of a tree, the root without a branch.
pub(crate) fn lines(root: &Node) -> Vec<String> {
    let mut lines = vec![root.text.clone()];
    branches(&root.below, "", &mut lines);
    lines
}

fn branches(nodes: &[Node], before: &str, lines: &mut Vec<String>) {
    for (index, node) in nodes.iter().enumerate() {
        let (branch, below) = if index + 1 == nodes.len() {
            ("└─ ", "   ")
        } else {
            ("├─ ", "│  ")
        };
        lines.push(format!("{before}{branch}{}", node.text));
        branches(&node.below, &format!("{before}{below}"), lines);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_to_an_entry_hangs_below_it() {
        let node = |text: &str, below: Vec<Node>| Node {
            text: text.to_owned(),
            below,
        };
        let tree = node(
            "root",
            vec![
                node("one", vec![node("a", Vec::new()), node("b", Vec::new())]),
                node("two", vec![node("c", Vec::new())]),
            ],
        );
        assert_eq!(
            lines(&tree).join("\n"),
            "root\n├─ one\n│  ├─ a\n│  └─ b\n└─ two\n   └─ c"
        );
    }
}
