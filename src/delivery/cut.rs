//! Fitting texts into AWS's limits without breaking characters or findings.

/// At most `most` characters, the last of them `…` where something was left out.
pub(super) fn cut(text: &str, most: usize) -> String {
    // Characters, not bytes: the limits that this is for count them, and a cut inside a character
    // is no text.
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    kept + "…"
}

/// An opening and as many whole blocks as fit into `most` characters; then how many more there are,
/// and where.
pub(super) fn cut_blocks(opening: &str, blocks: &[String], most: usize, rest: &str) -> String {
    let closing = |left: usize| match left {
        0 => String::new(),
        _ => format!("\nand {left} more in {rest}"),
    };
    let length = |text: &str| text.chars().count();
    // The closing line is always paid for first: a message that is cut without saying so reads as
    // whole.
    let opening = cut(opening, most.saturating_sub(length(&closing(blocks.len()))));
    let mut text = opening;
    for (at, block) in blocks.iter().enumerate() {
        let left = blocks.len() - at - 1;
        // Half a finding can mislead (its remedy is last), so a block goes in whole or not at all.
        let needed = length(&text) + 1 + length(block) + length(&closing(left));
        if needed > most {
            return text + &closing(left + 1);
        }
        text.push('\n');
        text.push_str(block);
    }
    text
}

/// As many whole items of a list as fit into `most` characters; then how many more there are, and
/// where.
pub(super) fn cut_list(items: &[String], most: usize, rest: &str) -> String {
    let whole = items.join(", ");
    let length = |text: &str| text.chars().count();
    if length(&whole) <= most {
        return whole;
    }
    let closing = |left: usize| format!("and {left} more in {rest}");
    let room = most.saturating_sub(length(&closing(items.len())));
    let mut text = String::new();
    for (at, item) in items.iter().enumerate() {
        if length(&text) + length(item) + 2 > room {
            return cut(&(text + &closing(items.len() - at)), most);
        }
        text.push_str(item);
        text.push_str(", ");
    }
    cut(&text, most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keeps_whole_characters() {
        assert_eq!(cut("äöüß", 4), "äöüß");
        assert_eq!(cut("äöüßx", 4), "äöü…");
    }

    #[test]
    fn stops_on_a_whole_block_and_says_how_many_more() {
        let blocks: Vec<String> = (0..5)
            .map(|n| format!("block {n} {}", "x".repeat(20)))
            .collect();
        let text = cut_blocks("opening", &blocks, 75, "s3://b/k");
        assert!(text.ends_with("\nand 4 more in s3://b/k"), "{text}");
        assert!(text.contains("block 0") && !text.contains("block 1"));
        assert_eq!(
            cut_blocks("o", &blocks[..1], 90, "x"),
            format!("o\n{}", blocks[0])
        );
    }

    proptest! {
        #[test]
        fn never_exceeds_the_limit(
            opening in "\\PC{0,60}", blocks in prop::collection::vec("\\PC{0,40}", 0..8), most in 40usize..200
        ) {
            prop_assert!(cut_blocks(&opening, &blocks, most, "r").chars().count() <= most);
        }

        #[test]
        fn a_list_keeps_whole_items_and_counts_the_rest(
            items in prop::collection::vec("[a-zäö]{1,30}", 0..40), most in 40usize..200
        ) {
            let text = cut_list(&items, most, "r");
            prop_assert!(text.chars().count() <= most);
            let mut shown: Vec<&str> = text.split(", ").filter(|item| !item.is_empty()).collect();
            if let Some(left) = shown.last().and_then(|last| last.strip_prefix("and ")?.strip_suffix(" more in r")) {
                shown.pop();
                prop_assert_eq!(shown.len() + left.parse::<usize>().unwrap(), items.len());
            } else {
                prop_assert_eq!(shown.len(), items.len());
            }
            prop_assert!(shown.iter().zip(&items).all(|(shown, item)| shown == item));
        }
    }
}
