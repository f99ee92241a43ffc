//! Which pictures an organization may upload as its logo.
//!
//! Raster pictures only. An SVG is a document: it can hold scripts, styles and addresses of other sites, and opened by its
//! own address it would run them as ours. No filter is as safe as not taking it.

use imagesize::{ImageType, blob_size, image_type};

/// Bytes of a picture, decoded.
pub const MOST_BYTES: usize = 32 * 1024;
/// Characters of the same in base64.
pub const MOST_TEXT: usize = MOST_BYTES.div_ceil(3) * 4;
/// Pixels of a side: what a browser unpacks is bounded, however small the file is.
pub const MOST_PIXELS: usize = 1_024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    TooLarge,
    Kind,
    Pixels,
}

impl Refusal {
    pub const fn text(self) -> &'static str {
        match self {
            Self::TooLarge => "At most 32 KiB",
            Self::Kind => "Expected a PNG, JPEG or WebP picture",
            Self::Pixels => "At most 1024 by 1024 pixels",
        }
    }
}

/// The media type of a picture, told by what it is and never by what it was called.
pub fn media_type(picture: &[u8]) -> Result<&'static str, Refusal> {
    if picture.len() > MOST_BYTES {
        return Err(Refusal::TooLarge);
    }
    let kind = match image_type(picture) {
        Ok(ImageType::Png) => "image/png",
        Ok(ImageType::Jpeg) => "image/jpeg",
        Ok(ImageType::Webp) => "image/webp",
        _ => return Err(Refusal::Kind),
    };
    let size = blob_size(picture).map_err(|_| Refusal::Kind)?;
    let fits = |side: usize| (1..=MOST_PIXELS).contains(&side);
    if fits(size.width) && fits(size.height) { Ok(kind) } else { Err(Refusal::Pixels) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], &width.to_be_bytes(), &height.to_be_bytes(), &[8, 6, 0, 0, 0]].concat()
    }

    fn webp(width: u16, height: u16) -> Vec<u8> {
        [&b"RIFF\x1a\0\0\0WEBPVP8 \x0e\0\0\0\x30\x01\0\x9d\x01\x2a"[..], &width.to_le_bytes(), &height.to_le_bytes(), &[0; 4]].concat()
    }

    fn jpeg(width: u16, height: u16) -> Vec<u8> {
        let frame = [&[0xff, 0xc0, 0, 11, 8][..], &height.to_be_bytes(), &width.to_be_bytes(), &[1, 1, 0x11, 0]].concat();
        [&[0xff, 0xd8, 0xff, 0xe0, 0, 16][..], b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0", &frame, &[0xff, 0xd9]].concat()
    }

    #[test]
    fn pictures_are_known_by_what_they_are() {
        assert_eq!(media_type(&png(512, 128)), Ok("image/png"));
        assert_eq!(media_type(&jpeg(64, 1_024)), Ok("image/jpeg"));
        assert_eq!(media_type(&webp(300, 300)), Ok("image/webp"));
    }

    #[test]
    fn what_could_run_or_swell_is_refused() {
        let bomb = png(60_000, 60_000);
        let heavy = [png(10, 10), vec![0; MOST_BYTES]].concat();
        for (picture, refusal) in [
            (&b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"[..], Refusal::Kind),
            (b"<?xml version='1.0'?><svg/>", Refusal::Kind),
            (b"<!doctype html><script>alert(1)</script>", Refusal::Kind),
            (b"GIF89a\x01\0\x01\0\0\0\0", Refusal::Kind),
            (b"", Refusal::Kind),
            (b"\x89PNG\r\n\x1a\n", Refusal::Kind),
            (b"\xff\xd8\xff", Refusal::Kind),
            (b"RIFF\0\0\0\0WEBP", Refusal::Kind),
            (&bomb, Refusal::Pixels),
            (&heavy, Refusal::TooLarge),
            (&png(0, 5), Refusal::Pixels),
        ] {
            assert_eq!(media_type(picture), Err(refusal), "{picture:?}");
        }
    }

    #[test]
    fn no_cut_of_a_picture_is_a_panic() {
        for whole in [png(9, 9), jpeg(9, 9), webp(9, 9)] {
            for end in 0..whole.len() {
                let _ = media_type(&whole[..end]);
            }
        }
    }
}
