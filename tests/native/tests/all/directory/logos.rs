//! Pictures that organizations show.

use portcullis_tests::{
    Req, Res, World,
    cases::directory::PNG,
    contract::base64url,
    staff::{ADMIN, SUPERADMIN},
};
use serde_json::{Value, json};

use super::{NOBODY, get, put, trail};

fn card(world: &World) -> Value {
    world.send(Req::get("/api/directory/organizations/lookup?slug=acme")).ok(200).json()["organization"].clone()
}

fn picture(world: &World, address: &Value) -> Res {
    world.send(Req::get(address.as_str().unwrap()))
}

/// Its address is new with every upload and shows what was uploaded, as what it is; the one before is gone.
#[test]
fn a_logo_is_taken_shown_to_everybody_and_replaced() {
    let world = World::seeded();
    let admin = world.staff_login(ADMIN);
    assert_eq!((card(&world)["logoUrl"].clone(), card(&world)["accent"].clone()), (Value::Null, Value::Null));
    put(&world, &admin, "organization-branding", json!({"logoUrl": null, "accent": "#AA0000"})).ok(200);
    let first = put(&world, &admin, "organization-branding/logo", json!({"image": PNG})).ok(200).json();
    assert_eq!((&first["accent"], &first["organizationName"]), (&json!("#aa0000"), &json!("Acme")), "the rest stays");
    assert_eq!((&card(&world)["logoUrl"], &card(&world)["accent"]), (&first["logoUrl"], &json!("#aa0000")), "at once");

    let res = picture(&world, &first["logoUrl"]);
    res.ok(200);
    assert_eq!(res.header("content-type"), Some("image/png"));
    assert_eq!(res.header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert_eq!(res.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(res.header("content-security-policy"), Some("default-src 'none'; frame-ancestors 'none'"));
    assert_eq!(res.body, base64url(&PNG.trim_end_matches('=').replace('+', "-").replace('/', "_")));
    assert_eq!(trail(&world, "organization.updated").1["logoUrl"]["after"], first["logoUrl"]);

    let second = put(&world, &admin, "organization-branding/logo", json!({"image": PNG})).ok(200).json();
    assert_ne!(first["logoUrl"], second["logoUrl"]);
    picture(&world, &first["logoUrl"]).is(404, "Image not found");
    picture(&world, &second["logoUrl"]).ok(200);
    assert_eq!(world.count("organization_logos"), 1);
}

/// Whichever route takes the logo away, and whoever suspends the organization.
#[test]
fn a_picture_goes_with_what_shows_it() {
    let world = World::seeded();
    let (root, admin, acme) = (world.staff_login(SUPERADMIN), world.staff_login(ADMIN), world.acme());
    let upload = || put(&world, &admin, "organization-branding/logo", json!({"image": PNG})).ok(200).json()["logoUrl"].clone();
    let removals: [&dyn Fn() -> Res; 3] = [
        &|| put(&world, &admin, "organization-branding", json!({"logoUrl": null})),
        &|| put(&world, &admin, "organizations", json!({"id": acme.organization, "logoUrl": "https://cdn.example/x.png"})),
        &|| put(&world, &admin, "organization-branding", json!({"logoUrl": format!("/api/attachments/image/{NOBODY}")})),
    ];
    for remove in removals {
        let address = upload();
        remove().ok(200);
        picture(&world, &address).is(404, "Image not found");
        assert_eq!(world.count("organization_logos"), 0);
    }
    let address = upload();
    put(&world, &admin, "organizations", json!({"id": acme.organization, "name": "Acme Ltd"})).ok(200);
    picture(&world, &address).ok(200);
    world.send(Req::post(&format!("/api/directory/organizations/{}/suspend", acme.organization)).jar(&root)).ok(200);
    picture(&world, &address).is(404, "Image not found");
}

/// An address elsewhere is kept for compatible clients, and never given to the pages of visitors.
#[test]
fn pages_are_told_of_our_own_pictures_only() {
    let world = World::seeded();
    let admin = world.staff_login(ADMIN);
    put(&world, &admin, "organization-branding", json!({"logoUrl": "https://cdn.example/a.png"})).ok(200);
    assert_eq!(card(&world)["logoUrl"], Value::Null);
    assert_eq!(get(&world, &admin, "organization-branding").json()["logoUrl"], "https://cdn.example/a.png");
}

#[test]
fn what_is_no_small_picture_is_refused_by_name() {
    let world = World::seeded();
    let admin = world.staff_login(ADMIN);
    // `<svg onload='alert(1)'/>`; a text; base64 of the URL alphabet.
    for (image, why) in [
        ("PHN2ZyBvbmxvYWQ9J2FsZXJ0KDEpJy8+", "Expected a PNG, JPEG or WebP picture"),
        ("aGVsbG8=", "Expected a PNG, JPEG or WebP picture"),
        ("_-8=", "Expected base64 with padding."),
        ("data:image/png;base64,AAAA", "Expected base64 with padding."),
    ] {
        let refused = put(&world, &admin, "organization-branding/logo", json!({"image": image}));
        refused.is(422, why);
        assert_eq!(refused.json()["issues"][0]["path"], json!(["image"]));
    }
    put(&world, &admin, "organization-branding/logo", json!({"image": "A".repeat(44_000)})).is(400, "Failed to update organization branding.");
    assert_eq!(world.count("organization_logos"), 0);
}
