use libfuzzer_sys::fuzzer_mutate;
use serde_json::{Value, json};

/// Changes JSON as JSON: without it, nearly every input would end at a syntax error and never reach
/// what reads the values. What is no JSON, and every fourth input, is changed byte by byte.
///
/// `data` holds an input of `size` bytes and has room for `max_size`; the answer is the new size.
pub fn mutate_json(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut dice = Dice(seed);
    let document = data.get(..size).filter(|_| dice.below(4) > 0);
    let document = document.and_then(|bytes| serde_json::from_slice::<Value>(bytes).ok());
    let Some(mut document) = document else {
        return fuzzer_mutate(data, size, max_size);
    };
    let parts = parts(&document);
    for _ in 0..=dice.below(3) {
        change(&mut document, &parts, &mut dice);
    }
    let text = document.to_string();
    let length = text.len();
    match data.get_mut(..length).filter(|_| length <= max_size) {
        Some(space) => {
            space.copy_from_slice(text.as_bytes());
            length
        }
        None => fuzzer_mutate(data, size, max_size),
    }
}

/// Xorshift: LibFuzzer gives the seed, and the same seed must give the same input.
struct Dice(u32);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.max(1);
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as usize % bound.max(1)
    }

    fn one_of<'v, T>(&mut self, values: &'v [T]) -> Option<&'v T> {
        values.get(self.below(values.len()))
    }
}

/// Some of a document's own values, which may stand elsewhere in it.
fn parts(document: &Value) -> Vec<Value> {
    const MOST: usize = 64;
    let mut found = Vec::new();
    let mut open = vec![document];
    while let Some(value) = open.pop().filter(|_| found.len() < MOST) {
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(map) => open.extend(map.values()),
            _ => {}
        }
        found.push(value.clone());
    }
    found
}

/// Goes down a random way and changes the value at its end.
fn change(value: &mut Value, parts: &[Value], dice: &mut Dice) {
    let goes_on = dice.below(6) > 0;
    match value {
        Value::Array(items) if goes_on && !items.is_empty() => {
            let at = dice.below(items.len());
            match dice.below(12) {
                0 => drop(items.remove(at)),
                1 => items.push(items[at].clone()),
                2 => items.rotate_left(at),
                _ => change(&mut items[at], parts, dice),
            }
        }
        Value::Object(map) if goes_on && !map.is_empty() => {
            let keys: Vec<String> = map.keys().cloned().collect();
            let key = &keys[dice.below(keys.len())];
            match dice.below(12) {
                0 => drop(map.shift_remove(key)),
                1 => {
                    if let Some(moved) = map.shift_remove(key) {
                        map.insert(new_text(dice, key), moved);
                    }
                }
                _ => change(&mut map[key], parts, dice),
            }
        }
        Value::String(text) if dice.below(2) > 0 => *text = new_text(dice, text),
        other => *other = new_value(other, parts, dice),
    }
}

fn new_value(old: &Value, parts: &[Value], dice: &mut Dice) -> Value {
    match dice.below(14) {
        0 => Value::Null,
        1 => json!([]),
        2 => json!({}),
        3 => json!([old, old]),
        4 => json!(dice.below(2) == 0),
        5 => dice
            .one_of(&[
                json!(0),
                json!(-1),
                json!(65536),
                json!(1e300),
                json!(u64::MAX),
            ])
            .cloned()
            .unwrap_or_default(),
        6 => json!({"Fn::If": ["C", old, {"Ref": "AWS::NoValue"}]}),
        7 => json!({"Fn::Join": ["", [old, "-", {"Ref": "AWS::Region"}]]}),
        8 => json!({"Fn::Select": [dice.below(3), {"Fn::Split": [".", old]}]}),
        9 => json!({"Fn::Sub": ["${A}${!B}${AWS::AccountId}", {"A": old}]}),
        10 => json!({"Fn::ForEach::L": ["X", ["a", "b", old], {"${X}": old}]}),
        _ => dice.one_of(parts).cloned().unwrap_or_default(),
    }
}

/// Another text near this one: LibFuzzer's own mutation, which knows the dictionary.
fn new_text(dice: &mut Dice, old: &str) -> String {
    let mut bytes = old.as_bytes().to_vec();
    let size = bytes.len();
    let room = size + 16 + dice.below(64);
    bytes.resize(room, 0);
    let size = fuzzer_mutate(&mut bytes, size, room);
    bytes.truncate(size);
    String::from_utf8_lossy(&bytes).into_owned()
}
