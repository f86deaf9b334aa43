use std::borrow::Cow;

/// A document in UTF-8, without a mark at its beginning: Windows PowerShell writes what it redirects into
/// a file as UTF-16, with a mark of the order of its bytes, and other tools put one before UTF-8. Any other
/// document, and one that is cut off, stays as it is.
#[must_use]
pub fn utf8(content: &[u8]) -> Cow<'_, [u8]> {
    let unit: fn([u8; 2]) -> u16 = match content {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        // Editors on Windows write this mark before UTF-8, and JSON parsers refuse it.
        [0xef, 0xbb, 0xbf, rest @ ..] => return rest.into(),
        _ => return content.into(),
    };
    // Half a unit at the end is no UTF-16: the parser reports it.
    let (units, []) = content.as_chunks::<2>() else {
        return content.into();
    };
    let units = units.iter().skip(1).map(|bytes| unit(*bytes));
    let text: Result<String, _> = char::decode_utf16(units).collect();
    text.map_or(Cow::Borrowed(content), |text| text.into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_powershell_redirects_is_read() {
        let text = "{\"ü\": \"𝄞\"}";
        let little = text.encode_utf16().flat_map(u16::to_le_bytes);
        let little: Vec<u8> = [0xff, 0xfe].into_iter().chain(little).collect();
        let big = text.encode_utf16().flat_map(u16::to_be_bytes);
        let big: Vec<u8> = [0xfe, 0xff].into_iter().chain(big).collect();
        for document in [&little, &big] {
            assert_eq!(&*utf8(document), text.as_bytes());
        }
        let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        assert_eq!(&*utf8(&marked), text.as_bytes());
        for document in [&b"{}"[..], b"", &little[..5], b"\xff\xfe\x00\xd8"] {
            assert_eq!(&*utf8(document), document);
        }
    }
}
