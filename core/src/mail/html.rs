//! The HTML part: one column, tables and inline styles because mail programs know little else, nothing fetched from
//! anywhere. Colours of the dark scheme sit in the one style block; programs that drop it show the light one.

use super::{
    render::{Action, Message},
    untrusted::escape,
};

const STYLE: &str = "\
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .page { background-color: #111318 !important; }
  .card { background-color: #1b1e25 !important; }
  .ink { color: #f2f3f5 !important; }
  .soft { color: #b4b9c2 !important; }
}";

const FONT: &str = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/// A whole document. Every text is escaped here, at the one place where text becomes markup.
pub fn page(message: &Message) -> String {
    let lang = message.locale.code();
    let subject = escape(&message.subject);
    let accent = message.accent.css();
    let organization = escape(&message.organization);
    let content = content(message);
    format!(
        r#"<!doctype html>
<html lang="{lang}" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no">
<title>{subject}</title>
<style>
{STYLE}
</style>
</head>
<body class="page" style="margin:0;padding:0;background-color:#f3f4f6">
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" style="background-color:#f3f4f6">
<tr><td align="center" style="padding:24px 12px">
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:560px;background-color:#ffffff;border-top:4px solid {accent}">
<tr><td lang="{lang}" style="padding:28px 28px 20px;text-align:left">
<p class="ink" style="margin:0 0 20px;{FONT};font-size:18px;line-height:1.4;font-weight:bold;color:#14171c">{organization}</p>
{content}</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
"#
    )
}

fn content(message: &Message) -> String {
    let mut out = ink(&message.greeting);
    for paragraph in &message.body {
        out.push_str(&ink(paragraph));
    }
    if !message.facts.is_empty() {
        out.push_str(&facts(&message.facts));
    }
    if let Some(action) = &message.action {
        out.push_str(&button(message, action));
    }
    out.push_str(&soft(&message.why));
    out
}

fn ink(text: &str) -> String {
    format!("<p class=\"ink\" style=\"margin:0 0 16px;{FONT};font-size:16px;line-height:1.5;color:#14171c\">{}</p>\n", escape(text))
}

fn soft(text: &str) -> String {
    format!("<p class=\"soft\" style=\"margin:0 0 12px;{FONT};font-size:14px;line-height:1.5;color:#565d68\">{}</p>\n", escape(text))
}

fn facts(facts: &[(&'static str, String)]) -> String {
    let mut out = String::from("<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"margin:0 0 16px\">\n");
    for (label, value) in facts {
        let cell = format!("{FONT};font-size:14px;line-height:1.5;vertical-align:top");
        out.push_str(&format!(
            "<tr><td class=\"soft\" style=\"padding:2px 16px 2px 0;{cell};color:#565d68\">{}</td>\
             <td class=\"ink\" style=\"padding:2px 0;{cell};color:#14171c;word-break:break-word\">{}</td></tr>\n",
            escape(label),
            escape(value)
        ));
    }
    out.push_str("</table>\n");
    out
}

/// A coloured cell rather than a styled link, because some programs drop the link's padding and background. The bare link
/// below it is text: it shows where the button leads and works where buttons do not.
fn button(message: &Message, action: &Action) -> String {
    let (accent, ink) = (message.accent.css(), message.accent.ink());
    let (label, link) = (escape(&action.button), escape(action.link));
    let mut out = format!(
        "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"margin:8px 0 24px\">\n\
         <tr><td bgcolor=\"{accent}\" style=\"background-color:{accent};border-radius:6px\">\
         <a href=\"{link}\" style=\"display:inline-block;padding:12px 22px;{FONT};font-size:16px;line-height:1.25;font-weight:bold;\
         color:{ink};text-decoration:none\">{label}</a></td></tr>\n</table>\n"
    );
    out.push_str(&soft(action.bare_link));
    out.push_str(&format!(
        "<p class=\"ink\" style=\"margin:0 0 16px;{FONT};font-size:14px;line-height:1.5;color:#14171c;word-break:break-all\">{link}</p>\n"
    ));
    if let Some(valid) = &action.valid {
        out.push_str(&soft(valid));
    }
    out
}
