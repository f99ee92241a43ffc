//! What an organization looks like, as far as it may choose.

use super::id::{Id, Record};

/// Where pictures that were uploaded are served.
pub const OWN_IMAGES: &str = "/api/attachments/image/";

/// What pages may show of a logo's address: pictures of ours. The pages' policy loads nothing from elsewhere, because an
/// address elsewhere learns of every visitor, and may show something else tomorrow.
pub fn shown(logo_url: Option<&str>) -> Option<&str> {
    logo_url.filter(|url| url.strip_prefix(OWN_IMAGES).is_some_and(|id| Id::<Record>::parse(id).is_some()))
}

/// An image somewhere on the web, or one of our own attachments.
pub fn is_image_address(text: &str) -> bool {
    let fits = text.len() <= 2_048 && text.bytes().all(|b| b.is_ascii_graphic());
    let web = ["https://", "http://"].iter().any(|scheme| {
        text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
            && text.get(scheme.len()..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '['))
    });
    let own = [OWN_IMAGES, "/api/attachments/file/"].iter().any(|path| text.len() > path.len() && text.starts_with(path));
    fits && (web || (own && !text.contains("..")))
}

/// `#rrggbb`, in small letters.
pub fn colour(text: &str) -> Option<String> {
    let digits = text.strip_prefix('#')?;
    (digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit())).then(|| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_comes_from_the_web_or_from_our_attachments() {
        for good in ["https://cdn.example/logo.svg", "http://[::1]/x", "HTTPS://x.y", "/api/attachments/image/7", "/api/attachments/file/a/b.png"] {
            assert!(is_image_address(good), "{good}");
        }
        for bad in [
            "",
            "logo.png",
            "//cdn.example/x",
            "javascript:alert(1)",
            "data:image/png;base64,AA",
            "https://",
            "https:///x",
            "https://a b",
            "/api/attachments/image/",
            "/api/attachments/image/../../users",
            "/api/users",
            "ftp://x",
            "https://x\n",
        ] {
            assert!(!is_image_address(bad), "{bad}");
        }
        assert!(!is_image_address(&format!("https://x/{}", "y".repeat(2_048))));
    }

    #[test]
    fn pages_show_pictures_of_ours_and_no_others() {
        let own = "/api/attachments/image/0190f5fe-7c00-7a00-8000-000000000001";
        assert_eq!(shown(Some(own)), Some(own));
        for other in ["https://cdn.example/logo.png", "/api/attachments/image/../../users", "/api/attachments/file/7", "/api/attachments/image/7"] {
            assert_eq!(shown(Some(other)), None, "{other}");
        }
        assert_eq!(shown(None), None);
    }

    #[test]
    fn a_colour_is_six_digits() {
        assert_eq!(colour("#A0b1C2").as_deref(), Some("#a0b1c2"));
        for bad in ["", "#fff", "red", "#12345g", "#1234567", "112233", "#000;x:"] {
            assert_eq!(colour(bad), None, "{bad}");
        }
    }
}
