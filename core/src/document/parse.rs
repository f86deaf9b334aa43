use super::{DocumentError, Node, utf8};

/// JSON or YAML: by the name, and else by the first character, which is `{` or `[` of all JSON that
/// holds anything here.
///
/// # Errors
/// What is wrong, and at which line and column.
pub fn parse(document: &str, content: &[u8]) -> Result<Node, DocumentError> {
    let content = &*utf8(content);
    let name = document.to_ascii_lowercase();
    let ends_with = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    let is_yaml_name = ends_with(&[".yaml", ".yml"]);
    let Ok(text) = std::str::from_utf8(content) else {
        // The one reader that says where it is not.
        return Node::from_json(content);
    };
    let text = text.trim_start_matches('\u{feff}');
    let looks_like_json = text.trim().is_empty() || text.trim_start().starts_with(['{', '[']);
    if ends_with(&[".json"]) || looks_like_json && !is_yaml_name {
        return Node::from_json(content);
    }
    Node::from_yaml(text)
}
