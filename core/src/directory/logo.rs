//! `PUT /api/directory/organization-branding/logo` takes a picture, `GET /api/attachments/image/{id}` serves it.

use base64ct::{Base64, Encoding};
use http::header;
use serde_json::json;

use super::branding::{change, unfit};
use crate::{
    cx::Cx,
    domain::{
        branding::OWN_IMAGES,
        id::{Id, Record},
        logo::{MOST_TEXT, Refusal as Unfit, media_type},
    },
    problem::Problem,
    store::{
        logos::{self, LogoRow},
        organizations::OrganizationRow,
    },
    web::{
        body::{Kind, Refusal, Schema, required},
        response::{Caching, Response},
    },
};

pub const BODY: Schema = Schema {
    fields: &[required("image", Kind::Text { min: 1, max: MOST_TEXT })],
    refusal: Refusal::Detailed("Failed to update organization branding."),
};

/// A picture's address is never used for another one.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";

const MISSING: &str = "Image not found";

pub async fn put(cx: &Cx<'_>) -> Result<Response, Problem> {
    let text = cx.body.text("image")?;
    let picture = Base64::decode_vec(text).map_err(|_| unfit("Expected base64 with padding.", "image"))?;
    let kind = media_type(&picture).map_err(|refusal: Unfit| unfit(refusal.text(), "image"))?;
    let id: Id<Record> = cx.new_id();
    change(cx, |before| {
        let after = OrganizationRow { logo_url: Some(format!("{OWN_IMAGES}{id}")), ..before.clone() };
        Ok((after, vec![logos::put(id, before.id, kind, text, cx.now)]))
    })
    .await
}

pub async fn image(cx: &Cx<'_>) -> Result<Response, Problem> {
    let id: Id<Record> = cx.id_param("id", MISSING)?;
    let row = cx.read_one(logos::one(id)).await?.first::<LogoRow>()?.ok_or_else(|| Problem::not_found(MISSING))?;
    let picture = Base64::decode_vec(&row.content).map_err(|_| Problem::internal("a stored picture is no base64"))?;
    let mut response = Response::json(200, &json!(null)).caching(Caching::Public(FOR_GOOD));
    response.headers = vec![(header::CONTENT_TYPE, row.media_type)];
    response.body = picture;
    Ok(response)
}
