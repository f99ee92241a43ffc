//! An organization's accent colour, made safe and legible.

/// Used when there is no accent, or none we can read.
pub const DEFAULT: Rgb = Rgb(0x1d, 0x4e, 0xd8);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    /// `#rrggbb` and nothing else: the text goes into a style attribute.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|d| d.len() == 6 && d.bytes().all(|b| b.is_ascii_hexdigit()))?;
        let [_, red, green, blue] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
        Some(Self(red, green, blue))
    }

    pub fn css(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }

    /// Black or white, whichever contrasts more with this background. The two are equally legible where
    /// `(L + 0.05)² = 1.05 · 0.05` (WCAG 2.2, contrast ratio), which is L = 0.179; the better one is always above 4.5 : 1.
    pub fn ink(self) -> &'static str {
        if self.luminance() > 0.179 { "#000000" } else { "#ffffff" }
    }

    /// WCAG relative luminance.
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_six_digits_is_a_colour() {
        assert_eq!(Rgb::parse("#1D4ed8"), Some(DEFAULT));
        for bad in ["", "#", "#fff", "1d4ed8", "#1d4ed", "#1d4ed80", "#+d4ed8", "#1d4eé", "red", "#000;x:", "#000000;background:red"] {
            assert_eq!(Rgb::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn every_button_is_legible() {
        for step in 0..=4096u32 {
            let [_, red, green, blue] = (step * 4095).to_be_bytes();
            let colour = Rgb(red, green, blue);
            let light = colour.luminance();
            let ratio = if colour.ink() == "#ffffff" { 1.05 / (light + 0.05) } else { (light + 0.05) / 0.05 };
            assert!(ratio >= 4.5, "{} {ratio}", colour.css());
        }
    }
}
