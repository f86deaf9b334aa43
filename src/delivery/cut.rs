//! Fitting texts into AWS's limits without breaking characters or findings.

/// At most `most` characters, the last of them `…` where something was left out.
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    kept + "…"
}

/// An opening and as many whole blocks as fit into `most` characters; then how many more there are,
/// and where.
pub fn cut_blocks(opening: &str, blocks: &[String], most: usize, rest: &str) -> String {
    let closing = |left: usize| match left {
        0 => String::new(),
        _ => format!("\nand {left} more in {rest}"),
    };
    let length = |text: &str| text.chars().count();
    let opening = cut(opening, most.saturating_sub(length(&closing(blocks.len()))));
    let mut text = opening;
    for (at, block) in blocks.iter().enumerate() {
        let left = blocks.len() - at - 1;
        let needed = length(&text) + 1 + length(block) + length(&closing(left));
        if needed > most {
            return text + &closing(left + 1);
        }
        text.push('\n');
        text.push_str(block);
    }
    text
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
    }
}
