//! Text that breaks between words where a terminal would break within them.

/// Longer lines are hard to read, however wide the window is.
const WIDEST: usize = 120;
/// In fewer columns nothing is broken: there is no room for words and an indent.
const NARROWEST: usize = 40;
/// How far the rest of a line that stands at the margin moves in, where it begins with a rule's name.
const HANG: usize = 4;

/// The text in at most so many columns: lines break at spaces, but within no `name` in backticks, which is
/// copied, and quoted lines of a source break nowhere. A column is taken as one character.
#[must_use]
pub fn wrapped(text: &str, columns: usize) -> String {
    each_line(text, columns, indent)
}

/// The same where all lines have labels of one width, below which nothing stands.
#[must_use]
pub fn wrapped_below(text: &str, columns: usize, labels: usize) -> String {
    each_line(text, columns, |_| labels)
}

fn each_line(text: &str, columns: usize, indent: impl Fn(&str) -> usize) -> String {
    if columns < NARROWEST {
        return text.to_owned();
    }
    let columns = columns.min(WIDEST);
    text.split_inclusive('\n')
        .map(|line| wrapped_line(line, columns, &indent))
        .collect()
}

fn wrapped_line(line: &str, columns: usize, indent: impl Fn(&str) -> usize) -> String {
    let shown: Vec<(usize, char)> = without_escapes(line.trim_end_matches('\n')).collect();
    let plain: String = shown.iter().map(|(_, c)| c).collect();
    if shown.len() <= columns || is_quoted(&plain) {
        return line.to_owned();
    }
    let indent = indent(&plain);
    let mut text = String::with_capacity(line.len() + 16);
    // Bytes of the line that are written, and characters of the row that is begun.
    let (mut written, mut row) = (0, 0);
    let words = words(&shown);
    for (at, (begin, end)) in words.iter().enumerate() {
        let is_first = at == 0;
        let width = end - begin;
        if !is_first && row + 1 + width > columns {
            // The space before the word is left out, and what colors the text there is kept.
            text.push_str(&line[written..shown[begin - 1].0]);
            text.push('\n');
            text.extend(std::iter::repeat_n(' ', indent));
            written = shown[begin - 1].0 + 1;
            row = indent + width;
        } else {
            // With the spaces before it.
            row += if is_first { *end } else { 1 + width };
        }
    }
    text.push_str(&line[written..]);
    text
}

/// Characters that are shown, each with its byte: what sets a color is none.
fn without_escapes(line: &str) -> impl Iterator<Item = (usize, char)> {
    let mut is_escape = false;
    line.char_indices().filter(move |(_, c)| {
        let was_escape = is_escape;
        is_escape = *c == '\u{1b}' || was_escape && !c.is_ascii_alphabetic();
        !(was_escape || is_escape)
    })
}

/// A line of a source, as `12 |` or `|` begins it.
fn is_quoted(line: &str) -> bool {
    let rest = line.trim_start_matches(|c: char| c == ' ' || c.is_ascii_digit());
    rest.starts_with('|')
}

/// Where the rest of a line stands: below what follows `= help: ` or `help: `, further in than what is
/// indented or begins with a rule's name, and else at the margin.
fn indent(line: &str) -> usize {
    let spaces = line.len() - line.trim_start_matches(' ').len();
    let rest = &line[spaces..];
    let label = rest.strip_prefix("= ").and_then(|rest| rest.find(": "));
    let first = rest.split(' ').next().unwrap_or_default();
    match label {
        Some(label) => spaces + "= ".len() + label + ": ".len(),
        None if spaces > 0 => spaces + 2,
        None if first.ends_with("]:") => HANG,
        None if ["error:", "help:", "note:"].contains(&first) => first.len() + 1,
        None => 0,
    }
}

/// The words, by their first character and the one after their last: a name in backticks is one, with
/// what clings to it.
fn words(shown: &[(usize, char)]) -> Vec<(usize, usize)> {
    let ticks = shown.iter().filter(|(_, c)| *c == '`').count();
    // Without its pair, a backtick says nothing about what follows it.
    let are_paired = ticks.is_multiple_of(2);
    let (mut words, mut begin, mut is_name) = (Vec::new(), None, false);
    for (at, (_, c)) in shown.iter().enumerate() {
        is_name ^= *c == '`' && are_paired;
        match (*c == ' ' && !is_name, begin) {
            (true, Some(first)) => {
                words.push((first, at));
                begin = None;
            }
            (false, None) => begin = Some(at),
            _ => {}
        }
    }
    words.extend(begin.map(|first| (first, shown.len())));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaks_between_words_and_keeps_names_and_sources_whole() {
        let text = "\
E1 is blocked: origin `assets` points at bucket `b`, which does not exist
error[missing-bucket]: origin `assets` points at bucket `assets of the site`
  --> distribution.json:12:23
12 |     \"DomainName\": \"a-long-name-of-a-bucket.s3.eu-west-1.amazonaws.com\"
   = help: point the origin's DomainName at the bucket that holds the content
  bucket `b`: not asked for; needs a run without --offline
help: sign in, or name the profile with --profile
";
        let lines = [
            "E1 is blocked: origin `assets` points at bucket",
            "`b`, which does not exist",
            "error[missing-bucket]: origin `assets` points at",
            "    bucket `assets of the site`",
            "  --> distribution.json:12:23",
            "12 |     \"DomainName\": \"a-long-name-of-a-bucket.s3.eu-west-1.amazonaws.com\"",
            "   = help: point the origin's DomainName at the",
            "           bucket that holds the content",
            "  bucket `b`: not asked for; needs a run without",
            "    --offline",
            "help: sign in, or name the profile with",
            "      --profile",
            "",
        ];
        assert_eq!(
            wrapped(text, 48).lines().chain([""]).collect::<Vec<_>>(),
            lines
        );
        assert_eq!(wrapped(text, 20), text);
    }

    #[test]
    fn colors_take_no_columns() {
        let line = "\u{1b}[1m\u{1b}[91merror[a]\u{1b}[0m: one two three four five six seven \
                    eight\u{1b}[0m\n";
        assert_eq!(wrapped(line, 60), line);
        assert_eq!(
            wrapped(line, 44),
            line.replace("seven eight", "seven\n    eight")
        );
    }

    #[test]
    fn a_word_longer_than_the_row_stands_alone() {
        let long = "x".repeat(60);
        let text = format!("add to the policy: {long}, then run it again");
        assert_eq!(
            wrapped(&text, 50),
            format!("add to the policy:\n{long},\nthen run it again")
        );
    }
}
