use origin_guard_core::document::Node;
use serde_json::Value;

/// Holds a document against itself, written as JSON and read again.
///
/// # Panics
/// If that is another document.
pub fn assert_read_again(node: &Node) {
    let value = node.to_value();
    let again = match Node::from_json(value.to_string().as_bytes()) {
        Ok(node) => node.to_value(),
        Err(error) => panic!("what was written cannot be read: {error}"),
    };
    assert_eq!(
        without_fractions(again),
        without_fractions(value),
        "what was written is read otherwise"
    );
}

/// Fractions are not compared: without its feature `float_roundtrip`, serde_json may read one off by its last digit.
fn without_fractions(value: Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => Value::Null,
        Value::Array(items) => items.into_iter().map(without_fractions).collect(),
        Value::Object(map) => map
            .into_iter()
            .map(|(key, value)| (key, without_fractions(value)))
            .collect(),
        other => other,
    }
}
