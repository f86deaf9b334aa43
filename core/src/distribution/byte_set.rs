/// The bytes that a text may have, as a table: texts are looked through once per rule and origin.
pub(super) struct ByteSet([bool; 256]);

#[expect(
    clippy::indexing_slicing,
    reason = "no byte is above 255, and `get` is not const"
)]
impl ByteSet {
    /// Lower-case letters and digits, and these.
    pub(super) const fn lower_case_and(others: &[u8]) -> Self {
        let mut table = [false; 256];
        let mut byte = 0u8;
        // Loops by hand: iterators cannot be used in `const fn`.
        while byte < 128 {
            let at = byte as usize;
            table[at] = byte.is_ascii_lowercase() || byte.is_ascii_digit();
            byte += 1;
        }
        let mut at = 0;
        while at < others.len() {
            table[others[at] as usize] = true;
            at += 1;
        }
        Self(table)
    }

    /// Letters and digits, and these.
    pub(super) const fn alphanumeric_and(others: &[u8]) -> Self {
        let mut set = Self::lower_case_and(others);
        let mut byte = b'A';
        while byte <= b'Z' {
            set.0[byte as usize] = true;
            byte += 1;
        }
        set
    }

    /// Whether a byte is in the set.
    pub(super) fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte)]
    }

    /// Whether every byte of a text is in the set.
    pub(super) fn has_all_of(&self, text: &str) -> bool {
        for byte in text.as_bytes() {
            if !self.has(*byte) {
                return false;
            }
        }
        true
    }

    /// The first character of a text that is not.
    pub(super) fn first_beside(&self, text: &str) -> Option<char> {
        // By character, so that a message can show it; what is beyond Latin-1 is in no set.
        let is_in = |c: char| u8::try_from(c).is_ok_and(|byte| self.has(byte));
        text.chars().find(|c| !is_in(*c))
    }
}
