use std::cell::Cell;

/// The most values that a document may have: twice what the largest template and many times what the
/// largest config have (CloudFormation takes 1 MB, of which a value takes 20 bytes and more), and at
/// about 400 bytes each still within the memory of the smallest function.
pub const MOST_VALUES: usize = 100_000;

/// How many bytes of text weigh as much as another value.
const TEXT: usize = 64;

/// What may still be made of a document. Aliases, loops and functions let a short one stand for
/// more than any memory holds.
#[derive(Debug)]
pub struct Budget(Cell<usize>);

/// The budget is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsedUp;

impl Budget {
    /// For so many small values.
    #[must_use]
    pub fn of(values: usize) -> Self {
        Self(Cell::new(values))
    }

    /// How many small values are left.
    #[must_use]
    pub fn left(&self) -> usize {
        self.0.get()
    }

    /// Takes what is about to be made.
    ///
    /// # Errors
    /// If that is more than is left.
    pub fn spend(&self, weight: usize) -> Result<(), UsedUp> {
        self.0.set(self.0.get().checked_sub(weight).ok_or(UsedUp)?);
        Ok(())
    }
}

/// What a value with so many bytes of text weighs, in small values.
#[must_use]
pub fn weight_of(bytes: usize) -> usize {
    1 + bytes / TEXT
}

/// How many values a text of JSON has at most: counted before anything is made of it.
#[must_use]
pub fn values_of(json: &[u8]) -> usize {
    let (mut values, mut in_text, mut is_escaped) = (1, false, false);
    for byte in json {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_text => is_escaped = true,
            b'"' => in_text = !in_text,
            // One before each value of a list or an object.
            b',' | b'[' | b'{' if !in_text => values += 1,
            _ => {}
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_weighs_too() {
        let budget = Budget::of(10);
        assert_eq!(budget.spend(weight_of(0)), Ok(()));
        assert_eq!(budget.spend(weight_of(7 * TEXT)), Ok(()));
        assert_eq!(budget.left(), 1);
        assert_eq!(budget.spend(weight_of(TEXT)), Err(UsedUp));
    }

    #[test]
    fn values_are_counted_but_not_what_is_inside_of_texts() {
        for (json, values) in [
            ("1", 1),
            ("[1, 2, 3]", 4),
            (r#"{"a": 1, "b": [{}, ""]}"#, 5),
            (r#"["\", [{", ",,,"]"#, 3),
        ] {
            assert!(values_of(json.as_bytes()) >= values, "{json}");
            assert!(values_of(json.as_bytes()) <= 2 * values, "{json}");
        }
    }
}
