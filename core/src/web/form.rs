//! Form bodies, as strict as our JSON: what parsers would read differently is refused. Values are text; files are not
//! taken. (WHATWG URL §5.1 for `application/x-www-form-urlencoded`, RFC 7578 for `multipart/form-data`.)

/// Names and values in order. A name comes once.
pub type Fields = Vec<(String, String)>;

/// More than any form of ours has.
const MAX_FIELDS: usize = 64;

pub fn urlencoded(bytes: &[u8]) -> Result<Fields, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "not UTF-8")?;
    let mut fields = Fields::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        add(&mut fields, unescape(name)?, unescape(value)?)?;
    }
    Ok(fields)
}

fn unescape(text: &str) -> Result<String, String> {
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || bytes.next().and_then(|b| char::from(b).to_digit(16)).ok_or("malformed escape");
                let value = digit()? * 16 + digit()?;
                u8::try_from(value).map_err(|_| "malformed escape")?
            }
            other => other,
        });
    }
    String::from_utf8(out).map_err(|_| "not UTF-8".into())
}

pub fn multipart(bytes: &[u8], boundary: &str) -> Result<Fields, String> {
    if boundary.is_empty() || boundary.len() > 70 {
        return Err("boundary missing or too long".into());
    }
    let delimiter = format!("--{boundary}");
    let mut fields = Fields::new();
    let mut rest = bytes.strip_prefix(delimiter.as_bytes()).ok_or("does not begin with its boundary")?;
    let delimiter = format!("\r\n--{boundary}");
    loop {
        if let Some(after) = rest.strip_prefix(b"--") {
            return if after.is_empty() || after == b"\r\n" { Ok(fields) } else { Err("trailing bytes".into()) };
        }
        let part = rest.strip_prefix(b"\r\n").ok_or("malformed boundary")?;
        let (part, after) = split(part, delimiter.as_bytes()).ok_or("a part does not end")?;
        let (head, value) = split(part, b"\r\n\r\n").ok_or("a part has no headers")?;
        let name = field_name(std::str::from_utf8(head).map_err(|_| "not UTF-8")?)?;
        add(&mut fields, name, std::str::from_utf8(value).map_err(|_| "not UTF-8")?.to_owned())?;
        rest = after;
    }
}

/// Before and after the first occurrence.
fn split<'b>(bytes: &'b [u8], at: &[u8]) -> Option<(&'b [u8], &'b [u8])> {
    let position = bytes.windows(at.len()).position(|window| window == at)?;
    Some((bytes.get(..position)?, bytes.get(position + at.len()..)?))
}

/// The `name` of a part's `Content-Disposition`.
fn field_name(head: &str) -> Result<String, String> {
    let mut dispositions = head.split("\r\n").filter_map(|line| {
        let (header, value) = line.split_once(':')?;
        header.eq_ignore_ascii_case("content-disposition").then_some(value)
    });
    let (Some(disposition), None) = (dispositions.next(), dispositions.next()) else {
        return Err("a part without its one Content-Disposition".into());
    };
    let mut parts = disposition.split(';').map(str::trim);
    if !parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("form-data")) {
        return Err("a part that is no form-data".into());
    }
    // Exactly `name="…"`: no file, no second name, no other spelling.
    let (Some(name), None) = (parts.next(), parts.next()) else { return Err("a part is not a plain field".into()) };
    let name = name.strip_prefix("name=\"").and_then(|rest| rest.strip_suffix('"')).ok_or("a part without a name")?;
    if name.contains(['"', '\\', '%']) { Err("an escaped field name".into()) } else { Ok(name.to_owned()) }
}

fn add(fields: &mut Fields, name: String, value: String) -> Result<(), String> {
    if name.contains('\0') || value.contains('\0') {
        return Err("NUL in a field".into());
    }
    if fields.iter().any(|(known, _)| *known == name) {
        return Err("a field is repeated".into());
    }
    if fields.len() >= MAX_FIELDS {
        return Err("too many fields".into());
    }
    fields.push((name, value));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(fields: &[(&str, &str)]) -> Fields {
        fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn plain_forms_are_read() {
        let wanted = pairs(&[("email", "a+b@x.co"), ("password", "p&=%é "), ("empty", ""), ("bare", "")]);
        assert_eq!(urlencoded(b"email=a%2Bb%40x.co&password=p%26%3D%25%C3%A9+&empty=&bare").unwrap(), wanted);
        assert_eq!(urlencoded(b"").unwrap(), []);
    }

    #[test]
    fn multipart_forms_are_read() {
        let body = "--B\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\na@x.co\r\n\
                    --B\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-disposition: form-data; name=\"password\"\r\n\r\n--B\r\nline two\r\n\r\n\r\n--B--\r\n";
        assert_eq!(multipart(body.as_bytes(), "B").unwrap_err(), "a part has no headers", "the boundary may not occur in a value");
        let body = body.replace("--B\r\nline two", "-B\r\nline two");
        assert_eq!(multipart(body.as_bytes(), "B").unwrap(), pairs(&[("email", "a@x.co"), ("password", "-B\r\nline two\r\n\r\n")]));
        assert_eq!(multipart(b"--B--\r\n", "B").unwrap(), []);
    }

    #[test]
    fn what_parsers_disagree_on_is_refused() {
        for bad in [&b"a=1&a=2"[..], b"a=%", b"a=%2", b"a=%zz", b"a=%ff", b"a=%00", b"\xff=1"] {
            assert!(urlencoded(bad).is_err(), "{bad:?}");
        }
        assert!(urlencoded((0..65).map(|n| format!("f{n}=1&")).collect::<String>().as_bytes()).is_err());
        let part = |disposition: &str| format!("--B\r\nContent-Disposition: {disposition}\r\n\r\nx\r\n--B--\r\n");
        for bad in
            ["form-data", "form-data; name=a", "attachment; name=\"a\"", "form-data; name=\"a\"; filename=\"f\"", "form-data; name=\"a\"; name=\"b\""]
        {
            assert!(multipart(part(bad).as_bytes(), "B").is_err(), "{bad}");
        }
        for bad in [
            "",
            "x",
            "--B",
            "--B\r\n",
            "--B\r\n\r\nx\r\n--B--",
            "--B--x",
            "\r\n--B--",
            "preamble\r\n--B--\r\n",
            "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx",
        ] {
            assert!(multipart(bad.as_bytes(), "B").is_err(), "{bad:?}");
        }
        assert!(multipart(b"----", "").is_err());
    }
}
